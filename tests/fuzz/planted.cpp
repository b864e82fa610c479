#include "target.hpp"

// A target with a bug, so that a test can see that a replay finds it.

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = affix::fuzz::text_of(data, size);
  affix::fuzz::require(text.find("Photo_42") == text.npos, "no text has this word");
  return 0;
}

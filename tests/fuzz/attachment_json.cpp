#include <optional>

#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "target.hpp"

// Any text may stand in a column. It is an attachment or a list, and then it can be printed and
// read back, or it is a documented error.

namespace {

using affix::Attachment;
using affix::AttachmentList;
using affix::Errc;
using affix::fuzz::require;

Attachment parse(std::string_view text, const Attachment*) { return affix::parse_attachment(text); }
AttachmentList parse(std::string_view text, const AttachmentList*) {
  return affix::parse_attachment_list(text);
}

template <class T>
T parse(std::string_view text) {
  return parse(text, static_cast<const T*>(nullptr));
}

template <class T>
std::optional<T> parse_or_refuse(std::string_view text) {
  try {
    return parse<T>(text);
  } catch (const affix::Error& error) {
    require(error.code() == Errc::invalid_document || error.code() == Errc::newer_format,
            "a refused text has one of two codes");
    require(std::string_view(error.what()).starts_with(name(error.code())),
            "an error says what it is");
    return {};
  }
}

/// nlohmann::json reads and writes the text too, as a database does that stores a form of its own.
template <class T>
void check_rewritten(const std::string& text, const T& value) {
  const auto document = nlohmann::json::parse(text);
  require(document.get<T>() == value, "a document read by another parser is the same value");
  require(print(parse<T>(document.dump(1))) == text, "a rewritten document prints the old text");
  require(nlohmann::json(value) == document, "a value becomes the document that it prints");
}

template <class T>
std::optional<T> check(std::string_view text) {
  std::optional<T> value = parse_or_refuse<T>(text);
  if (!value) return {};
  const std::string printed = print(*value);
  const T again = parse<T>(printed);
  require(again == *value, "what was printed reads as the same value");
  require(print(again) == printed, "what was read prints the same text");
  check_rewritten(printed, *value);
  return value;
}

void check_attachment(std::string_view text) {
  const std::optional<Attachment> value = check<Attachment>(text);
  try {
    require(affix::parse_optional_attachment(text) == value, "optional or not, it is the same");
  } catch (const affix::Error&) {
    require(!value, "what is refused as optional is no attachment");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = affix::fuzz::text_of(data, size);
  // A text near the bound may be within it and its canonical form not; then `print` refuses it.
  if (text.size() > affix::json_max_bytes / 64) return 0;
  // Each error that is thrown takes as long as reading a document.
  if (!text.starts_with('[')) check_attachment(text);
  if (!text.starts_with('{')) check<AttachmentList>(text);
  return 0;
}

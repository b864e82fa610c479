#include <array>
#include <optional>
#include <string>

#include "affix/value/error.hpp"
#include "conversion/scan/scan_picture.hpp"
#include "target.hpp"

// Any bytes may be called a picture. They are one of one type, and then what is found can be
// reckoned with, or they are refused with one of two codes.

namespace {

using affix::Errc;
using affix::detail::Bytes;
using affix::detail::PictureFacts;
using affix::fuzz::require;

std::optional<PictureFacts> scan_or_refuse(Bytes bytes, std::string_view mime_type) {
  try {
    return affix::detail::scan_picture(bytes, mime_type);
  } catch (const affix::Error& error) {
    require(error.code() == Errc::invalid_content || error.code() == Errc::too_large,
            "a refused picture has one of two codes");
    return {};
  }
}

void check_sane(const PictureFacts& facts, std::size_t size) {
  require(facts.stored.width > 0 && facts.stored.height > 0, "a picture has two sides");
  require(facts.largest.width >= facts.stored.width && facts.largest.height >= facts.stored.height,
          "the largest encloses the picture");
  require(facts.frames >= 1, "a picture has a frame");
  require(static_cast<std::uint64_t>(facts.frames) <= size, "a frame needs a byte");
  require(facts.orientation >= 1 && facts.orientation <= 8, "there are eight orientations");
  require(facts.held_bytes >= 0, "memory is not less than none");
  require(facts.bits >= 1 && facts.bits <= 255, "a channel has bits");
  require(pixels_of(displayed_size(facts)) == pixels_of(facts.stored), "turning keeps all pixels");
}

void check_limits_hold(const PictureFacts& facts) {
  try {
    check_limits(facts, {});
    require(pixels_of(facts.largest) * facts.frames <= 50'000'000, "the limit of pixels holds");
    require(facts.profile_bytes <= 1 << 20, "the limit of profiles holds");
  } catch (const affix::Error& error) {
    require(error.code() == Errc::too_large, "beyond a limit is too large");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr auto types = std::to_array<std::string_view>(
      {"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/heic"});
  const Bytes bytes = std::as_bytes(std::span(data, size));
  int accepted = 0;
  for (const std::string_view type : types) {
    const std::optional<PictureFacts> facts = scan_or_refuse(bytes, type);
    if (!facts) continue;
    ++accepted;
    check_sane(*facts, size);
    check_limits_hold(*facts);
  }
  require(accepted <= 1, "a picture is of one type");
  return 0;
}

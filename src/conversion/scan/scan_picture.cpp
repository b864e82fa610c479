#include "conversion/scan/scan_picture.hpp"

#include <algorithm>
#include <array>

#include "affix/value/error.hpp"
#include "conversion/scan/gif_scan.hpp"
#include "conversion/scan/heif_scan.hpp"
#include "conversion/scan/jpeg_scan.hpp"
#include "conversion/scan/png_scan.hpp"
#include "conversion/scan/tiff_scan.hpp"
#include "conversion/scan/webp_scan.hpp"

namespace affix::detail {
namespace {

constexpr std::uint64_t max_profile_bytes = 1024 * 1024;
constexpr std::int64_t share_for_holding = 4;
constexpr int first_turned = 5;

struct Scanner {
  std::string_view mime_type;
  PictureFacts (*scan)(Bytes);
};

constexpr auto scanners = std::to_array<Scanner>({{"image/jpeg", scan_jpeg},
                                                  {"image/png", scan_png},
                                                  {"image/gif", scan_gif},
                                                  {"image/webp", scan_webp},
                                                  {"image/tiff", scan_tiff},
                                                  {"image/heic", scan_heif},
                                                  {"image/heif", scan_heif},
                                                  {"image/avif", scan_heif}});

[[noreturn]] void refuse_large(std::string_view message) { throw Error(Errc::too_large, message); }

}  // namespace

bool can_be_scanned(std::string_view mime_type) {
  return std::ranges::find(scanners, mime_type, &Scanner::mime_type) != scanners.end();
}

PictureFacts scan_picture(Bytes bytes, std::string_view mime_type) {
  const auto* scanner = std::ranges::find(scanners, mime_type, &Scanner::mime_type);
  if (scanner == scanners.end()) {
    throw Error(Errc::unsupported, "Files of this type cannot be converted");
  }
  return scanner->scan(bytes);
}

void check_limits(const PictureFacts& facts, const VipsConverterOptions& limits) {
  if (facts.largest.width > limits.max_dimension || facts.largest.height > limits.max_dimension) {
    refuse_large("A side of the picture is too long");
  }
  if (facts.frames > limits.max_frames) refuse_large("The picture has too many frames");
  if (pixels_of(facts.largest) > limits.max_pixels / facts.frames) {
    refuse_large("The picture has too many pixels");
  }
  if (facts.held_bytes > limits.max_memory / share_for_holding) {
    refuse_large("The picture needs too much memory to be read");
  }
  if (facts.profile_bytes > max_profile_bytes) {
    refuse_large("The colour profile of the picture is too large");
  }
}

Size displayed_size(const PictureFacts& facts) {
  return facts.orientation >= first_turned ? swapped(facts.stored) : facts.stored;
}

}  // namespace affix::detail

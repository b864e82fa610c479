#pragma once

#include <string>
#include <vips/vips8>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/deadline.hpp"

namespace affix::detail {

struct WebpSettings {
  int quality = 80;  ///< 1 to 100.
  int effort = 4;    ///< libwebp's method, 0 to 6.
  Compression compression = Compression::lossy;
};

/// One picture as WebP, without any metadata: 8 bits per band, grey or sRGB. With libwebp itself,
/// because libvips 8.14 cannot be stopped while it encodes, and writes EXIF into what has none.
/// Throws `Errc::conversion_failed`, also when the time is over, and `vips::VError`.
std::string encode_webp(const vips::VImage& image, const WebpSettings& settings,
                        const Deadline& deadline);

}  // namespace affix::detail

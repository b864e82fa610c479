#pragma once

#include <string>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/deadline.hpp"
#include "conversion/vips/rendering.hpp"

namespace affix::detail {

/// The bytes of a picture in `format` (not `keep`), with none of its metadata. AVIF and animated
/// WebP are made to their end, however long that takes. Throws `vips::VError`, and
/// `Errc::conversion_failed`.
std::string encode(const Rendering& rendering, ImageFormat format, const Preset& preset,
                   const Deadline& deadline);

}  // namespace affix::detail

#pragma once

#include <vips/vips8>

#include "affix/conversion/preset.hpp"

namespace affix::detail {

/// The picture of a variant, ready to be encoded as `format`: 8 bits per band, sRGB or grey.
/// `pixels` are in memory and as stored, with the EXIF orientation beside them.
/// Throws `Errc::conversion_failed` for a variant that would be too large, and `vips::VError`.
vips::VImage render(const vips::VImage& pixels, const Preset& preset, ImageFormat format);

}  // namespace affix::detail

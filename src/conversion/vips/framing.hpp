#pragma once

#include <vips/vips8>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Whether variants of this format can be transparent.
bool has_transparency(ImageFormat format);

/// Cuts an sRGB picture, or fills it up, to the size of the variant.
vips::VImage framed(const vips::VImage& image, Size result, const Preset& preset,
                    ImageFormat format);

/// Puts something opaque behind the picture where the format has no transparency.
vips::VImage grounded(const vips::VImage& image, const Preset& preset, ImageFormat format);

}  // namespace affix::detail

#pragma once

#include <vips/vips8>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Whether variants of this format can be transparent.
bool has_transparency(ImageFormat format);

/// Where the variant lies in the picture that it is cut from, or the picture in the variant that is
/// filled up. Found once for all frames of an animation, which would tremble else.
Point find_corner(const vips::VImage& image, Size result, const Preset& preset);

/// Cuts an sRGB picture, or fills it up, to the size of the variant.
vips::VImage framed(const vips::VImage& image, Size result, Point corner, const Preset& preset,
                    ImageFormat format);

/// Puts something opaque behind the picture where the format has no transparency.
vips::VImage grounded(const vips::VImage& image, const Preset& preset, ImageFormat format);

}  // namespace affix::detail

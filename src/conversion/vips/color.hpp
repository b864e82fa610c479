#pragma once

#include <vips/vips8>

#include "affix/conversion/preset.hpp"

namespace affix::detail {

/// 8 bits per band, sRGB or one band of grey, transparency kept as it is and any further bands left
/// out. The embedded profile is honoured if it can be used; without one, colours are taken as sRGB.
/// An image that is so already is given back.
vips::VImage to_srgb(const vips::VImage& image);

/// Whether `to_srgb` takes up to 30 ms before it has looked at a single pixel.
bool has_colors_to_prepare(const vips::VImage& image);

/// Three bands of sRGB, of what `to_srgb` has made: grey becomes coloured, transparency is kept.
vips::VImage in_color(const vips::VImage& image);

/// The picture on top of `background`. The result has transparency only if `background` has.
vips::VImage on_background(const vips::VImage& image, const Color& background);

/// Opaque if it has no transparency yet.
vips::VImage with_transparency(const vips::VImage& image);

/// One band of grey, transparency kept.
vips::VImage to_gray(const vips::VImage& image);

/// Calls `change` with the colours multiplied by the transparency, and divides again. Without
/// transparency it just calls it.
template <typename Change>
vips::VImage with_premultiplied(const vips::VImage& image, const Change& change) {
  if (!image.has_alpha()) return change(image);
  const VipsBandFormat format = image.format();
  return change(image.premultiply()).unpremultiply().rint().cast(format);
}

}  // namespace affix::detail

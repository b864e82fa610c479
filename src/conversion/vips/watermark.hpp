#pragma once

#include <vips/vips8>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/deadline.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// The picture of a watermark as it lies on a variant of this size: sRGB with transparency, in
/// memory. Throws `Errc::conversion_failed` for bytes that are no readable picture.
vips::VImage make_overlay(const Watermark& watermark, Size variant, const Deadline& deadline);

/// The picture, sRGB from now on, with the overlay on top. It has transparency if it had it before.
vips::VImage marked(const vips::VImage& image, const vips::VImage& overlay, Position position);

}  // namespace affix::detail

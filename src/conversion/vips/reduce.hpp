#pragma once

#include <vips/vips8>

#include "conversion/vips/deadline.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Whether pictures like this one can be read here: grey or colours, perhaps with transparency, of
/// 8 or 16 bits each.
bool can_be_reduced(const vips::VImage& image);

/// Room in memory for the pixels of a smaller picture, with what has to be known of its colours.
/// Throws `Errc::conversion_failed` if there is none.
vips::VImage room_for(const vips::VImage& image, Size size);

/// Fills the room with the pixels of the picture, made smaller by Lanczos' kernel as they come;
/// what is far larger is averaged before, as libvips does. Colours are weighed by their opacity.
/// Reads as `each_row` does, and throws what that throws.
void reduce(const vips::VImage& image, const vips::VImage& room, const Deadline& deadline);

/// Both of it.
vips::VImage reduced(const vips::VImage& image, Size size, const Deadline& deadline);

/// A smaller picture in memory of which each pixel is the mean of all that it covers, however long
/// it takes.
vips::VImage averaged(const vips::VImage& image, Size size);

}  // namespace affix::detail

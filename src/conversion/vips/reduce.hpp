#pragma once

#include <vips/vips8>

#include "conversion/vips/deadline.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Whether pictures like this one can be read here: at most four bands, of 8 or 16 bits each.
bool can_be_reduced(const vips::VImage& image);

/// The pixels of a picture in memory, made smaller to `size` by Lanczos' kernel as they come; what
/// is far larger is averaged before, as libvips does. Colours are weighed by their opacity. Reads
/// as `each_row` does, and throws what that throws.
vips::VImage reduced(const vips::VImage& image, Size size, const Deadline& deadline);

/// The same where each pixel is the mean of all that it covers, however long it takes.
vips::VImage averaged(const vips::VImage& image, Size size);

}  // namespace affix::detail

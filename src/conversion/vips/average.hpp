#pragma once

#include <vips/vips8>

#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Whether `averaged` takes a picture like this: one of at most four bands with 8 bits each.
bool can_be_averaged(const vips::VImage& image);

/// A picture in memory made smaller: each pixel is the mean of all that it covers, those at its
/// edges by their part. Colours are weighed by their opacity. What libvips does before its kernels
/// where whole pixels are covered, and in a fraction of the time: it does so again for each tile.
vips::VImage averaged(const vips::VImage& image, Size size);

}  // namespace affix::detail

#pragma once

#include <vips/vips8>

#include "conversion/vips/deadline.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// A picture in memory in exactly this size, in memory: smaller as `reduced` makes it, larger
/// bicubic, with transparency premultiplied. Throws `vips::VError`, also when the time is over.
vips::VImage resized(const vips::VImage& image, Size size, const Deadline& deadline);

}  // namespace affix::detail

#pragma once

#include <vips/vips8>

#include "conversion/vips/deadline.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// A picture that is in memory, in exactly this size: smaller as `reduced` makes it, larger
/// bicubic, with transparency premultiplied. In memory, too. Throws what `reduced` and `computed`
/// throw.
vips::VImage resized(const vips::VImage& image, Size size, const Deadline& deadline);

}  // namespace affix::detail

#pragma once

#include <vips/vips8>

#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Exactly this size, by Lanczos' kernel or, to enlarge, bicubic; transparency premultiplied.
/// Throws `vips::VError`.
vips::VImage resized(const vips::VImage& image, Size size);

}  // namespace affix::detail

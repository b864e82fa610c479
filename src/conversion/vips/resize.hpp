#pragma once

#include <vips/vips8>

#include "conversion/vips/deadline.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Exactly this size, by Lanczos' kernel or, to enlarge, bicubic; transparency premultiplied.
/// Throws `vips::VError`.
vips::VImage resized(const vips::VImage& image, Size size);

/// The same of an image in memory, in memory, and faster. Throws `vips::VError`, also when the time
/// is over.
vips::VImage resized_in_memory(const vips::VImage& image, Size size, const Deadline& deadline);

}  // namespace affix::detail

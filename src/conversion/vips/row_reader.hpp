#pragma once

#include <functional>
#include <vips/vips8>

#include "conversion/vips/deadline.hpp"

namespace affix::detail {

/// Calls `take` for each row of a picture, from top to bottom; it is there until that returns, and
/// has the bands of each pixel side by side, in the picture's format. If a core of the process is
/// idle, the rows of a large picture are taken on a thread of their own while the next ones are
/// read. Throws `vips::VError` for pixels that cannot be read, `Errc::conversion_failed` when the
/// time is over, and what `take` throws.
void each_row(const vips::VImage& image, const Deadline& deadline,
              const std::function<void(const void* row)>& take);

}  // namespace affix::detail

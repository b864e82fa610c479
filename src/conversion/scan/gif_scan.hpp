#pragma once

#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Walks the blocks of a GIF and counts its frames. `stored` is the size that libvips gives it:
/// that of the screen, or of the frames if these need more or the screen is one of those that old
/// programs wrote without looking. What follows the last whole block that can be told is no part
/// of the picture, and the end mark may be missing.
///
/// Throws `Errc::invalid_content` for a block that is not completely there, a frame without size,
/// or no frame; `Errc::too_large` for more than 100,000 blocks besides the frames.
PictureFacts scan_gif(Bytes bytes);

}  // namespace affix::detail

#pragma once

#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Walks the chunks of a WebP and of its frames, and reads the header of each picture in it.
///
/// Throws `Errc::invalid_content` for a chunk that is not completely there, a frame beyond the
/// canvas or of another size than its pixels, or no pixels; `Errc::too_large` for more than 64
/// chunks besides the frames or 64 in one of them.
PictureFacts scan_webp(Bytes bytes);

}  // namespace affix::detail

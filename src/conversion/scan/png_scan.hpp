#pragma once

#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Walks the chunks of a PNG without decoding anything, because libpng allocates what a chunk
/// claims to have before it looks whether it is there. `frames` counts those of an animation.
///
/// Throws `Errc::invalid_content` for a chunk that is not completely there, a header that the
/// format does not allow, or no end; `Errc::too_large` for more than 64 chunks that a reader keeps,
/// or more than 64 KiB of compressed text and profile.
PictureFacts scan_png(Bytes bytes);

}  // namespace affix::detail

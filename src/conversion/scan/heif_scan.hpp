#pragma once

#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Reads the boxes of a HEIF or AVIF picture that tell of its pictures, to a fixed depth. `stored`
/// is the size of the primary picture, `orientation` how it is turned (not whether it is mirrored),
/// `largest` encloses all pictures in the file: tiles, previews and a grid made of them. A sequence
/// counts as one frame, its still picture.
///
/// Throws `Errc::invalid_content` for a box that is not completely there, another brand, or no
/// size; `Errc::too_large` for more than 4,000 boxes.
PictureFacts scan_heif(Bytes bytes);

}  // namespace affix::detail

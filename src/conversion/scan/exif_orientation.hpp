#pragma once

#include "conversion/scan/byte_reader.hpp"

namespace affix::detail {

/// The orientation that a block of EXIF tells, 1 to 8; 1 where it tells none or is broken, because
/// a picture can be seen without it. The block may begin with the word Exif.
int exif_orientation(Bytes block);

}  // namespace affix::detail

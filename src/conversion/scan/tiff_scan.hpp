#pragma once

#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Walks the directories of a TIFF, classic or Big, in either byte order; a directory is a page.
///
/// Throws `Errc::invalid_content` for directories that are not completely there or lead back to
/// one another, and for pages without size or channels; `Errc::too_large` for more than 10,000
/// directories, 100,000 entries, or 64 channels of a page.
PictureFacts scan_tiff(Bytes bytes);

}  // namespace affix::detail

#pragma once

#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Walks the segments of a JPEG and looks for the ends of its scans. A file may lack its end: only
/// who decodes it sees whether pixels are missing.
///
/// Throws `Errc::invalid_content` for a segment that is not completely there or in a place where
/// the format does not have it, and for kinds of JPEG that nobody decodes (lossless, hierarchical);
/// `Errc::too_large` for more than 2,000 segments or 100 scans.
PictureFacts scan_jpeg(Bytes bytes);

}  // namespace affix::detail

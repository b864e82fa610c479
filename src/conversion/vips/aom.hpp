#pragma once

namespace affix::detail {

/// Whether the libaom of this process, which encodes AVIF, is older than 3.9: it makes less of a
/// quality than later ones do. Not so where there is none.
bool has_old_aom();

}  // namespace affix::detail

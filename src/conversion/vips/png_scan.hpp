#pragma once

#include <cstddef>
#include <span>

#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// Walks the chunks of a PNG without decoding anything, because libpng allocates what a chunk
/// claims to have before it looks whether it is there. Returns the size that the header claims.
///
/// Throws `Errc::invalid_content` for a chunk that is not completely there, a header that the
/// format does not allow, or no end; `Errc::too_large` for more than 64 chunks that a reader keeps,
/// or more than 64 KiB of compressed text and profile.
Size scan_png(std::span<const std::byte> bytes);

}  // namespace affix::detail

#pragma once

#include <string>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/rendering.hpp"

namespace affix::detail {

/// The bytes of a picture in `format` (not `keep`), with none of its metadata.
/// Throws `vips::VError`.
std::string encode(const Rendering& rendering, ImageFormat format, const Preset& preset);

}  // namespace affix::detail

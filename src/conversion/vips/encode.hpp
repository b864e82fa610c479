#pragma once

#include <string>
#include <vips/vips8>

#include "affix/conversion/preset.hpp"

namespace affix::detail {

/// The bytes of a picture in `format` (not `keep`), with none of its metadata.
/// Throws `vips::VError`.
std::string encode(const vips::VImage& image, ImageFormat format, const Preset& preset);

}  // namespace affix::detail

#pragma once

#include <string>
#include <string_view>

namespace affix::detail {

/// A WebP file that an encoder of this process has made, without its EXIF chunk: libvips 8.14
/// writes one with the resolution even into a picture without metadata.
std::string without_exif(std::string_view webp);

}  // namespace affix::detail

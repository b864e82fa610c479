#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vips/vips8>

#include "affix/conversion/vips_converter.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// A picture whose header has been read.
struct Picture {
  vips::VImage image;  ///< As stored. Reads from the bytes that it was opened with.
  Size displayed{};    ///< After EXIF rotation.
  int frames = 1;
};

bool is_readable(std::string_view mime_type);

/// Reads the header with the loader for `mime_type`, and no other.
/// Throws `Errc::unsupported` for a type that is not `is_readable`, `Errc::invalid_content` for a
/// broken header, `Errc::too_large` beyond the limits.
Picture open_picture(std::span<const std::byte> bytes, std::string_view mime_type,
                     const VipsConverterOptions& limits);

/// All pixels of the (first) frame, in memory. Throws `Errc::invalid_content`.
vips::VImage decode(const Picture& picture);

/// Whether EXIF says that width and height change places when it is displayed.
bool is_turned(const vips::VImage& image);

}  // namespace affix::detail

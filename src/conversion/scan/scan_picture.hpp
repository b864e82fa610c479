#pragma once

#include <string_view>

#include "affix/conversion/vips_converter.hpp"
#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// Whether there is a scanner for files of this type.
bool can_be_scanned(std::string_view mime_type);

/// Looks through a file of this type, without decoding anything and before any library does: these
/// make room for what a file claims before they look whether it is there. Takes time in proportion
/// to the file at most, and no memory.
///
/// Knows JPEG, PNG, GIF, WebP, TIFF, HEIF and AVIF; another type is `Errc::unsupported`. Throws
/// `Errc::invalid_content` for a file that is broken, of another type, or claims what is not
/// there, and `Errc::too_large` for one that consists of too many parts.
PictureFacts scan_picture(Bytes bytes, std::string_view mime_type);

/// Throws `Errc::too_large` for a picture that is beyond the limits.
void check_limits(const PictureFacts& facts, const VipsConverterOptions& limits);

/// As displayed, with the orientation applied.
Size displayed_size(const PictureFacts& facts);

}  // namespace affix::detail

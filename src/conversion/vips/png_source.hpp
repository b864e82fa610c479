#pragma once

#include <vips/vips8>

#include "conversion/scan/byte_reader.hpp"

namespace affix::detail {

/// A PNG to be read once. Where there is ISA-L it unpacks the pixels, more than twice as fast as
/// zlib, and puts them into blocks that zlib has only to copy; everything else is passed on as it
/// is. That is done while it is read, and ends with an error where pixels are broken. The bytes
/// stay where they are while the source is in use. Throws `Errc::invalid_content` for one without a
/// header, and `vips::VError`.
vips::VSource png_source(Bytes bytes);

}  // namespace affix::detail

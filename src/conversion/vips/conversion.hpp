#pragma once

#include <functional>

#include "affix/conversion/converter.hpp"
#include "affix/conversion/vips_converter.hpp"

namespace affix::detail {

/// Reads the header in this process, as `Converter::inspect`.
Inspection inspect_here(std::span<const std::byte> bytes, std::string_view mime_type,
                        const VipsConverterOptions& options);

/// Does the job in this process, as `Converter::convert`, of a file that `scan_bytes` has seen.
/// `decoded` is called when the picture has been read; it may be empty.
Conversion convert_here(const ConversionJob& job, const VipsConverterOptions& options,
                        const std::function<void()>& decoded = {});

}  // namespace affix::detail

#pragma once

#include "affix/conversion/converter.hpp"
#include "affix/conversion/vips_converter.hpp"

namespace affix::detail {

/// Has the program `affix-convert` do the job. Its end, by itself or because the time is over, is
/// `Errc::conversion_failed`: thrown if nothing was made of the file yet, else the error of each
/// variant that was not made. Throws `Errc::unsupported` if the program is not there.
Conversion convert_isolated(const ConversionJob& job, const VipsConverterOptions& options);

/// The same for `Converter::inspect`.
Inspection inspect_isolated(std::span<const std::byte> bytes, std::string_view mime_type,
                            const VipsConverterOptions& options);

}  // namespace affix::detail

#pragma once

#include <functional>

#include "affix/conversion/converter.hpp"
#include "affix/conversion/vips_converter.hpp"

namespace affix::detail {

/// Does the job in this process, as `Converter::convert`. `decoded` is called when the picture has
/// been read; it may be empty.
Conversion convert_here(const ConversionJob& job, const VipsConverterOptions& options,
                        const std::function<void()>& decoded = {});

}  // namespace affix::detail

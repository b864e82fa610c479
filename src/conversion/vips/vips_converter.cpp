#include "affix/conversion/vips_converter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "conversion/isolation/isolated_conversion.hpp"
#include "conversion/vips/conversion.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/picture.hpp"

namespace affix {
namespace {

/// Formats whose decoders are small, old and much looked at.
bool is_risky(std::string_view mime_type) {
  constexpr auto usual =
      std::to_array<std::string_view>({"image/jpeg", "image/png", "image/webp", "image/gif"});
  return std::ranges::find(usual, mime_type) == usual.end();
}

/// Whether its encoder stops only at its end: that of AVIF, and that of animated WebP.
bool is_unstoppable(const Preset& preset) {
  const bool may_be_webp = preset.format == ImageFormat::webp || preset.format == ImageFormat::keep;
  return preset.format == ImageFormat::avif || (may_be_webp && preset.frames == Frames::all);
}

class VipsConverter : public Converter {
 public:
  explicit VipsConverter(VipsConverterOptions options) : options_(std::move(options)) {
    if (options_.worker.empty()) options_.worker = AFFIX_WORKER;
  }

  bool accepts(std::string_view mime_type) const override { return detail::is_readable(mime_type); }

  Inspection inspect(std::span<const std::byte> bytes, std::string_view mime_type) const override {
    return detail::inspect_picture(bytes, mime_type, options_);
  }

  Conversion convert(const ConversionJob& job) const override {
    return isolates(job) ? detail::convert_isolated(job, options_)
                         : detail::convert_here(job, options_);
  }

 private:
  bool isolates(const ConversionJob& job) const {
    if (options_.isolation != Isolation::risky) return options_.isolation == Isolation::always;
    return is_risky(job.mime_type) || std::ranges::any_of(job.presets, is_unstoppable);
  }

  VipsConverterOptions options_;
};

}  // namespace

std::shared_ptr<const Converter> make_vips_converter(const VipsConverterOptions& options) {
  detail::use_library();
  return std::make_shared<const VipsConverter>(options);
}

}  // namespace affix

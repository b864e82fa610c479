#include "affix/conversion/vips_converter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "conversion/isolation/isolated_conversion.hpp"
#include "conversion/scan/scan_picture.hpp"
#include "conversion/vips/conversion.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/memory_estimate.hpp"
#include "conversion/vips/memory_share.hpp"
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
    constexpr double as_good_as_none = 1e9;  // What no clock takes for the past.
    options_.max_seconds = std::clamp(options_.max_seconds, 0.0, as_good_as_none);
    if (options_.worker.empty()) options_.worker = AFFIX_WORKER;
    if (options_.isolation == Isolation::never) detail::allow_all_formats();
  }

  bool accepts(std::string_view mime_type) const override {
    return detail::has_loader(mime_type) &&
           (options_.documents == Documents::first_page || !detail::is_document(mime_type));
  }

  Inspection inspect(std::span<const std::byte> bytes, std::string_view mime_type) const override {
    const detail::PictureFacts facts = check(bytes, mime_type);
    if (detail::can_be_scanned(mime_type)) {
      const detail::Size size = detail::displayed_size(facts);
      return {size.width, size.height, static_cast<int>(facts.frames)};
    }
    return options_.isolation == Isolation::never
               ? detail::inspect_here(bytes, mime_type, options_)
               : detail::inspect_isolated(bytes, mime_type, options_);
  }

  Conversion convert(const ConversionJob& job) const override {
    affix::check(job.previews);
    detail::PictureFacts facts = check(job.bytes, job.mime_type);
    if (!detail::can_be_scanned(job.mime_type)) facts = largest_allowed();
    const detail::MemoryShare share(detail::estimate_memory(facts, job.presets),
                                    options_.max_memory, options_.max_seconds);
    return isolates(job) ? detail::convert_isolated(job, options_)
                         : detail::convert_here(job, options_);
  }

 private:
  /// What a picture is taken for of which nothing is known before it is decoded.
  detail::PictureFacts largest_allowed() const {
    constexpr int channels = 4;
    const int side = std::clamp(static_cast<int>(std::sqrt(double(options_.max_pixels))), 1,
                                std::max(1, options_.max_dimension));
    return {.stored = {side, side},
            .largest = {side, side},
            .held_bytes = std::int64_t{channels} * side * side};
  }

  /// Everything that can be known without a library that decodes.
  detail::PictureFacts check(std::span<const std::byte> bytes, std::string_view mime_type) const {
    if (!accepts(mime_type)) {
      throw Error(Errc::unsupported, "Files of this type cannot be converted");
    }
    return detail::scan_bytes(bytes, mime_type, options_);
  }

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

#include "affix/conversion/vips_converter.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "conversion/vips/encode.hpp"
#include "conversion/vips/framing.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/parallel.hpp"
#include "conversion/vips/picture.hpp"
#include "conversion/vips/preview.hpp"
#include "conversion/vips/render.hpp"

namespace affix {
namespace {

using vips::VImage;

/// What `keep` stands for.
ImageFormat kept_format(std::string_view source_type, const VImage& pixels) {
  constexpr std::array formats{ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp,
                               ImageFormat::gif};
  const auto found = std::find_if(formats.begin(), formats.end(), [&](ImageFormat format) {
    return mime_type(format) == source_type;
  });
  if (found != formats.end()) return *found;
  return pixels.has_alpha() ? ImageFormat::png : ImageFormat::jpeg;
}

MadeFile make_file(const detail::Base& base, const Preset& preset, ImageFormat format) {
  const VImage image = detail::render(base, preset, format);
  return {.bytes = detail::encode(image, format, preset),
          .mime_type = std::string(mime_type(format)),
          .extension = std::string(extension(format)),
          .width = image.width(),
          .height = image.height()};
}

MadeVariant make_variant(const detail::Base& base, const Preset& preset, ImageFormat format) {
  MadeVariant variant{.name = preset.name, .digest = digest(preset)};
  const Where where{.variant = preset.name};
  try {
    variant.file = make_file(base, preset, format);
  } catch (const vips::VError& error) {
    variant.error = Error(Errc::conversion_failed, "The variant cannot be made", where,
                          detail::take_error_text(error));
  } catch (const Error& error) {
    variant.error = error.with(where);
  }
  return variant;
}

/// How long a variant takes, roughly, in pixels of a WebP.
double effort(const Preset& preset) {
  constexpr double side_if_free = 2000;
  const double width = preset.width > 0 ? preset.width : side_if_free;
  const double height = preset.height > 0 ? preset.height : side_if_free;
  const double weight = preset.format == ImageFormat::avif   ? 3
                        : preset.format == ImageFormat::jpeg ? 0.1
                                                             : 1;
  return width * height * weight;
}

/// The longest first, so that no core waits for another in the end.
std::vector<std::size_t> by_effort(std::span<const Preset> presets) {
  std::vector<std::size_t> order(presets.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t index) { return effort(presets[index]); });
  return order;
}

void add_previews(Conversion& result, const detail::Base& base, const PreviewOptions& wanted) {
  const std::optional<SmallPicture> preview = detail::preview_of(base);
  if (!preview) return;
  result.placeholder = thumbhash(*preview);
  if (wanted.blurhash) result.blurhash = blurhash(*preview, *wanted.blurhash);
  if (wanted.color == ColorPreview::mean) result.color = mean_color(*preview);
}

class VipsConverter : public Converter {
 public:
  explicit VipsConverter(const VipsConverterOptions& options) : options_(options) {}

  bool accepts(std::string_view mime_type) const override { return detail::is_readable(mime_type); }

  Inspection inspect(std::span<const std::byte> bytes, std::string_view mime_type) const override {
    const detail::Picture picture = detail::open_picture(bytes, mime_type, options_);
    return {picture.displayed.width, picture.displayed.height, picture.frames};
  }

  Conversion convert(const ConversionJob& job) const override {
    check(job.previews);
    const detail::Base base =
        detail::make_base(detail::open_picture(job.bytes, job.mime_type, options_),
                          detail::with_preview(job.presets));
    const std::vector<std::size_t> order = by_effort(job.presets);
    Conversion result{.variants = std::vector<MadeVariant>(job.presets.size())};
    const auto work = [&](std::size_t step) {
      const Preset& preset = job.presets[order[step]];
      const ImageFormat format = preset.format == ImageFormat::keep
                                     ? kept_format(job.mime_type, base.pixels)
                                     : preset.format;
      result.variants[order[step]] = make_variant(base, preset, format);
    };
    detail::work_in_parallel(order.size(), work, [&](std::size_t step) {
      if (job.made) job.made(result.variants[order[step]]);
    });
    add_previews(result, base, job.previews);
    return result;
  }

 private:
  VipsConverterOptions options_;
};

}  // namespace

std::shared_ptr<const Converter> make_vips_converter(const VipsConverterOptions& options) {
  detail::use_library();
  return std::make_shared<const VipsConverter>(options);
}

}  // namespace affix

#include "affix/conversion/vips_converter.hpp"

#include <algorithm>
#include <array>

#include "conversion/vips/encode.hpp"
#include "conversion/vips/framing.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/picture.hpp"
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

MadeFile make_file(const VImage& pixels, const Preset& preset, ImageFormat format) {
  const VImage image = detail::render(pixels, preset, format);
  return {.bytes = detail::encode(image, format, preset),
          .mime_type = std::string(mime_type(format)),
          .extension = std::string(extension(format)),
          .width = image.width(),
          .height = image.height()};
}

MadeVariant make_variant(const VImage& pixels, const Preset& preset, ImageFormat format) {
  MadeVariant variant{.name = preset.name, .digest = digest(preset)};
  const Where where{.variant = preset.name};
  try {
    variant.file = make_file(pixels, preset, format);
  } catch (const vips::VError& error) {
    variant.error = Error(Errc::conversion_failed, "The variant cannot be made", where,
                          detail::take_error_text(error));
  } catch (const Error& error) {
    variant.error = error.with(where);
  }
  return variant;
}

class VipsConverter : public Converter {
 public:
  explicit VipsConverter(const VipsConverterOptions& options) : options_(options) {}

  bool accepts(std::string_view mime_type) const override { return detail::is_readable(mime_type); }

  Inspection inspect(std::span<const std::byte> bytes, std::string_view mime_type) const override {
    const detail::Picture picture = detail::open_picture(bytes, mime_type, options_);
    return {picture.displayed.width, picture.displayed.height, picture.frames};
  }

  std::vector<MadeVariant> convert(const ConversionJob& job) const override {
    const VImage pixels = detail::decode(detail::open_picture(job.bytes, job.mime_type, options_));
    std::vector<MadeVariant> variants;
    variants.reserve(job.presets.size());
    for (const Preset& preset : job.presets) {
      const ImageFormat format =
          preset.format == ImageFormat::keep ? kept_format(job.mime_type, pixels) : preset.format;
      variants.push_back(make_variant(pixels, preset, format));
      if (job.made) job.made(variants.back());
    }
    return variants;
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

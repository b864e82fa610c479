#include "conversion/vips/conversion.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "conversion/vips/deadline.hpp"
#include "conversion/vips/encode.hpp"
#include "conversion/vips/equal_outputs.hpp"
#include "conversion/vips/framing.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/memory.hpp"
#include "conversion/vips/parallel.hpp"
#include "conversion/vips/picture.hpp"
#include "conversion/vips/preview.hpp"
#include "conversion/vips/render.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

/// What `keep` stands for.
ImageFormat kept_format(std::string_view source_type, const VImage& pixels) {
  constexpr std::array formats{ImageFormat::jpeg, ImageFormat::png,  ImageFormat::webp,
                               ImageFormat::gif,  ImageFormat::avif, ImageFormat::tiff};
  const auto found = std::find_if(formats.begin(), formats.end(), [&](ImageFormat format) {
    return mime_type(format) == source_type;
  });
  if (found != formats.end()) return *found;
  return pixels.has_alpha() ? ImageFormat::png : ImageFormat::jpeg;
}

MadeFile make_file(const Base& base, const Preset& preset, ImageFormat format,
                   const Deadline& deadline) {
  const Rendering rendering = render(base, preset, format, deadline);
  return {.bytes = encode(rendering, format, preset, deadline),
          .mime_type = std::string(mime_type(format)),
          .extension = std::string(extension(format)),
          .width = rendering.pixels.width(),
          .height = rendering.height};
}

MadeVariant make_variant(const Base& base, const Preset& preset, ImageFormat format,
                         const Deadline& deadline) {
  MadeVariant variant{.name = preset.name, .digest = digest(preset)};
  const Where where{.variant = preset.name};
  try {
    deadline.check();
    variant.file = make_file(base, preset, format, deadline);
  } catch (const vips::VError& error) {
    variant.error =
        Error(Errc::conversion_failed,
              deadline.is_over() ? "The conversion takes too long" : "The variant cannot be made",
              where, take_error_text(error));
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

/// Those that are to be made, the longest first, so that no core waits for another in the end.
std::vector<std::size_t> by_effort(std::span<const Preset> presets,
                                   const std::vector<std::size_t>& first_of_equals) {
  std::vector<std::size_t> order;
  for (std::size_t index = 0; index < presets.size(); ++index) {
    if (first_of_equals[index] == index) order.push_back(index);
  }
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t index) { return effort(presets[index]); });
  return order;
}

/// The same file, or the same error, under the name of another preset.
MadeVariant same_for(const MadeVariant& made, const Preset& preset) {
  MadeVariant variant = made;
  variant.name = preset.name;
  variant.digest = digest(preset);
  if (made.error) {
    variant.error = Error(made.error->code(), made.error->message(), {.variant = preset.name},
                          made.error->cause());
  }
  return variant;
}

void add_previews(Conversion& result, const Base& base, const PreviewOptions& wanted) {
  const std::optional<SmallPicture> preview = preview_of(base);
  if (!preview) return;
  result.placeholder = thumbhash(*preview);
  if (wanted.blurhash) result.blurhash = blurhash(*preview, *wanted.blurhash);
  if (wanted.color == ColorPreview::mean) result.color = mean_color(*preview);
}

}  // namespace

Inspection inspect_here(std::span<const std::byte> bytes, std::string_view mime_type,
                        const VipsConverterOptions& options) {
  const Picture picture = open_picture(bytes, mime_type, options);
  return {picture.displayed.width, picture.displayed.height, picture.frames};
}

Conversion convert_here(const ConversionJob& job, const VipsConverterOptions& options,
                        const std::function<void()>& decoded) {
  const Deadline deadline(options.max_seconds);
  const OwnCore core;
  const Picture picture = open_picture(job.bytes, job.mime_type, options);
  const Base base = make_base(picture, or_preview(job.presets), deadline);
  if (decoded) decoded();
  const std::vector<std::size_t> firsts = first_of_equals(base, job.presets);
  const std::vector<std::size_t> order = by_effort(job.presets, firsts);
  Conversion result{.variants = std::vector<MadeVariant>(job.presets.size())};
  const auto work = [&](std::size_t step) {
    const Preset& preset = job.presets[order[step]];
    const ImageFormat format = preset.format == ImageFormat::keep
                                   ? kept_format(job.mime_type, base.pixels)
                                   : preset.format;
    result.variants[order[step]] = make_variant(base, preset, format, deadline);
  };
  work_in_parallel(order.size(), work, [&](std::size_t step) {
    for (std::size_t index = order[step]; index < firsts.size(); ++index) {
      if (firsts[index] != order[step]) continue;
      if (index != order[step]) {
        result.variants[index] = same_for(result.variants[order[step]], job.presets[index]);
      }
      if (job.made) job.made(result.variants[index]);
    }
  });
  add_previews(result, base, job.previews);
  give_memory_back();
  return result;
}

}  // namespace affix::detail

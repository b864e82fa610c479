#include "conversion/vips/encode.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include "conversion/vips/aom.hpp"
#include "conversion/vips/webp_encode.hpp"
#include "conversion/vips/webp_strip.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

constexpr int usual_jpeg_quality = 80;
constexpr int usual_png_compression = 6;
constexpr int usual_gif_effort = 7;
constexpr int usual_jpeg_effort = 5;

int value_or(int value, int usual) { return value == 0 ? usual : value; }

/// Settings that differ from profile to profile, in the words of the encoders.
struct Usual {
  int webp_quality;
  int webp_effort;  ///< 0 to 6.
  int avif_quality;
  int avif_effort;  ///< 0 to 9.
  VipsForeignSubsample avif_subsampling;
};

Usual usual(const Preset& preset) {
  const int old_aom = has_old_aom() ? 3 : 0;
  switch (preset.profile.value_or(Profile::balanced)) {
    case Profile::compatible:
      return {80, 4, 50, 4, VIPS_FOREIGN_SUBSAMPLE_OFF};
    case Profile::fast:
      return {81, 2, 52 + old_aom, 2, VIPS_FOREIGN_SUBSAMPLE_ON};
    case Profile::balanced:
      break;
  }
  return {80, 4, 50 + old_aom, 3, VIPS_FOREIGN_SUBSAMPLE_OFF};
}

/// libvips writes a colour profile even when told to strip, so everything is taken off by hand.
VImage without_metadata(const VImage& image) {
  VImage bare = image.copy(VImage::option()->set("xres", 1.0)->set("yres", 1.0));
  const std::unique_ptr<char*, decltype(&g_strfreev)> fields(
      vips_image_get_fields(bare.get_image()), &g_strfreev);
  for (char** field = fields.get(); *field != nullptr; ++field) bare.remove(*field);
  return bare;
}

/// The animation's times are all that an encoder is told besides the pixels.
VImage bare_pixels(const Rendering& rendering) {
  VImage bare = without_metadata(rendering.pixels);
  if (rendering.timing.delays.empty()) return bare;
  bare.set("page-height", rendering.height);
  bare.set("delay", rendering.timing.delays);
  bare.set("loop", rendering.timing.loop);
  return bare;
}

/// Small pictures gain a fifth from their own Huffman tables; large ones gain little and take long.
bool has_own_tables(const VImage& image, const Preset& preset) {
  constexpr std::int64_t small = 300'000;
  return std::int64_t{image.width()} * image.height() < small ||
         value_or(preset.effort, usual_jpeg_effort) > usual_jpeg_effort;
}

VipsBlob* save_jpeg(const VImage& image, const Preset& preset) {
  return image.jpegsave_buffer(VImage::option()
                                   ->set("Q", value_or(preset.quality, usual_jpeg_quality))
                                   ->set("optimize_coding", has_own_tables(image, preset))
                                   ->set("strip", TRUE));
}

VipsBlob* save_png(const VImage& image, const Preset& preset) {
  return image.pngsave_buffer(
      VImage::option()
          ->set("compression", value_or(preset.effort, usual_png_compression))
          ->set("filter", VIPS_FOREIGN_PNG_FILTER_ALL)
          ->set("strip", TRUE));
}

/// libwebp knows 0 to 6.
int webp_effort(const Preset& preset) {
  return preset.effort == 0 ? usual(preset).webp_effort : (preset.effort - 1) * 3 / 4;
}

WebpSettings webp_settings(const Preset& preset) {
  return {.quality = value_or(preset.quality, usual(preset).webp_quality),
          .effort = webp_effort(preset),
          .compression = preset.compression};
}

/// An animation.
VipsBlob* save_webp(const VImage& image, const Preset& preset) {
  const WebpSettings settings = webp_settings(preset);
  return image.webpsave_buffer(VImage::option()
                                   ->set("Q", settings.quality)
                                   ->set("effort", settings.effort)
                                   ->set("lossless", settings.compression == Compression::lossless)
                                   ->set("strip", TRUE));
}

/// libaom 3.6 at effort 1 makes files twice as large as at 2, which is hardly slower.
int avif_effort(const Preset& preset) {
  return std::max(2, value_or(preset.effort, usual(preset).avif_effort));
}

VipsBlob* save_avif(const VImage& image, const Preset& preset) {
  const Usual settings = usual(preset);
  return image.heifsave_buffer(VImage::option()
                                   ->set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1)
                                   ->set("bitdepth", 8)
                                   ->set("Q", value_or(preset.quality, settings.avif_quality))
                                   ->set("effort", avif_effort(preset))
                                   ->set("subsample_mode", settings.avif_subsampling)
                                   ->set("strip", TRUE));
}

VipsBlob* save_gif(const VImage& image, const Preset& preset) {
  return image.gifsave_buffer(VImage::option()
                                  ->set("effort", value_or(preset.effort, usual_gif_effort))
                                  ->set("strip", TRUE));
}

VipsBlob* save_tiff(const VImage& image) {
  return image.tiffsave_buffer(VImage::option()
                                   ->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW)
                                   ->set("predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL)
                                   ->set("strip", TRUE));
}

VipsBlob* save(const VImage& image, ImageFormat format, const Preset& preset) {
  switch (format) {
    case ImageFormat::jpeg:
      return save_jpeg(image, preset);
    case ImageFormat::webp:
      return save_webp(image, preset);
    case ImageFormat::avif:
      return save_avif(image, preset);
    case ImageFormat::gif:
      return save_gif(image, preset);
    case ImageFormat::tiff:
      return save_tiff(image);
    case ImageFormat::png:
    case ImageFormat::keep:
      break;
  }
  return save_png(image, preset);
}

}  // namespace

std::string encode(const Rendering& rendering, ImageFormat format, const Preset& preset,
                   const Deadline& deadline) {
  if (format == ImageFormat::webp && rendering.timing.delays.empty()) {
    return encode_webp(rendering.pixels, webp_settings(preset), deadline);
  }
  const VImage pixels = bare_pixels(rendering);
  const Watch watch(pixels, deadline);
  const auto release = [](VipsBlob* blob) { vips_area_unref(VIPS_AREA(blob)); };
  const std::unique_ptr<VipsBlob, decltype(release)> blob(save(pixels, format, preset), release);
  std::size_t size = 0;
  const void* data = vips_blob_get(blob.get(), &size);
  const std::string_view bytes(static_cast<const char*>(data), size);
  return format == ImageFormat::webp ? without_exif(bytes) : std::string(bytes);
}

}  // namespace affix::detail

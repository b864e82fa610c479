#include "conversion/vips/watermark.hpp"

#include <algorithm>
#include <cmath>

#include "affix/conversion/content_type.hpp"
#include "affix/storage/reader.hpp"
#include "affix/value/error.hpp"
#include "conversion/vips/color.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/picture.hpp"
#include "conversion/vips/render.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

/// Watermarks are small; what would not be small in memory is a mistake.
const VipsConverterOptions limits{
    .max_bytes = 1 << 20, .max_pixels = 16'000'000, .max_dimension = 16'384, .max_frames = 1'000};

Preset preset_for(const Watermark& watermark, Size variant) {
  const auto width = static_cast<int>(std::lround(watermark.width * variant.width));
  return {.name = "watermark",
          .width = std::max(1, width),
          .height = variant.height,
          .fit = Fit::inside,
          .enlarge = Enlarge::allowed};
}

VImage sized(const Watermark& watermark, Size variant, const Deadline& deadline) {
  const auto bytes = as_bytes(watermark.bytes);
  const Preset preset = preset_for(watermark, variant);
  const Base base =
      make_base(open_picture(bytes, detect_type(bytes), limits), {&preset, 1}, deadline);
  return render(base, preset, ImageFormat::png, deadline).pixels;
}

[[noreturn]] void refuse(std::string_view cause) {
  throw Error(Errc::conversion_failed, "The picture of the watermark cannot be read", {}, cause);
}

VImage readable(const Watermark& watermark, Size variant, const Deadline& deadline) {
  try {
    return sized(watermark, variant, deadline);
  } catch (const vips::VError& error) {
    refuse(take_error_text(error));
  } catch (const Error& error) {
    refuse(error.what());
  }
}

}  // namespace

VImage make_overlay(const Watermark& watermark, Size variant, const Deadline& deadline) {
  const VImage picture = with_transparency(
      readable(watermark, variant, deadline).colourspace(VIPS_INTERPRETATION_sRGB));
  return picture.linear({1, 1, 1, watermark.opacity}, {0, 0, 0, 0})
      .cast(VIPS_FORMAT_UCHAR)
      .copy_memory();
}

VImage marked(const VImage& image, const VImage& overlay, Position position) {
  const VImage ground = image.colourspace(VIPS_INTERPRETATION_sRGB);
  const Point corner =
      place({overlay.width(), overlay.height()}, {ground.width(), ground.height()}, position);
  const VImage both = ground
                          .composite2(overlay, VIPS_BLEND_MODE_OVER,
                                      VImage::option()->set("x", corner.x)->set("y", corner.y))
                          .cast(VIPS_FORMAT_UCHAR);
  return ground.has_alpha() ? both : both.extract_band(0, VImage::option()->set("n", 3));
}

}  // namespace affix::detail

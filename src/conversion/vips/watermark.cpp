#include "conversion/vips/watermark.hpp"

#include <algorithm>
#include <cmath>

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
const VipsConverterOptions limits{.max_bytes = 1 << 20, .max_pixels = 16'000'000};

/// By its first bytes, because a confined process cannot load the database of libmagic.
std::string_view type_of(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG")) return "image/png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("GIF8")) return "image/gif";
  return bytes.starts_with("RIFF") ? "image/webp" : "";
}

Preset preset_for(const Watermark& watermark, Size variant) {
  const auto width = static_cast<int>(std::lround(watermark.width * variant.width));
  return {.name = "watermark",
          .width = std::max(1, width),
          .height = variant.height,
          .fit = Fit::inside,
          .enlarge = Enlarge::allowed};
}

VImage sized(const Watermark& watermark, Size variant, const Deadline& deadline) {
  const Preset preset = preset_for(watermark, variant);
  const auto bytes = as_bytes(watermark.bytes);
  const std::string_view type = type_of(watermark.bytes);
  scan_bytes(bytes, type, limits);
  const Picture picture = open_picture(bytes, type, limits);
  const Base base = make_base(picture, {&preset, 1}, deadline);
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
  const VImage picture = with_transparency(in_color(readable(watermark, variant, deadline)));
  return picture.linear({1, 1, 1, watermark.opacity}, {0, 0, 0, 0})
      .cast(VIPS_FORMAT_UCHAR)
      .copy_memory();
}

VImage marked(const VImage& image, const VImage& overlay, Position position) {
  const VImage ground = in_color(image);
  const Point corner =
      place({overlay.width(), overlay.height()}, {ground.width(), ground.height()}, position);
  const VImage both = ground
                          .composite2(overlay, VIPS_BLEND_MODE_OVER,
                                      VImage::option()->set("x", corner.x)->set("y", corner.y))
                          .cast(VIPS_FORMAT_UCHAR);
  return ground.has_alpha() ? both : both.extract_band(0, VImage::option()->set("n", 3));
}

}  // namespace affix::detail

#include "conversion/vips/framing.hpp"

#include <vector>

#include "conversion/vips/color.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

constexpr Color white{255, 255, 255, 255};
constexpr Color transparent{0, 0, 0, 0};

Color opaque(Color color) {
  color.alpha = 255;
  return color;
}

Color fill_color(const Preset& preset, ImageFormat format) {
  if (!has_transparency(format)) return opaque(preset.background.value_or(white));
  return preset.background.value_or(transparent);
}

VImage with_transparency(const VImage& image) {
  return image.has_alpha() ? image : image.bandjoin_const({255});
}

VImage cut(const VImage& image, Size result, Position position) {
  if (position == Position::attention || position == Position::entropy) {
    const VipsInteresting interest =
        position == Position::attention ? VIPS_INTERESTING_ATTENTION : VIPS_INTERESTING_ENTROPY;
    return image.smartcrop(result.width, result.height,
                           VImage::option()->set("interesting", interest));
  }
  const Point corner = place(result, {image.width(), image.height()}, position);
  return image.crop(corner.x, corner.y, result.width, result.height);
}

VImage filled_up(const VImage& image, Size result, Position position, const Color& color) {
  VImage colored = image.colourspace(VIPS_INTERPRETATION_sRGB);
  if (color.alpha < 255) colored = with_transparency(colored);
  std::vector<double> fill{double(color.red), double(color.green), double(color.blue)};
  if (colored.has_alpha()) fill.push_back(color.alpha);
  const Point corner = place({image.width(), image.height()}, result, position);
  return colored.embed(
      corner.x, corner.y, result.width, result.height,
      VImage::option()->set("extend", VIPS_EXTEND_BACKGROUND)->set("background", fill));
}

}  // namespace

bool has_transparency(ImageFormat format) { return format != ImageFormat::jpeg; }

VImage framed(const VImage& image, Size result, const Preset& preset, ImageFormat format) {
  const bool is_filled_up = preset.fit == Fit::contain && preset.width > 0 && preset.height > 0;
  const Color color = fill_color(preset, format);
  VImage picture = is_filled_up && preset.background ? on_background(image, color) : image;
  if (Size{image.width(), image.height()} == result) return picture;
  return is_filled_up ? filled_up(picture, result, preset.position, color)
                      : cut(picture, result, preset.position);
}

VImage grounded(const VImage& image, const Preset& preset, ImageFormat format) {
  if (has_transparency(format)) return image;
  return on_background(image, opaque(preset.background.value_or(white)));
}

}  // namespace affix::detail

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

bool is_filled_up(const Preset& preset) {
  return preset.fit == Fit::contain && preset.width > 0 && preset.height > 0;
}

bool looks_for_interest(const Preset& preset) {
  return preset.position == Position::attention || preset.position == Position::entropy;
}

/// libvips notes where it has cut.
Point interesting_corner(const VImage& image, Size result, Position position) {
  const VipsInteresting interest =
      position == Position::attention ? VIPS_INTERESTING_ATTENTION : VIPS_INTERESTING_ENTROPY;
  const VImage part =
      image.smartcrop(result.width, result.height, VImage::option()->set("interesting", interest));
  return {-part.xoffset(), -part.yoffset()};
}

VImage filled_up(const VImage& image, Size result, Point corner, const Color& color) {
  VImage colored = in_color(image);
  if (color.alpha < 255) colored = with_transparency(colored);
  std::vector<double> fill{double(color.red), double(color.green), double(color.blue)};
  if (colored.has_alpha()) fill.push_back(color.alpha);
  return colored.embed(
      corner.x, corner.y, result.width, result.height,
      VImage::option()->set("extend", VIPS_EXTEND_BACKGROUND)->set("background", fill));
}

}  // namespace

bool has_transparency(ImageFormat format) { return format != ImageFormat::jpeg; }

Point find_corner(const VImage& image, Size result, const Preset& preset) {
  const Size size{image.width(), image.height()};
  if (size == result) return {};
  if (is_filled_up(preset)) return place(size, result, preset.position);
  if (preset.focal_point) return place_around(result, size, *preset.focal_point);
  return looks_for_interest(preset) ? interesting_corner(image, result, preset.position)
                                    : place(result, size, preset.position);
}

VImage framed(const VImage& image, Size result, Point corner, const Preset& preset,
              ImageFormat format) {
  const Color color = fill_color(preset, format);
  const bool is_filled = is_filled_up(preset);
  VImage picture = is_filled && preset.background ? on_background(image, color) : image;
  if (Size{image.width(), image.height()} == result) return picture;
  return is_filled ? filled_up(picture, result, corner, color)
                   : picture.crop(corner.x, corner.y, result.width, result.height);
}

VImage grounded(const VImage& image, const Preset& preset, ImageFormat format) {
  if (has_transparency(format)) return image;
  return on_background(image, opaque(preset.background.value_or(white)));
}

}  // namespace affix::detail

#include "conversion/vips/color.hpp"

#include <vector>

#include "conversion/vips/library.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

constexpr std::uint8_t opaque = 255;

bool has_profile(const VImage& image) { return image.get_typeof(VIPS_META_ICC_NAME) != 0; }

/// libvips takes numbers with fractions for ones without when it uses a profile.
bool has_whole_numbers(const VImage& image) {
  return image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT;
}

bool is_cmyk(const VImage& image) { return image.interpretation() == VIPS_INTERPRETATION_CMYK; }

bool is_gray(const VImage& image) {
  return image.interpretation() == VIPS_INTERPRETATION_B_W ||
         image.interpretation() == VIPS_INTERPRETATION_GREY16;
}

/// Stays at 16 bits, because libvips spoils the transparency when it goes from 16 bits to 8 here.
VImage by_profile(const VImage& image) {
  const int depth = image.format() == VIPS_FORMAT_USHORT ? 16 : 8;
  vips::VOption* options = VImage::option()->set("embedded", TRUE)->set("depth", depth);
  if (is_cmyk(image)) options->set("input_profile", "cmyk");
  return image.icc_transform("srgb", options).colourspace(VIPS_INTERPRETATION_sRGB);
}

VImage without_profile(const VImage& image) {
  return image.colourspace(is_gray(image) ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
}

/// A TIFF may have masks and spot colours behind the colours and the transparency.
VImage without_more_bands(const VImage& image) {
  const int most = is_gray(image) ? 2 : 4;
  if (image.bands() <= most) return image;
  return image.extract_band(0, VImage::option()->set("n", most));
}

VImage converted(const VImage& image) {
  if (has_colors_to_prepare(image)) {
    try {
      return by_profile(image);
    } catch (const vips::VError& error) {
      // A profile that cannot be used is no reason to refuse the picture.
      static_cast<void>(take_error_text(error));
    }
  }
  return without_profile(image);
}

bool is_colored(const VImage& image) {
  return image.interpretation() == VIPS_INTERPRETATION_sRGB && image.bands() >= 3;
}

/// As the outcome of everything here is.
bool is_srgb(const VImage& image) {
  if (image.format() != VIPS_FORMAT_UCHAR || has_profile(image)) return false;
  if (image.interpretation() == VIPS_INTERPRETATION_B_W) return image.bands() <= 2;
  return is_colored(image) && image.bands() <= 4;
}

}  // namespace

bool has_colors_to_prepare(const VImage& image) {
  return (has_profile(image) && has_whole_numbers(image)) || is_cmyk(image);
}

VImage in_color(const VImage& image) {
  if (is_colored(image)) return image;
  return image.colourspace(VIPS_INTERPRETATION_sRGB);
}

VImage to_srgb(const VImage& image) {
  if (is_srgb(image)) return image;
  VImage result = without_more_bands(converted(image)).cast(VIPS_FORMAT_UCHAR);
  result.remove(VIPS_META_ICC_NAME);  // It was that of the colours before.
  return result;
}

VImage on_background(const VImage& image, const Color& background) {
  if (!image.has_alpha()) return image;
  const VImage ground = in_color(image);
  const std::vector<double> color{double(background.red), double(background.green),
                                  double(background.blue)};
  if (background.alpha == opaque) {
    return ground.flatten(VImage::option()->set("background", color));
  }
  std::vector<double> color_and_alpha = color;
  color_and_alpha.push_back(background.alpha);
  const VImage base = ground.new_from_image(color_and_alpha);
  return base.composite2(ground, VIPS_BLEND_MODE_OVER).cast(VIPS_FORMAT_UCHAR);
}

VImage with_transparency(const VImage& image) {
  return image.has_alpha() ? image : image.bandjoin_const({opaque});
}

VImage to_gray(const VImage& image) { return image.colourspace(VIPS_INTERPRETATION_B_W); }

}  // namespace affix::detail

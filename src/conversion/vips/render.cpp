#include "conversion/vips/render.hpp"

#include <algorithm>

#include "affix/value/error.hpp"
#include "conversion/vips/color.hpp"
#include "conversion/vips/framing.hpp"
#include "conversion/vips/geometry.hpp"
#include "conversion/vips/library.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

VImage resized(const VImage& image, Size size) {
  if (Size{image.width(), image.height()} == size) return image;
  return with_premultiplied(image, [size](const VImage& picture) {
    return picture.resize(double(size.width) / picture.width(),
                          VImage::option()
                              ->set("vscale", double(size.height) / picture.height())
                              ->set("kernel", VIPS_KERNEL_LANCZOS3));
  });
}

VipsAngle angle(int degrees) {
  switch (degrees) {
    case 90:
      return VIPS_ANGLE_D90;
    case 180:
      return VIPS_ANGLE_D180;
    case 270:
      return VIPS_ANGLE_D270;
    default:
      return VIPS_ANGLE_D0;
  }
}

VImage turned(const VImage& image, const Preset& preset) {
  VImage result = image.autorot().rot(angle(preset.rotate));
  if (preset.flip == Flip::horizontal || preset.flip == Flip::both) {
    result = result.flip(VIPS_DIRECTION_HORIZONTAL);
  }
  if (preset.flip == Flip::vertical || preset.flip == Flip::both) {
    result = result.flip(VIPS_DIRECTION_VERTICAL);
  }
  return result;
}

VImage blurred(const VImage& image, double sigma) {
  if (sigma == 0) return image;
  return with_premultiplied(image, [sigma](const VImage& picture) {
    return picture.gaussblur(sigma, VImage::option()->set("precision", VIPS_PRECISION_FLOAT));
  });
}

VImage sharpened(const VImage& image, double sigma) {
  if (sigma == 0) return image;
  return with_premultiplied(image, [sigma](const VImage& picture) {
    const VImage bytes = picture.cast(VIPS_FORMAT_UCHAR);
    return bytes.sharpen(VImage::option()->set("sigma", sigma));
  });
}

struct Plan {
  Layout layout{};  ///< Of the picture as the preset turns it.
  Size resized{};   ///< Of the whole picture as it is stored.
};

Plan plan(Size stored, bool is_turned, const Preset& preset) {
  const bool is_swapped = is_turned != (preset.rotate % 180 != 0);
  const Layout layout = plan_layout(is_swapped ? swapped(stored) : stored, preset);
  return {layout, is_swapped ? swapped(layout.scaled) : layout.scaled};
}

/// What is left of the picture when the largest variant loses nothing by it.
Size base_size(const Picture& picture, std::span<const Preset> presets) {
  Size least{1, 1};
  for (const Preset& preset : presets) {
    const Size size = plan(picture.stored, is_turned(picture.image), preset).resized;
    least = {std::max(least.width, size.width), std::max(least.height, size.height)};
  }
  return {std::min(least.width, picture.stored.width),
          std::min(least.height, picture.stored.height)};
}

}  // namespace

Base make_base(const Picture& picture, std::span<const Preset> presets) {
  try {
    const Size size = base_size(picture, presets);
    const VImage pixels = pixels_of(picture, size);
    const VImage shrunk = presets.empty() ? pixels : resized(pixels, size);
    // Colours are converted behind the resizing, where there are fewer of them.
    return {to_srgb(read_pixels(shrunk)).copy_memory(), picture.stored};
  } catch (const vips::VError& error) {
    throw Error(Errc::invalid_content, "The picture cannot be read", {}, take_error_text(error));
  }
}

VImage render(const Base& base, const Preset& preset, ImageFormat format) {
  const auto [layout, size] = plan(base.stored, is_turned(base.pixels), preset);
  if (layout.result.width > longest_side || layout.result.height > longest_side) {
    throw Error(Errc::conversion_failed, "A side of the variant would be too long");
  }
  // Everything behind this line reads pixels in any order, so they are made only once.
  const VImage small = resized(base.pixels, size).copy_memory();
  const VImage shown = framed(turned(small, preset), layout.result, preset, format);
  const VImage effective = sharpened(blurred(shown, preset.blur), preset.sharpen);
  const VImage ground = grounded(effective, preset, format);
  return preset.tone == Tone::grayscale ? to_gray(ground) : ground;
}

}  // namespace affix::detail

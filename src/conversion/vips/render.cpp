#include "conversion/vips/render.hpp"

#include "affix/value/error.hpp"
#include "conversion/vips/color.hpp"
#include "conversion/vips/framing.hpp"
#include "conversion/vips/geometry.hpp"
#include "conversion/vips/picture.hpp"

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

Layout checked_layout(Size source, const Preset& preset) {
  const Layout layout = plan_layout(source, preset);
  if (layout.result.width > longest_side || layout.result.height > longest_side) {
    throw Error(Errc::conversion_failed, "A side of the variant would be too long");
  }
  return layout;
}

}  // namespace

VImage render(const VImage& pixels, const Preset& preset, ImageFormat format) {
  const bool is_swapped = is_turned(pixels) != (preset.rotate % 180 != 0);
  const Size stored{pixels.width(), pixels.height()};
  const Layout layout = checked_layout(is_swapped ? swapped(stored) : stored, preset);
  const Size scaled = is_swapped ? swapped(layout.scaled) : layout.scaled;

  // Everything behind this line reads pixels in any order, so they are made only once.
  const VImage small = to_srgb(resized(pixels, scaled)).copy_memory();
  const VImage shown = framed(turned(small, preset), layout.result, preset, format);
  const VImage effective = sharpened(blurred(shown, preset.blur), preset.sharpen);
  const VImage ground = grounded(effective, preset, format);
  return preset.tone == Tone::grayscale ? to_gray(ground) : ground;
}

}  // namespace affix::detail

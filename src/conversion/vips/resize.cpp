#include "conversion/vips/resize.hpp"

#include <algorithm>
#include <vector>

#include "conversion/vips/average.hpp"
#include "conversion/vips/color.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

double scale(int from, int to) { return double(to) / from; }

VImage shrunk(const VImage& image, Size size) {
  const double across = std::min(1.0, scale(image.width(), size.width));
  const double down = std::min(1.0, scale(image.height(), size.height));
  return image.resize(across,
                      VImage::option()->set("vscale", down)->set("kernel", VIPS_KERNEL_LANCZOS3));
}

/// The enlarging of libvips 8.14 moves pictures by half a pixel to the right and down.
VImage enlarged(const VImage& image, Size size) {
  if (Size{image.width(), image.height()} == size) return image;
  const double across = scale(image.width(), size.width);
  const double down = scale(image.height(), size.height);
  return image.affine({across, 0, 0, down},
                      VImage::option()
                          ->set("interpolate", vips::VInterpolate::new_from_name("bicubic"))
                          ->set("oarea", std::vector<int>{0, 0, size.width, size.height})
                          ->set("idx", 0.5)
                          ->set("idy", 0.5)
                          ->set("odx", -0.5)
                          ->set("ody", -0.5)
                          ->set("extend", VIPS_EXTEND_COPY)
                          ->set("premultiplied", TRUE));
}

/// How many pixels the kernel gets: libvips leaves it between two and four for each new one, too.
int side_for_kernel(int from, int to) {
  const int covered = std::max(1, from / to / 2);
  return (from + covered / 2) / covered;
}

}  // namespace

VImage resized(const VImage& image, Size size) {
  if (Size{image.width(), image.height()} == size) return image;
  return with_premultiplied(
      image, [size](const VImage& picture) { return enlarged(shrunk(picture, size), size); });
}

VImage resized_in_memory(const VImage& image, Size size, const Deadline& deadline) {
  const Size between{side_for_kernel(image.width(), size.width),
                     side_for_kernel(image.height(), size.height)};
  const bool is_shorter = between != Size{image.width(), image.height()};
  const VImage near = is_shorter && can_be_averaged(image) ? averaged(image, between) : image;
  return computed(resized(near, size), deadline);
}

}  // namespace affix::detail

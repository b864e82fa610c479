#include "conversion/vips/resize.hpp"

#include <algorithm>
#include <vector>

#include "conversion/vips/color.hpp"
#include "conversion/vips/reduce.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

double scale(int from, int to) { return double(to) / from; }

/// The enlarging of libvips 8.14 moves pictures by half a pixel to the right and down.
VImage enlarged(const VImage& image, Size size) {
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

}  // namespace

VImage resized(const VImage& image, Size size, const Deadline& deadline) {
  const Size before{image.width(), image.height()};
  const Size smaller{std::min(before.width, size.width), std::min(before.height, size.height)};
  VImage small = smaller == before ? image : reduced(image, smaller, deadline);
  if (smaller == size) return small;
  return computed(
      with_premultiplied(small, [size](const VImage& picture) { return enlarged(picture, size); }),
      deadline);
}

}  // namespace affix::detail

#include "conversion/scan/picture_facts.hpp"

#include <algorithm>
#include <limits>

namespace affix::detail {

int read_side(std::uint64_t side) {
  if (side == 0 || side > std::numeric_limits<std::int32_t>::max()) refuse_broken();
  return static_cast<int>(side);
}

Size enclosing(Size first, Size second) {
  return {std::max(first.width, second.width), std::max(first.height, second.height)};
}

std::int64_t pixels_of(Size size) { return std::int64_t{size.width} * size.height; }

std::int64_t bytes_of(Size size, std::int64_t bytes_per_pixel) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t pixels = pixels_of(size);
  return pixels > most / bytes_per_pixel ? most : pixels * bytes_per_pixel;
}

}  // namespace affix::detail

#pragma once

#include <cstddef>
#include <vector>

#include "affix/conversion/placeholder.hpp"

namespace affix::detail {

/// One number for each pixel, row by row from the top.
using Plane = std::vector<double>;

/// Where an element is that stands in rows of this width.
constexpr std::size_t place_in(int row, int column, int width) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
         static_cast<std::size_t>(column);
}

/// A colour from 0 to 1.
struct Mean {
  double red = 0;
  double green = 0;
  double blue = 0;
  double alpha = 0;
};

/// Throws `Errc::invalid_argument` for a picture that is none.
void check(const SmallPicture& picture);

/// Each pixel's colour counts as much as it is opaque. Black if all of it is transparent.
Mean mean_of(const SmallPicture& picture);

/// The colours of a picture from 0 to 1. What is transparent shows the mean colour behind it.
struct Planes {
  Plane red;
  Plane green;
  Plane blue;
  Plane alpha;  ///< Empty if all of it is opaque.
};
Planes planes_on_mean(const SmallPicture& picture, const Mean& mean);

}  // namespace affix::detail

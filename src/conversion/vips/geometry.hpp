#pragma once

#include "affix/conversion/preset.hpp"

// Where every pixel of a variant goes, in whole numbers and without a picture.

namespace affix::detail {

struct Size {
  int width = 0;
  int height = 0;

  bool operator==(const Size&) const = default;
};

struct Point {
  int x = 0;
  int y = 0;

  bool operator==(const Point&) const = default;
};

/// The longest side that any step of a conversion may have.
inline constexpr int longest_side = 16'384;

/// What to do with a picture that already stands as it will be seen.
struct Layout {
  Size scaled{};  ///< Size of the whole picture after resizing.
  Size result{};  ///< Size of the variant. Smaller than `scaled`: cut; larger: filled up.

  bool operator==(const Layout&) const = default;
};

Size swapped(Size size);

/// Sides are rounded half up and never 0. A side may exceed `longest_side`.
Layout plan_layout(Size source, const Preset& preset);

/// What to do with a picture as it is stored.
struct Plan {
  Layout layout{};  ///< Of the picture as it is seen and as the preset turns it.
  Size resized{};   ///< Of the whole picture as it is stored.
};

/// `is_turned`: it is stored lying on its side.
Plan plan(Size stored, bool is_turned, const Preset& preset);

/// Where the smaller rectangle lies in the larger one; `attention` and `entropy` as `center`.
Point place(Size inner, Size outer, Position position);

/// Where the smaller rectangle lies in the larger one with this point of the larger one as near to
/// its own middle as possible.
Point place_around(Size inner, Size outer, FocalPoint point);

}  // namespace affix::detail

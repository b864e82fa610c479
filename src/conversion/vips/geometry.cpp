#include "conversion/vips/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace affix::detail {
namespace {

/// A scale as a fraction, so that no rounding but the last one happens.
struct Scale {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
};

bool is_less(Scale left, Scale right) {
  return left.numerator * right.denominator < right.numerator * left.denominator;
}

Scale smaller(Scale left, Scale right) { return is_less(right, left) ? right : left; }
Scale larger(Scale left, Scale right) { return is_less(left, right) ? right : left; }

int scaled_side(int side, Scale scale) {
  const std::int64_t doubled = 2 * side * scale.numerator + scale.denominator;
  const std::int64_t rounded = doubled / (2 * scale.denominator);
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::int64_t>(rounded, 1, most));
}

Size scaled(Size size, Scale scale) {
  return {scaled_side(size.width, scale), scaled_side(size.height, scale)};
}

/// The scale at which `from` has the same width, or height, as `to`.
Scale by_width(Size from, Size to) { return {to.width, from.width}; }
Scale by_height(Size from, Size to) { return {to.height, from.height}; }

Scale to_fit(Size from, Size into) { return smaller(by_width(from, into), by_height(from, into)); }
Scale to_cover(Size from, Size box) { return larger(by_width(from, box), by_height(from, box)); }

Scale limited(Scale scale, Enlarge enlarge) {
  return enlarge == Enlarge::allowed ? scale : smaller(scale, Scale{});
}

/// One side is free, so the proportions hold whatever the fit.
Layout plan_one_side(Size source, const Preset& preset) {
  const Scale wanted =
      preset.width > 0 ? Scale{preset.width, source.width} : Scale{preset.height, source.height};
  const Size size = scaled(source, limited(wanted, preset.enlarge));
  return {size, size};
}

/// The largest box of these proportions that the source covers, at most the box itself.
Size covered_box(Size source, Size box, Enlarge enlarge) {
  return enlarge == Enlarge::allowed ? box : scaled(box, smaller(to_fit(box, source), Scale{}));
}

Layout plan_cover(Size source, Size box) {
  const Size size = scaled(source, to_cover(source, box));
  return {{std::max(size.width, box.width), std::max(size.height, box.height)}, box};
}

Layout plan_box(Size source, Size box, const Preset& preset) {
  switch (preset.fit) {
    case Fit::cover:
      return plan_cover(source, covered_box(source, box, preset.enlarge));
    case Fit::fill: {
      const Size size = covered_box(source, box, preset.enlarge);
      return {size, size};
    }
    case Fit::contain:
      return {scaled(source, limited(to_fit(source, box), preset.enlarge)), box};
    case Fit::inside: {
      const Size size = scaled(source, limited(to_fit(source, box), preset.enlarge));
      return {size, size};
    }
    case Fit::outside: {
      const Size size = scaled(source, limited(to_cover(source, box), preset.enlarge));
      return {size, size};
    }
  }
  return {source, source};
}

enum class Side { near, middle, far };

Side horizontal(Position position) {
  switch (position) {
    case Position::left:
    case Position::left_top:
    case Position::left_bottom:
      return Side::near;
    case Position::right:
    case Position::right_top:
    case Position::right_bottom:
      return Side::far;
    default:
      return Side::middle;
  }
}

Side vertical(Position position) {
  switch (position) {
    case Position::top:
    case Position::left_top:
    case Position::right_top:
      return Side::near;
    case Position::bottom:
    case Position::left_bottom:
    case Position::right_bottom:
      return Side::far;
    default:
      return Side::middle;
  }
}

int offset(int free, Side side) {
  if (side == Side::near) return 0;
  return side == Side::far ? free : free / 2;
}

int offset_around(int inner, int outer, double fraction) {
  const double wanted = std::floor(fraction * outer - inner / 2.0 + 0.5);
  return static_cast<int>(std::clamp(wanted, 0.0, static_cast<double>(outer - inner)));
}

}  // namespace

Size swapped(Size size) { return {size.height, size.width}; }

Layout plan_layout(Size source, const Preset& preset) {
  if (preset.width == 0 && preset.height == 0) return {source, source};
  if (preset.width == 0 || preset.height == 0) return plan_one_side(source, preset);
  return plan_box(source, {preset.width, preset.height}, preset);
}

Plan plan(Size stored, bool is_turned, const Preset& preset) {
  const bool is_swapped = is_turned != (preset.rotate % 180 != 0);
  const Layout layout = plan_layout(is_swapped ? swapped(stored) : stored, preset);
  return {layout, is_swapped ? swapped(layout.scaled) : layout.scaled};
}

Point place(Size inner, Size outer, Position position) {
  return {offset(outer.width - inner.width, horizontal(position)),
          offset(outer.height - inner.height, vertical(position))};
}

Point place_around(Size inner, Size outer, FocalPoint point) {
  return {offset_around(inner.width, outer.width, point.x),
          offset_around(inner.height, outer.height, point.y)};
}

}  // namespace affix::detail

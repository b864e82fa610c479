#include "conversion/vips/geometry.hpp"

#include "catch.hpp"

using affix::Enlarge;
using affix::Fit;
using affix::Position;
using affix::Preset;
using affix::detail::Layout;
using affix::detail::place;
using affix::detail::plan_layout;
using affix::detail::Point;
using affix::detail::Size;

namespace {

Layout plan(Size source, Size box, Fit fit, Enlarge enlarge = Enlarge::never) {
  return plan_layout(source,
                     {.width = box.width, .height = box.height, .fit = fit, .enlarge = enlarge});
}

}  // namespace

namespace affix::detail {

std::ostream& operator<<(std::ostream& stream, const Size& size) {
  return stream << size.width << 'x' << size.height;
}

std::ostream& operator<<(std::ostream& stream, const Layout& layout) {
  return stream << layout.scaled << " to " << layout.result;
}

std::ostream& operator<<(std::ostream& stream, const Point& point) {
  return stream << point.x << ',' << point.y;
}

}  // namespace affix::detail

TEST_CASE("cover scales until the box is full and cuts the rest") {
  CHECK(plan({4000, 3000}, {200, 200}, Fit::cover) == Layout{{267, 200}, {200, 200}});
  CHECK(plan({3000, 4000}, {200, 200}, Fit::cover) == Layout{{200, 267}, {200, 200}});
  CHECK(plan({451, 300}, {33, 17}, Fit::cover) == Layout{{33, 22}, {33, 17}});
  CHECK(plan({200, 200}, {200, 200}, Fit::cover) == Layout{{200, 200}, {200, 200}});
}

TEST_CASE("cover without enlarging takes the largest box of its proportions") {
  CHECK(plan({100, 50}, {200, 200}, Fit::cover) == Layout{{100, 50}, {50, 50}});
  CHECK(plan({50, 100}, {1200, 600}, Fit::cover) == Layout{{50, 100}, {50, 25}});
  CHECK(plan({1000, 10}, {500, 20}, Fit::cover) == Layout{{1000, 10}, {250, 10}});
}

TEST_CASE("cover may enlarge when it is allowed to") {
  CHECK(plan({100, 50}, {200, 200}, Fit::cover, Enlarge::allowed) ==
        Layout{{400, 200}, {200, 200}});
}

TEST_CASE("contain keeps the box and puts the whole picture into it") {
  CHECK(plan({4000, 3000}, {200, 200}, Fit::contain) == Layout{{200, 150}, {200, 200}});
  CHECK(plan({100, 50}, {200, 200}, Fit::contain) == Layout{{100, 50}, {200, 200}});
  CHECK(plan({100, 50}, {200, 200}, Fit::contain, Enlarge::allowed) ==
        Layout{{200, 100}, {200, 200}});
}

TEST_CASE("fill stretches to the box, or to the largest one of its proportions") {
  CHECK(plan({4000, 3000}, {200, 200}, Fit::fill) == Layout{{200, 200}, {200, 200}});
  CHECK(plan({100, 50}, {400, 100}, Fit::fill) == Layout{{100, 25}, {100, 25}});
  CHECK(plan({100, 50}, {400, 100}, Fit::fill, Enlarge::allowed) == Layout{{400, 100}, {400, 100}});
}

TEST_CASE("inside is as large as fits, outside as small as covers") {
  CHECK(plan({4000, 3000}, {200, 200}, Fit::inside) == Layout{{200, 150}, {200, 150}});
  CHECK(plan({4000, 3000}, {200, 200}, Fit::outside) == Layout{{267, 200}, {267, 200}});
  CHECK(plan({100, 50}, {200, 200}, Fit::inside) == Layout{{100, 50}, {100, 50}});
  CHECK(plan({100, 50}, {60, 200}, Fit::outside) == Layout{{100, 50}, {100, 50}});
  CHECK(plan({100, 50}, {200, 200}, Fit::inside, Enlarge::allowed) ==
        Layout{{200, 100}, {200, 100}});
  CHECK(plan({100, 50}, {200, 200}, Fit::outside, Enlarge::allowed) ==
        Layout{{400, 200}, {400, 200}});
}

TEST_CASE("a side that is not given follows from the proportions, with every fit") {
  for (const Fit fit : {Fit::cover, Fit::contain, Fit::fill, Fit::inside, Fit::outside}) {
    CHECK(plan({4000, 3000}, {200, 0}, fit) == Layout{{200, 150}, {200, 150}});
    CHECK(plan({4000, 3000}, {0, 150}, fit) == Layout{{200, 150}, {200, 150}});
    CHECK(plan({100, 50}, {200, 0}, fit) == Layout{{100, 50}, {100, 50}});
    CHECK(plan({100, 50}, {200, 0}, fit, Enlarge::allowed) == Layout{{200, 100}, {200, 100}});
    CHECK(plan({451, 300}, {0, 0}, fit, Enlarge::allowed) == Layout{{451, 300}, {451, 300}});
  }
}

TEST_CASE("sides are rounded half up and never become nothing") {
  CHECK(plan({4, 2}, {3, 0}, Fit::inside) == Layout{{3, 2}, {3, 2}});
  CHECK(plan({1000, 145}, {100, 0}, Fit::inside) == Layout{{100, 15}, {100, 15}});
  CHECK(plan({1000, 144}, {100, 0}, Fit::inside) == Layout{{100, 14}, {100, 14}});
  CHECK(plan({10'000, 1}, {200, 0}, Fit::inside) == Layout{{200, 1}, {200, 1}});
  CHECK(plan({1, 10'000}, {100, 100}, Fit::inside) == Layout{{1, 100}, {1, 100}});
  CHECK(plan({1, 1}, {200, 100}, Fit::cover) == Layout{{1, 1}, {1, 1}});
  CHECK(plan({16'384, 1}, {1, 16'384}, Fit::cover) == Layout{{16'384, 1}, {1, 1}});
}

TEST_CASE("every position has its place") {
  const Size inner{10, 20};
  const Size outer{31, 40};
  CHECK(place(inner, outer, Position::center) == Point{10, 10});
  CHECK(place(inner, outer, Position::top) == Point{10, 0});
  CHECK(place(inner, outer, Position::right_top) == Point{21, 0});
  CHECK(place(inner, outer, Position::right) == Point{21, 10});
  CHECK(place(inner, outer, Position::right_bottom) == Point{21, 20});
  CHECK(place(inner, outer, Position::bottom) == Point{10, 20});
  CHECK(place(inner, outer, Position::left_bottom) == Point{0, 20});
  CHECK(place(inner, outer, Position::left) == Point{0, 10});
  CHECK(place(inner, outer, Position::left_top) == Point{0, 0});
  CHECK(place(inner, outer, Position::attention) == Point{10, 10});
  CHECK(place(inner, outer, Position::entropy) == Point{10, 10});
}

TEST_CASE("a focal point is in the middle of what is kept, or as near as the edges allow") {
  using affix::FocalPoint;
  using affix::detail::place_around;
  const Size inner{10, 20};
  const Size outer{31, 40};
  CHECK(place_around(inner, outer, FocalPoint{0.5, 0.5}) == Point{11, 10});
  CHECK(place_around(inner, outer, FocalPoint{0, 0}) == Point{0, 0});
  CHECK(place_around(inner, outer, FocalPoint{1, 1}) == Point{21, 20});
  CHECK(place_around(inner, outer, FocalPoint{0.25, 0.6}) == Point{3, 14});
  CHECK(place_around(outer, outer, FocalPoint{0.9, 0.1}) == Point{0, 0});
}

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "pictures.hpp"

// Where each pixel of a variant comes from, read from its colour and compared with formulas that
// are written down here once more.

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

/// Shares of the picture's sides, 0, 0 left above and 1, 1 right below.
struct Place {
  double x;
  double y;
};

struct Box {
  double width;
  double height;
};

/// The picture after resizing, and where it begins in the variant: not above 0 if it is cut.
struct Expected {
  Box scaled;
  Box result;
  double left = 0;
  double top = 0;
};

double rounded(double side) { return std::max(1.0, std::floor(side + 0.5)); }

Box scaled(Box box, double scale) {
  return {rounded(box.width * scale), rounded(box.height * scale)};
}

Expected expected(Box source, Box box, Fit fit, Enlarge enlarge) {
  const double most = enlarge == Enlarge::allowed ? 1e9 : 1;
  const double to_fit = std::min(box.width / source.width, box.height / source.height);
  const double to_cover = std::max(box.width / source.width, box.height / source.height);
  const Box covered = scaled(box, to_cover > most ? 1 / to_cover : 1);
  if (fit == Fit::inside || fit == Fit::outside) {
    const Box size = scaled(source, std::min(most, fit == Fit::inside ? to_fit : to_cover));
    return {size, size};
  }
  if (fit == Fit::fill) return {covered, covered};
  if (fit == Fit::contain) return {scaled(source, std::min(most, to_fit)), box};
  const double scale = std::max(covered.width / source.width, covered.height / source.height);
  const Box size = scaled(source, scale);
  return {{std::max(size.width, covered.width), std::max(size.height, covered.height)}, covered};
}

/// Where a part of `free` lies: its share of what is free, in whole pixels.
double part(double free, double share) { return std::trunc(free * share); }

Expected at(Expected layout, Place share) {
  layout.left = part(layout.result.width - layout.scaled.width, share.x);
  layout.top = part(layout.result.height - layout.scaled.height, share.y);
  return layout;
}

/// Read at once, because there are many pixels to look at.
class Pixels {
 public:
  explicit Pixels(const VImage& image)
      : width_(static_cast<std::size_t>(image.width())),
        bands_(static_cast<std::size_t>(image.bands())) {
    std::size_t size = 0;
    const auto release = [](void* memory) { g_free(memory); };
    const std::unique_ptr<void, decltype(release)> memory(image.write_to_memory(&size), release);
    const auto* first = static_cast<const unsigned char*>(memory.get());
    values_.assign(first, first + size);
  }

  double at(int x, int y, std::size_t band) const {
    const auto index = static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x);
    return values_[index * bands_ + band];
  }

 private:
  std::size_t width_;
  std::size_t bands_;
  std::vector<unsigned char> values_{};
};

/// The colour that the chart has at this share of a side, and how far from it a variant's may be:
/// by less than half of a pixel of the variant. Beyond the middle of its last pixels the chart has
/// one colour, to which an enlarged one bends.
bool is_share(double found, double share, double scaled_side, double source_side) {
  const double edge = 0.5 / source_side;
  const double wanted = 255 * std::clamp(share, edge, 1 - edge);
  const bool is_enlarged = scaled_side > source_side && source_side > 1;
  const double tolerance = 1.5 + 110 / scaled_side + (is_enlarged ? 40 / source_side : 0);
  return std::abs(found - wanted) <= tolerance;
}

/// Whether this pixel of the variant shows what it should: its place in the picture, or blue beside
/// it.
bool is_right(const Pixels& pixels, const Expected& layout, Box source, int x, int y) {
  const double along = (x + 0.5 - layout.left) / layout.scaled.width;
  const double down = (y + 0.5 - layout.top) / layout.scaled.height;
  const bool is_beside = along < 0 || along > 1 || down < 0 || down > 1;
  if (pixels.at(x, y, 2) != (is_beside ? 255 : 0)) return false;
  return is_beside || (is_share(pixels.at(x, y, 0), along, layout.scaled.width, source.width) &&
                       is_share(pixels.at(x, y, 1), down, layout.scaled.height, source.height));
}

/// Checks every pixel of a variant of a chart of this size.
void check_places(const VImage& variant, const Expected& layout, Box source) {
  REQUIRE(variant.width() == layout.result.width);
  REQUIRE(variant.height() == layout.result.height);
  const Pixels pixels(variant);
  int wrong = 0;
  for (int y = 0; y < variant.height(); ++y) {
    for (int x = 0; x < variant.width(); ++x) {
      wrong += is_right(pixels, layout, source, x, y) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

Preset exact(Box box, Fit fit, Enlarge enlarge = Enlarge::never) {
  return {.width = static_cast<int>(box.width),
          .height = static_cast<int>(box.height),
          .fit = fit,
          .format = ImageFormat::png,
          .background = Color{0, 0, 255, 255},
          .enlarge = enlarge};
}

std::string chart_png(Box size) {
  return png(chart(static_cast<int>(size.width), static_cast<int>(size.height)));
}

const std::vector<Fit> all_fits{Fit::cover, Fit::contain, Fit::fill, Fit::inside, Fit::outside};

struct Gravity {
  Position position;
  Place share;
};

const std::vector<Gravity> gravities{{Position::center, {0.5, 0.5}},   {Position::top, {0.5, 0}},
                                     {Position::right_top, {1, 0}},    {Position::right, {1, 0.5}},
                                     {Position::right_bottom, {1, 1}}, {Position::bottom, {0.5, 1}},
                                     {Position::left_bottom, {0, 1}},  {Position::left, {0, 0.5}},
                                     {Position::left_top, {0, 0}}};

/// Where a place of the variant was before the preset flipped it.
Place before_flip(Place place, Flip flip) {
  const bool is_horizontal = flip == Flip::horizontal || flip == Flip::both;
  const bool is_vertical = flip == Flip::vertical || flip == Flip::both;
  return {is_horizontal ? 1 - place.x : place.x, is_vertical ? 1 - place.y : place.y};
}

/// Where it was before it was rotated clockwise.
Place before_rotation(Place place, int degrees) {
  if (degrees == 90) return {place.y, 1 - place.x};
  if (degrees == 180) return {1 - place.x, 1 - place.y};
  return degrees == 270 ? Place{1 - place.y, place.x} : place;
}

/// Checks a coarse grid of places, in a picture that an encoder may have changed a little.
void check_turned(const VImage& variant, int degrees, Flip flip) {
  for (const int x : {0, variant.width() / 3, variant.width() - 1}) {
    for (const int y : {0, variant.height() / 3, variant.height() - 1}) {
      const Place seen{(x + 0.5) / variant.width(), (y + 0.5) / variant.height()};
      const Place place = before_rotation(before_flip(seen, flip), degrees);
      CAPTURE(x, y, place.x, place.y);
      CHECK(is_close(pixel(variant, x, y), {255 * place.x, 255 * place.y, 0}, 5));
    }
  }
}

}  // namespace

TEST_CASE("every pixel comes from its place, with every fit and shape, enlarged and not") {
  const std::vector<Box> sources{{64, 40}, {40, 64}, {50, 50}, {61, 41}, {37, 83},
                                 {1, 50},  {50, 1},  {1, 1},   {97, 17}};
  const std::vector<Box> boxes{{20, 20}, {33, 17}, {17, 33}, {30, 1}, {1, 30}, {71, 71}, {90, 120}};
  for (const Box source : sources) {
    const std::string bytes = chart_png(source);
    for (const Box box : boxes) {
      for (const Fit fit : all_fits) {
        for (const Enlarge enlarge : {Enlarge::never, Enlarge::allowed}) {
          const Expected layout = at(expected(source, box, fit, enlarge), {0.5, 0.5});
          CAPTURE(source.width, source.height, box.width, box.height, static_cast<int>(fit),
                  static_cast<int>(enlarge));
          check_places(made_pixels(bytes, "image/png", exact(box, fit, enlarge)), layout, source);
        }
      }
    }
  }
}

TEST_CASE("cover and contain keep to every position, with wide and with high pictures") {
  for (const Box source : {Box{90, 40}, Box{41, 91}, Box{60, 60}}) {
    const std::string bytes = chart_png(source);
    for (const Fit fit : {Fit::cover, Fit::contain}) {
      for (const Gravity& gravity : gravities) {
        CAPTURE(source.width, source.height, static_cast<int>(fit),
                static_cast<int>(gravity.position));
        Preset preset = exact({32, 32}, fit);
        preset.position = gravity.position;
        check_places(made_pixels(bytes, "image/png", preset),
                     at(expected(source, {32, 32}, fit, Enlarge::never), gravity.share), source);
      }
    }
  }
}

TEST_CASE("cover keeps a focal point in its middle, as far as the edges allow") {
  const Box source{120, 60};
  const std::string bytes = chart_png(source);
  Preset preset = exact({30, 30}, Fit::cover);  // Scaled to 60 x 30.
  const auto left_at = [&](double x) {
    preset.focal_point = FocalPoint{x, 0.2};
    Expected layout = expected(source, {30, 30}, Fit::cover, Enlarge::never);
    layout.left = -std::clamp(std::round(60 * x - 15), 0.0, 30.0);
    return layout;
  };
  for (const double x : {0.0, 0.1, 0.25, 0.3, 0.5, 0.6, 0.75, 1.0}) {
    CAPTURE(x);
    const Expected layout = left_at(x);
    check_places(made_pixels(bytes, "image/png", preset), layout, source);
  }
}

TEST_CASE("a focal point counts instead of a position, downwards as well, and not in contain") {
  const std::string bytes = chart_png({30, 120});
  Preset preset = exact({30, 30}, Fit::cover);
  preset.position = Position::top;
  preset.focal_point = FocalPoint{0.5, 0.75};
  check_places(made_pixels(bytes, "image/png", preset), {{30, 120}, {30, 30}, 0, -75}, {30, 120});
  preset.fit = Fit::contain;
  check_places(made_pixels(bytes, "image/png", preset), {{8, 30}, {30, 30}, 11, 0}, {30, 120});
}

TEST_CASE("a focal point refers to the picture as the preset turns it") {
  Preset preset = exact({40, 40}, Fit::cover);
  preset.flip = Flip::horizontal;
  preset.focal_point = FocalPoint{0, 0.5};
  const VImage variant = made_pixels(chart_png({120, 40}), "image/png", preset);
  CHECK(pixel(variant, 0, 20)[0] > 250);
  CHECK(is_close(pixel(variant, 39, 20), {171, 130, 0}, 4));
}

TEST_CASE("attention and entropy cut a part of the picture as it is, wherever they see something") {
  const VImage cat = pixels_of("chelsea.png").resize(0.2);
  for (const int left : {0, 130, 270}) {
    const VImage scene = plain(360, 60, white).insert(cat, left, 0);
    for (const Position position : {Position::attention, Position::entropy}) {
      CAPTURE(left, static_cast<int>(position));
      Preset preset = exact({90, 60}, Fit::cover);
      preset.position = position;
      const VImage found = made_pixels(png(scene), "image/png", preset);
      double least = 255;
      for (int x = 0; x + 90 <= 360; ++x) {
        least = std::min(least, difference(found, scene.crop(x, 0, 90, 60)));
        if (least == 0) {
          CHECK(std::abs(x - left) < 45);
          break;
        }
      }
      CHECK(least == 0);
    }
  }
}

TEST_CASE("rotations and flips go with every EXIF orientation") {
  const VImage picture = chart(60, 40);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string bytes = oriented_jpeg(picture, orientation);
    for (const int degrees : {0, 90, 180, 270}) {
      for (const Flip flip : {Flip::none, Flip::horizontal, Flip::vertical, Flip::both}) {
        CAPTURE(orientation, degrees, static_cast<int>(flip));
        const bool is_high = degrees % 180 != 0;
        const VImage variant =
            made_pixels(bytes, "image/jpeg",
                        {.width = 30, .format = ImageFormat::png, .rotate = degrees, .flip = flip});
        CHECK(variant.height() == (is_high ? 45 : 20));
        check_turned(variant, degrees, flip);
      }
    }
  }
}

TEST_CASE("a position means the picture as it is seen, with every EXIF orientation") {
  const VImage picture = chart(90, 60);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string bytes = oriented_jpeg(picture, orientation);
    for (const Gravity& gravity : gravities) {
      CAPTURE(orientation, static_cast<int>(gravity.position));
      Preset preset = exact({30, 30}, Fit::cover);
      preset.position = gravity.position;
      const VImage variant = made_pixels(bytes, "image/jpeg", preset);
      const double left = std::trunc(15 * gravity.share.x);
      CHECK(is_close(pixel(variant, 15, 15), {255 * (15.5 + left) / 45, 255 * 15.5 / 30, 0}, 5));
    }
  }
}

TEST_CASE("contain without a background leaves the rest transparent, at every position") {
  const std::string bytes = chart_png({60, 30});
  for (const Gravity& gravity : gravities) {
    CAPTURE(static_cast<int>(gravity.position));
    Preset preset = exact({40, 40}, Fit::contain);
    preset.background.reset();
    preset.position = gravity.position;
    const VImage variant = made_pixels(bytes, "image/png", preset);
    REQUIRE(variant.bands() == 4);
    const double top = std::trunc(20 * gravity.share.y);
    for (int y = 0; y < 40; ++y) {
      const bool is_inside = y >= top && y < top + 20;
      CHECK(pixel(variant, 20, y)[3] == (is_inside ? 255 : 0));
    }
    check_places(variant.flatten(VImage::option()->set("background", blue)),
                 {{40, 20}, {40, 40}, 0, top}, {60, 30});
  }
}

TEST_CASE("the picture lies in the same place in every format") {
  const std::string bytes = chart_png({120, 60});
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp,
                                   ImageFormat::avif, ImageFormat::gif, ImageFormat::tiff}) {
    CAPTURE(static_cast<int>(format));
    Preset preset = exact({80, 80}, Fit::contain);
    preset.format = format;
    preset.quality = 95;
    const VImage variant = made_pixels(bytes, "image/png", preset)
                               .colourspace(VIPS_INTERPRETATION_sRGB)
                               .extract_band(0, VImage::option()->set("n", 3));
    const auto around = [&](int x, int y) {
      const VImage spot = variant.crop(x - 2, y - 2, 5, 5);
      return Pixel{spot.extract_band(0).avg(), spot.extract_band(1).avg(),
                   spot.extract_band(2).avg()};
    };
    for (const int x : {5, 40, 74}) {
      CAPTURE(x);
      CHECK(is_close(around(x, 10), blue, 8));
      CHECK(is_close(around(x, 70), blue, 8));
      for (const int y : {25, 40, 54}) {
        CAPTURE(y);
        CHECK(is_close(around(x, y), {255 * (x + 0.5) / 80, 255 * (y - 19.5) / 40, 0}, 8));
      }
    }
  }
}

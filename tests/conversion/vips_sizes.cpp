#include <vector>

#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;

namespace {

struct Sides {
  int width;
  int height;
  bool operator==(const Sides&) const = default;
};

std::ostream& operator<<(std::ostream& stream, const Sides& sides) {
  return stream << sides.width << 'x' << sides.height;
}

/// Sides of the variant of a plain picture, as told and as decoded.
Sides sides(Sides source, const Preset& preset) {
  const MadeFile file = made(png(plain(source.width, source.height, red)), "image/png", preset);
  decoded(file);
  return {file.width, file.height};
}

}  // namespace

TEST_CASE("every fit makes variants of exactly the size it promises", "[A16]") {
  struct Row {
    Sides source;
    Preset preset;
    Sides expected;
  };
  const std::vector<Row> rows{
      {{451, 300}, {.width = 200, .height = 200, .fit = Fit::cover}, {200, 200}},
      {{451, 300}, {.width = 33, .height = 17, .fit = Fit::cover}, {33, 17}},
      {{451, 300}, {.width = 200, .height = 200, .fit = Fit::contain}, {200, 200}},
      {{451, 300}, {.width = 201, .height = 99, .fit = Fit::fill}, {201, 99}},
      {{451, 300}, {.width = 200, .height = 200, .fit = Fit::inside}, {200, 133}},
      {{451, 300}, {.width = 201, .height = 201, .fit = Fit::outside}, {302, 201}},
      {{451, 300}, {.width = 201}, {201, 134}},
      {{451, 300}, {.height = 7}, {11, 7}},
      {{451, 300}, {}, {451, 300}},
      {{451, 300}, {.width = 1, .height = 1}, {1, 1}},
      {{600, 1}, {.width = 200}, {200, 1}},
      {{1, 600}, {.height = 200}, {1, 200}},
      {{1, 1}, {.width = 200, .height = 100}, {1, 1}},
      {{3, 2}, {.width = 2, .height = 2, .fit = Fit::inside}, {2, 1}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source, static_cast<int>(row.preset.fit), row.preset.width, row.preset.height);
    CHECK(sides(row.source, row.preset) == row.expected);
  }
}

TEST_CASE("a picture is not enlarged unless that is allowed") {
  const Sides source{60, 40};
  CHECK(sides(source, {.width = 200, .height = 200}) == Sides{40, 40});
  CHECK(sides(source, {.width = 200, .height = 200, .fit = Fit::fill}) == Sides{40, 40});
  CHECK(sides(source, {.width = 200, .height = 200, .fit = Fit::inside}) == Sides{60, 40});
  CHECK(sides(source, {.width = 200, .height = 200, .fit = Fit::outside}) == Sides{60, 40});
  CHECK(sides(source, {.width = 200, .height = 200, .enlarge = Enlarge::allowed}) ==
        Sides{200, 200});
  CHECK(sides(source, {.width = 200, .enlarge = Enlarge::allowed}) == Sides{200, 133});
}

TEST_CASE("contain does not enlarge the picture inside of its box") {
  const MadeFile file =
      made(png(plain(60, 40, red)), "image/png",
           {.width = 100, .height = 100, .fit = Fit::contain, .format = ImageFormat::png});
  const vips::VImage image = decoded(file);
  CHECK(pixel(image, 50, 50) == Pixel{255, 0, 0, 255});
  CHECK(pixel(image, 20, 30) == Pixel{255, 0, 0, 255});
  CHECK(pixel(image, 79, 69) == Pixel{255, 0, 0, 255});
  CHECK(pixel(image, 19, 30)[3] == 0);
  CHECK(pixel(image, 20, 29)[3] == 0);
  CHECK(pixel(image, 80, 69)[3] == 0);
}

TEST_CASE("cover keeps the part that the position names") {
  const std::string wide = png(stripes({red, green, blue}, 100, 100));
  const auto kept = [&](Position position) {
    return pixel(
        made_pixels(wide, "image/png",
                    {.width = 50, .height = 50, .format = ImageFormat::png, .position = position}),
        25, 25);
  };
  CHECK(is_close(kept(Position::left), red));
  CHECK(is_close(kept(Position::left_top), red));
  CHECK(is_close(kept(Position::left_bottom), red));
  CHECK(is_close(kept(Position::center), green));
  CHECK(is_close(kept(Position::top), green));
  CHECK(is_close(kept(Position::bottom), green));
  CHECK(is_close(kept(Position::right), blue));
  CHECK(is_close(kept(Position::right_top), blue));
  CHECK(is_close(kept(Position::right_bottom), blue));
}

TEST_CASE("attention and entropy keep the part where something is to be seen") {
  const vips::VImage cat = pixels_of("chelsea.png").resize(0.4);
  const vips::VImage scene = plain(900, cat.height(), white).insert(cat, 900 - cat.width(), 0);
  const std::string bytes = png(scene);
  for (const Position position : {Position::attention, Position::entropy}) {
    const vips::VImage kept = made_pixels(
        bytes, "image/png",
        {.width = 100, .height = 100, .format = ImageFormat::png, .position = position});
    CHECK(kept.avg() < 180);
  }
  const vips::VImage middle =
      made_pixels(bytes, "image/png", {.width = 100, .height = 100, .format = ImageFormat::png});
  CHECK(middle.avg() > 250);
}

TEST_CASE("contain puts the picture where the position names, on its background") {
  const std::string wide = png(plain(100, 50, red));
  Preset preset{.width = 100,
                .height = 100,
                .fit = Fit::contain,
                .format = ImageFormat::png,
                .background = Color{0, 0, 255, 255}};
  const vips::VImage centered = made_pixels(wide, "image/png", preset);
  CHECK(pixel(centered, 50, 10) == blue);
  CHECK(pixel(centered, 50, 50) == red);
  CHECK(pixel(centered, 50, 90) == blue);
  preset.position = Position::bottom;
  const vips::VImage low = made_pixels(wide, "image/png", preset);
  CHECK(pixel(low, 50, 40) == blue);
  CHECK(pixel(low, 50, 90) == red);
}

TEST_CASE("contain without a background is transparent where the format can be, else white") {
  const std::string wide = png(plain(100, 50, red));
  const auto corner = [&](ImageFormat format) {
    return pixel(made_pixels(wide, "image/png",
                             {.width = 100, .height = 100, .fit = Fit::contain, .format = format}),
                 5, 5);
  };
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::webp, ImageFormat::gif,
                                   ImageFormat::avif, ImageFormat::tiff}) {
    CAPTURE(static_cast<int>(format));
    REQUIRE(corner(format).size() == 4);
    CHECK(corner(format)[3] == 0);
  }
  CHECK(is_close(corner(ImageFormat::jpeg), white));
}

TEST_CASE("a background lies behind the transparent parts of a contained picture") {
  const vips::VImage clear = plain(100, 50, {255, 255, 255, 0});
  const std::string bytes = png(clear.insert(plain(50, 50, {255, 0, 0, 255}), 0, 0));
  const vips::VImage solid = made_pixels(bytes, "image/png",
                                         {.width = 100,
                                          .height = 100,
                                          .fit = Fit::contain,
                                          .format = ImageFormat::png,
                                          .background = Color{0, 0, 255, 255}});
  CHECK(pixel(solid, 10, 50) == red);
  CHECK(pixel(solid, 90, 50) == blue);
  CHECK(pixel(solid, 90, 5) == blue);
  const vips::VImage glassy = made_pixels(bytes, "image/png",
                                          {.width = 100,
                                           .height = 100,
                                           .fit = Fit::contain,
                                           .format = ImageFormat::png,
                                           .background = Color{0, 0, 255, 128}});
  CHECK(is_close(pixel(glassy, 10, 50), {255, 0, 0, 255}, 1));
  CHECK(is_close(pixel(glassy, 90, 50), {0, 0, 255, 128}, 1));
  CHECK(is_close(pixel(glassy, 90, 5), {0, 0, 255, 128}, 1));
}

TEST_CASE("a background of colour shows behind a grey picture") {
  const vips::VImage image = made_pixels(png(plain(100, 50, {128})), "image/png",
                                         {.width = 100,
                                          .height = 100,
                                          .fit = Fit::contain,
                                          .format = ImageFormat::png,
                                          .background = Color{0, 0, 255, 255}});
  CHECK(pixel(image, 50, 5) == blue);
  CHECK(is_close(pixel(image, 50, 50), {128, 128, 128}, 1));
}

TEST_CASE("a background lies behind transparency where the format has none") {
  const std::string clear = png(plain(40, 40, {0, 0, 0, 0}));
  Preset preset{.width = 20, .height = 20, .format = ImageFormat::jpeg};
  CHECK(is_close(pixel(made_pixels(clear, "image/png", preset), 10, 10), white));
  preset.background = Color{0, 255, 0, 0};
  CHECK(is_close(pixel(made_pixels(clear, "image/png", preset), 10, 10), green));
  preset.format = ImageFormat::webp;
  CHECK(pixel(made_pixels(clear, "image/png", preset), 10, 10)[3] == 0);
}

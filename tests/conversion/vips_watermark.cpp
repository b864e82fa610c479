#include <cmath>
#include <string>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

/// Twice as wide as high.
std::string mark() { return png(plain(20, 10, blue)); }

VImage marked(const VImage& picture, const Watermark& watermark, Preset preset = {}) {
  preset.format = ImageFormat::png;
  preset.watermark = watermark;
  return made_pixels(png(picture), "image/png", preset);
}

Pixel color_at(const VImage& image, int x, int y) {
  return pixel(image.extract_band(0, VImage::option()->set("n", 3)), x, y);
}

}  // namespace

TEST_CASE("a watermark lies at its position and is as wide as its share of the variant") {
  struct Row {
    Position position;
    int left;
    int top;
  };
  const std::vector<Row> rows{
      {Position::left_top, 0, 0},     {Position::top, 30, 0},     {Position::right_top, 60, 0},
      {Position::left, 0, 20},        {Position::center, 30, 20}, {Position::right, 60, 20},
      {Position::left_bottom, 0, 40}, {Position::bottom, 30, 40}, {Position::right_bottom, 60, 40}};
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.position));
    const Watermark watermark{.bytes = mark(), .position = row.position, .width = 0.4};
    const VImage found = marked(plain(200, 120, red), watermark, {.width = 100});
    REQUIRE(found.width() == 100);
    const VImage wanted = plain(100, 60, red).insert(plain(40, 20, blue), row.left, row.top);
    CHECK(difference(found, wanted) == 0);
  }
}

TEST_CASE("a watermark shows as much as its opacity and its own transparency let it") {
  const VImage half = marked(plain(80, 40, red), {.bytes = mark(), .opacity = 0.5, .width = 1});
  CHECK(is_close(pixel(half, 40, 20), {128, 0, 128}, 2));
  const std::string veil = png(plain(20, 10, {0, 0, 255, 128}));
  const VImage quarter = marked(plain(80, 40, red), {.bytes = veil, .opacity = 0.5, .width = 1});
  CHECK(is_close(pixel(quarter, 40, 20), {191, 0, 64}, 2));
  const VImage none = marked(plain(80, 40, red), {.bytes = mark(), .opacity = 0, .width = 1});
  CHECK(difference(none, plain(80, 40, red)) == 0);
}

TEST_CASE("a watermark that would be higher than the variant becomes as high as it is") {
  const VImage found = marked(plain(100, 20, red), {.bytes = mark(), .width = 1});
  CHECK(color_at(found, 59, 10) == red);
  CHECK(color_at(found, 60, 10) == blue);
}

TEST_CASE("a variant of one pixel can have a watermark") {
  CHECK(color_at(marked(plain(1, 1, red), {.bytes = mark(), .width = 0.01}), 0, 0) == blue);
}

TEST_CASE("a watermark makes a transparent variant visible only where it lies") {
  const VImage found = marked(plain(80, 40, {255, 0, 0, 0}), {.bytes = mark(), .width = 0.25});
  REQUIRE(found.bands() == 4);
  CHECK(pixel(found, 75, 35) == Pixel{0, 0, 255, 255});
  CHECK(pixel(found, 10, 10)[3] == 0);
}

TEST_CASE("a watermark of colour shows on a grey picture, and is grey on a grey variant") {
  const Watermark watermark{.bytes = mark(), .width = 1};
  CHECK(is_close(color_at(marked(plain(80, 40, {128}), watermark), 40, 20), blue, 1));
  const VImage gray = marked(plain(80, 40, red), watermark, {.tone = Tone::grayscale});
  CHECK(gray.bands() == 1);
  CHECK(pixel(gray, 40, 20)[0] < 100);
}

TEST_CASE("a watermark may have every format that can be read, and its orientation counts") {
  const VImage upright = quadrants(40, 20);
  for (const std::string& bytes :
       {jpeg(upright), png(upright), webp(upright), gif(upright), oriented_jpeg(upright, 6)}) {
    const VImage found = marked(plain(80, 40, white), {.bytes = bytes, .width = 1});
    CHECK(is_close(color_at(found, 3, 3), red));
    CHECK(is_close(color_at(found, 76, 3), green));
    CHECK(is_close(color_at(found, 3, 36), blue));
    CHECK(is_close(color_at(found, 76, 36), yellow));
  }
}

TEST_CASE("a watermark gets into every format and onto every frame") {
  const Watermark watermark{.bytes = mark(), .width = 0.5};
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::webp, ImageFormat::avif,
                                   ImageFormat::gif, ImageFormat::tiff}) {
    CAPTURE(static_cast<int>(format));
    const VImage found = made_pixels(png(plain(80, 40, red)), "image/png",
                                     {.format = format, .quality = 95, .watermark = watermark});
    CHECK(is_close(color_at(found, 65, 33), blue));
    CHECK(is_close(color_at(found, 10, 10), red));
  }
  const Film film = played(
      made(animated_gif({{plain(80, 40, red), plain(80, 40, green)}}), "image/gif",
           {.frames = Frames::all, .compression = Compression::lossless, .watermark = watermark}));
  REQUIRE(film.frames.size() == 2);
  for (const VImage& frame : film.frames) CHECK(is_close(color_at(frame, 65, 33), blue));
  CHECK(is_close(color_at(film.frames[1], 10, 10), green));
}

TEST_CASE("a watermark that is no picture, or too large a one, harms only its own variants") {
  const std::string bytes = png(plain(80, 40, red));
  const std::string cut = photograph("coffee.png").substr(0, 100'000);
  const std::string huge =
      PngBuilder().header(16'000, 16'000).chunk("IDAT", png_pixels(4, 4)).chunk("IEND", "").bytes();
  for (const std::string& broken : {std::string("text"), cut, huge, std::string("<svg></svg>")}) {
    const std::vector<Preset> presets{{.name = "marked", .watermark = Watermark{.bytes = broken}},
                                      {.name = "plain"}};
    const auto variants =
        converter()
            .convert({.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = presets})
            .variants;
    REQUIRE(variants[0].error);
    CHECK(variants[0].error->code() == Errc::conversion_failed);
    CHECK(variants[0].error->message() == "The picture of the watermark cannot be read");
    CHECK(variants[0].error->where().variant == "marked");
    CHECK(variants[1].file);
  }
}

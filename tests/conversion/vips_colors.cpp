#include <cmath>

#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

VImage small(std::string_view bytes, std::string_view mime_type) {
  return made_pixels(bytes, mime_type, {.width = 200, .format = ImageFormat::png});
}

VImage without_profile(const VImage& image) {
  VImage bare = image.copy();
  bare.remove(VIPS_META_ICC_NAME);
  return bare;
}

VImage shrunk(const VImage& image) {
  const double height = std::round(200.0 * image.height() / image.width());
  return image.resize(200.0 / image.width(),
                      VImage::option()->set("vscale", height / image.height()));
}

/// The photograph as it should look in the variant.
VImage reference(std::string_view file_name) { return shrunk(pixels_of(file_name)); }

VImage cmyk(std::string_view file_name) {
  return pixels_of(file_name).icc_transform("cmyk", VImage::option()->set("input_profile", "srgb"));
}

/// What a CMYK picture looks like when libvips converts all of it before anything else.
VImage cmyk_reference(std::string_view bytes) {
  return shrunk(
      decoded(bytes, "image/jpeg")
          .icc_transform("srgb",
                         VImage::option()->set("embedded", TRUE)->set("input_profile", "cmyk")));
}

}  // namespace

TEST_CASE("a picture without a profile keeps its colours") {
  for (const char* name : {"astronaut.png", "coffee.png"}) {
    CAPTURE(name);
    CHECK(difference(small(photograph(name), "image/png"), reference(name)) < 1);
  }
  const VImage gray = small(png(plain(400, 300, {100, 100, 100})), "image/png");
  CHECK(pixel(gray, 50, 50) == Pixel{100, 100, 100});
}

TEST_CASE("a picture with a wide profile is converted to sRGB") {
  const VImage wide =
      pixels_of("coffee.png").icc_transform("p3", VImage::option()->set("input_profile", "srgb"));
  REQUIRE(wide.get_typeof(VIPS_META_ICC_NAME) != 0);
  const VImage wanted = reference("coffee.png");
  CHECK(difference(small(png(wide), "image/png"), wanted) < 1.5);
  CHECK(difference(small(jpeg(wide, 98), "image/jpeg"), wanted) < 2.5);
  CHECK(difference(small(png(without_profile(wide)), "image/png"), wanted) > 2.5);
}

TEST_CASE("a CMYK picture is converted to sRGB, with and without a profile") {
  const VImage inks = cmyk("coffee.png");
  REQUIRE(inks.bands() == 4);
  const std::string tagged = jpeg(inks);
  const std::string untagged = jpeg(without_profile(inks));
  for (const std::string& bytes : {tagged, untagged}) {
    const VImage image = small(bytes, "image/jpeg");
    CHECK(image.bands() == 3);
    CHECK(difference(image, cmyk_reference(bytes)) < 2);
    CHECK(difference(image, reference("coffee.png")) < 12);  // Inks cannot show all of it.
  }
}

TEST_CASE("a profile that is broken is ignored") {
  VImage tagged = quadrants(40, 40).copy();
  const std::string junk(300, 'x');
  tagged.set(VIPS_META_ICC_NAME, static_cast<VipsCallbackFn>(nullptr),
             const_cast<char*>(junk.data()), junk.size());
  const VImage image = made_pixels(jpeg(tagged), "image/jpeg", {.format = ImageFormat::png});
  CHECK(is_close(pixel(image, 5, 5), red));
  CHECK(is_close(pixel(image, 35, 35), yellow));
}

TEST_CASE("a picture with 16 bits becomes one with 8 bits and keeps its colours") {
  const VImage deep = pixels_of("coffee.png").colourspace(VIPS_INTERPRETATION_RGB16);
  REQUIRE(deep.format() == VIPS_FORMAT_USHORT);
  const VImage image = small(png(deep), "image/png");
  CHECK(image.format() == VIPS_FORMAT_UCHAR);
  CHECK(difference(image, reference("coffee.png")) < 1);
}

TEST_CASE("a picture with 16 bits keeps its transparency, also with a profile") {
  const VImage half = plain(64, 64, {200, 100, 50, 128}).colourspace(VIPS_INTERPRETATION_RGB16);
  const VImage image =
      made_pixels(png(half), "image/png", {.width = 32, .format = ImageFormat::png});
  CHECK(is_close(pixel(image, 16, 16), {200, 100, 50, 128}, 1));
  const VImage wide =
      half.icc_transform("p3", VImage::option()->set("input_profile", "srgb")->set("depth", 16));
  REQUIRE(wide.format() == VIPS_FORMAT_USHORT);
  const VImage converted =
      made_pixels(png(wide), "image/png", {.width = 32, .format = ImageFormat::png});
  CHECK(is_close(pixel(converted, 16, 16), {200, 100, 50, 128}, 2));
}

TEST_CASE("a grey picture stays grey, also with 16 bits and with transparency") {
  const VImage gray = pixels_of("chelsea.png").colourspace(VIPS_INTERPRETATION_B_W);
  const VImage wanted = shrunk(gray);
  CHECK(difference(small(png(gray), "image/png"), wanted) < 1);
  CHECK(difference(small(jpeg(gray), "image/jpeg"), wanted) < 3);
  const VImage deep = gray.colourspace(VIPS_INTERPRETATION_GREY16);
  CHECK(difference(small(png(deep), "image/png"), wanted) < 1.5);
  const VImage clear = made_pixels(png(plain(64, 64, {200, 128})), "image/png",
                                   {.width = 32, .format = ImageFormat::png});
  CHECK(is_close(pixel(clear, 16, 16), {200, 128}, 1));
}

TEST_CASE("a grey picture can be made in every format") {
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp,
                                   ImageFormat::avif, ImageFormat::gif, ImageFormat::tiff}) {
    CAPTURE(static_cast<int>(format));
    const VImage image =
        made_pixels(png(plain(64, 64, {90})), "image/png", {.width = 32, .format = format});
    CHECK(std::abs(pixel(image, 16, 16)[0] - 90) < 6);
  }
}

TEST_CASE("the edge of a white disc on transparent black stays white") {
  const VImage disc = plain(200, 200, {0, 0, 0, 0}).copy_memory();
  disc.draw_circle({255, 255, 255, 255}, 100, 100, 80, VImage::option()->set("fill", TRUE));
  const std::string bytes = png(disc);
  const VImage image = made_pixels(bytes, "image/png", {.width = 50, .format = ImageFormat::png});
  int edge_pixels = 0;
  for (int x = 0; x < 50; ++x) {
    for (int y = 0; y < 50; ++y) {
      const Pixel found = pixel(image, x, y);
      if (found[3] < 8) continue;
      edge_pixels += found[3] < 248 ? 1 : 0;
      CHECK(found[0] > 247);
    }
  }
  CHECK(edge_pixels > 20);
}

TEST_CASE("an indexed picture with a transparent colour keeps it") {
  const VImage clear = plain(40, 40, {0, 0, 0, 0});
  const VImage half = clear.insert(plain(20, 40, {255, 0, 0, 255}), 0, 0);
  const VImage image = made_pixels(gif(half), "image/gif", {.format = ImageFormat::png});
  CHECK(pixel(image, 5, 20) == Pixel{255, 0, 0, 255});
  CHECK(pixel(image, 35, 20)[3] == 0);
}

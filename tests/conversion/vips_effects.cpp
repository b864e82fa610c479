#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;

namespace {

/// Colours of the four corners: above left and right, below left and right.
struct Corners {
  Pixel left_top;
  Pixel right_top;
  Pixel left_bottom;
  Pixel right_bottom;
};

Corners corners(const vips::VImage& image) {
  const int right = image.width() - 3;
  const int bottom = image.height() - 3;
  return {pixel(image, 2, 2), pixel(image, right, 2), pixel(image, 2, bottom),
          pixel(image, right, bottom)};
}

bool are_close(const Corners& found, const Corners& expected) {
  return is_close(found.left_top, expected.left_top) &&
         is_close(found.right_top, expected.right_top) &&
         is_close(found.left_bottom, expected.left_bottom) &&
         is_close(found.right_bottom, expected.right_bottom);
}

vips::VImage shown(const Preset& preset) {
  Preset lossless = preset;
  lossless.format = ImageFormat::png;
  return made_pixels(png(quadrants(60, 40)), "image/png", lossless);
}

/// `quadrants`, upright when it is displayed.
std::string oriented_quadrants(int orientation) {
  return oriented_jpeg(quadrants(60, 40), orientation);
}

}  // namespace

TEST_CASE("what an inspection says of the sides is what variants are made by") {
  const std::string plain_jpeg = jpeg(plain(60, 40, red));
  const auto with_segments = [&](const std::string& segments) {
    return plain_jpeg.substr(0, 2) + segments + plain_jpeg.substr(2);
  };
  std::string long_number = exif(6);
  long_number.replace(long_number.find(std::string("\0\3", 2)), 2, std::string("\0\4", 2));
  long_number.replace(long_number.find(std::string("\0\6", 2)), 4, big(6, 4));
  const auto png_of = [](bool exif_comes_first) {
    PngBuilder file;
    file.header(60, 40);
    const std::string block = exif(6).substr(6);
    if (exif_comes_first) file.chunk("eXIf", block);
    file.chunk("IDAT", png_pixels(60, 40));
    if (!exif_comes_first) file.chunk("eXIf", block);
    return file.chunk("IEND", "").bytes();
  };
  struct Case {
    std::string bytes;
    const char* type;
    int width;
  };
  const std::string turned = jpeg_segment(0xE1, exif(6));
  const std::vector<Case> cases{
      {with_segments(turned), "image/jpeg", 40},
      {with_segments(turned + jpeg_segment(0xE1, exif(1))), "image/jpeg", 40},
      {with_segments(jpeg_segment(0xE1, exif(1)) + turned), "image/jpeg", 60},
      {with_segments(jpeg_segment(0xE1, long_number)), "image/jpeg", 40},
      {png_of(true), "image/png", 40},
      {png_of(false), "image/png", 60}};
  for (const Case& one : cases) {
    CAPTURE(&one - cases.data());
    CHECK(converter().inspect(as_bytes(one.bytes), one.type).width == one.width);
    for (const int width : {0, 5}) {
      const MadeFile file = made(one.bytes, one.type, {.width = width});
      CHECK((file.height > file.width) == (one.width == 40));
    }
  }
}

TEST_CASE("every effect looks the same in every format") {
  const std::string opaque = png(pixels_of("chelsea.png"));
  const std::string transparent = png(pixels_of("chelsea.png").bandjoin_const({128}));
  const std::vector<Preset> effects{{.blur = 5},
                                    {.sharpen = 1},
                                    {.rotate = 90, .blur = 2, .sharpen = 1},
                                    {.blur = 3, .tone = Tone::grayscale}};
  for (const std::string& bytes : {opaque, transparent}) {
    for (Preset preset : effects) {
      preset.width = 100;
      preset.format = ImageFormat::png;
      const auto flat = [](const vips::VImage& image) {
        const vips::VImage colors = image.colourspace(VIPS_INTERPRETATION_sRGB);
        return colors.has_alpha() ? colors.flatten() : colors;
      };
      const vips::VImage expected = flat(made_pixels(bytes, "image/png", preset));
      for (const ImageFormat format : {ImageFormat::webp, ImageFormat::tiff}) {
        CAPTURE(preset.blur, preset.sharpen, format, bytes.size());
        preset.format = format;
        preset.quality = 95;
        const MadeFile file = made(bytes, "image/png", preset);
        const Unblocked tiff("VipsForeignLoadTiffBuffer");
        CHECK(difference(flat(decoded(file)), expected) < 4);
      }
    }
  }
}

TEST_CASE("all eight EXIF orientations are shown upright") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const std::string bytes = oriented_quadrants(orientation);
    const vips::VImage whole = made_pixels(bytes, "image/jpeg", {.format = ImageFormat::png});
    CHECK(whole.width() == 60);
    CHECK(whole.height() == 40);
    CHECK(are_close(corners(whole), {red, green, blue, yellow}));
    const vips::VImage small =
        made_pixels(bytes, "image/jpeg", {.width = 30, .format = ImageFormat::png});
    CHECK(small.width() == 30);
    CHECK(small.height() == 20);
    CHECK(are_close(corners(small), {red, green, blue, yellow}));
  }
}

TEST_CASE("an inspection tells the size as it is displayed") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const std::string bytes = oriented_quadrants(orientation);
    const Inspection found = converter().inspect(affix::as_bytes(bytes), "image/jpeg");
    CHECK(found.width == 60);
    CHECK(found.height == 40);
    CHECK(found.frames == 1);
  }
}

TEST_CASE("the orientation of a WebP counts as that of a JPEG does") {
  vips::VImage stored = quadrants(60, 40).rot270().copy();
  stored.set("orientation", 6);
  const vips::VImage from_webp =
      made_pixels(webp(stored), "image/webp", {.format = ImageFormat::png});
  CHECK(are_close(corners(from_webp), {red, green, blue, yellow}));
}

TEST_CASE("a position and a rotation refer to the picture as it is displayed") {
  const vips::VImage top = made_pixels(
      oriented_quadrants(6), "image/jpeg",
      {.width = 60, .height = 20, .format = ImageFormat::png, .position = Position::top});
  CHECK(are_close(corners(top), {red, green, red, green}));
  const vips::VImage turned = made_pixels(oriented_quadrants(6), "image/jpeg",
                                          {.width = 20, .format = ImageFormat::png, .rotate = 90});
  CHECK(turned.width() == 20);
  CHECK(turned.height() == 30);
  CHECK(are_close(corners(turned), {blue, red, yellow, green}));
}

TEST_CASE("a preset rotates clockwise before it resizes") {
  CHECK(are_close(corners(shown({.rotate = 90})), {blue, red, yellow, green}));
  CHECK(are_close(corners(shown({.rotate = 180})), {yellow, blue, green, red}));
  CHECK(are_close(corners(shown({.rotate = 270})), {green, yellow, red, blue}));
  const vips::VImage turned = shown({.width = 20, .rotate = 270});
  CHECK(turned.width() == 20);
  CHECK(turned.height() == 30);
}

TEST_CASE("a preset flips after it has rotated") {
  CHECK(are_close(corners(shown({.flip = Flip::horizontal})), {green, red, yellow, blue}));
  CHECK(are_close(corners(shown({.flip = Flip::vertical})), {blue, yellow, red, green}));
  CHECK(are_close(corners(shown({.flip = Flip::both})), {yellow, blue, green, red}));
  CHECK(are_close(corners(shown({.rotate = 90, .flip = Flip::horizontal})),
                  {red, blue, green, yellow}));
}

TEST_CASE("blur softens an edge") {
  const std::string edge = png(stripes({black, white}, 30, 40));
  const auto beside_edge = [&](double sigma) {
    return pixel(made_pixels(edge, "image/png", {.format = ImageFormat::png, .blur = sigma}), 27,
                 20)[0];
  };
  CHECK(beside_edge(0) == 0);
  CHECK(beside_edge(3) > 20);
  CHECK(beside_edge(3) < 128);
}

TEST_CASE("sharpening makes an edge steeper") {
  const std::string soft = png(stripes({{80, 80, 80}, {170, 170, 170}}, 30, 40).gaussblur(2));
  const auto range = [&](double sigma) {
    const vips::VImage image =
        made_pixels(soft, "image/png", {.format = ImageFormat::png, .sharpen = sigma});
    return image.max() - image.min();
  };
  CHECK(range(0) <= 90);
  CHECK(range(2) > 95);
}

TEST_CASE("grayscale leaves no colour, whatever the format") {
  const std::string bytes = pictures::photograph("coffee.png");
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp}) {
    CAPTURE(static_cast<int>(format));
    const vips::VImage image =
        made_pixels(bytes, "image/png", {.width = 100, .format = format, .tone = Tone::grayscale});
    if (image.bands() == 1) continue;
    CHECK((image.extract_band(0) - image.extract_band(2)).abs().max() <= 2);
  }
}

TEST_CASE("grayscale keeps how bright colours look") {
  const auto gray_of = [](const Pixel& color) {
    return pixel(made_pixels(png(plain(8, 8, color)), "image/png",
                             {.format = ImageFormat::png, .tone = Tone::grayscale}),
                 4, 4)[0];
  };
  CHECK(gray_of(green) > gray_of(red));
  CHECK(gray_of(red) > gray_of(blue));
  CHECK(gray_of(white) >= 254);
  CHECK(gray_of(black) == 0);
}

TEST_CASE("effects leave transparency in its place and do not bleed into it") {
  const vips::VImage clear = plain(60, 60, {0, 0, 0, 0});
  const std::string bytes = png(clear.insert(plain(30, 60, {255, 255, 255, 255}), 0, 0));
  for (const Preset& preset : {Preset{.format = ImageFormat::png, .blur = 2},
                               Preset{.format = ImageFormat::png, .sharpen = 2},
                               Preset{.format = ImageFormat::png, .tone = Tone::grayscale}}) {
    const vips::VImage image = made_pixels(bytes, "image/png", preset);
    const std::size_t alpha = static_cast<std::size_t>(image.bands()) - 1;
    CHECK(pixel(image, 5, 30)[alpha] == 255);
    CHECK(pixel(image, 55, 30)[alpha] == 0);
    CHECK(pixel(image, 29, 30)[0] > 250);
  }
}

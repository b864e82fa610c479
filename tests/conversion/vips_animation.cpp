#include <string>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

Film film() {
  return {{plain(40, 30, red), plain(40, 30, green), plain(40, 30, blue)}, {100, 250, 1000}, 3};
}

struct Stored {
  std::string mime_type;
  std::string bytes;
};

std::vector<Stored> stored(const Film& film) {
  return {{"image/gif", animated_gif(film)}, {"image/webp", animated_webp(film)}};
}

/// All frames, without loss where the format can.
Preset moving(ImageFormat format) {
  return {
      .width = 20, .format = format, .frames = Frames::all, .compression = Compression::lossless};
}

VImage without_transparency(const VImage& image) {
  return image.extract_band(0, VImage::option()->set("n", 3));
}

Pixel middle(const VImage& image) {
  return pixel(without_transparency(image), image.width() / 2, image.height() / 2);
}

Pixel corner(const VImage& image, int x, int y) { return pixel(without_transparency(image), x, y); }

}  // namespace

TEST_CASE("on request all frames get into a WebP and a GIF, with their times and rounds") {
  for (const Stored& source : stored(film())) {
    for (const ImageFormat format : {ImageFormat::webp, ImageFormat::gif, ImageFormat::keep}) {
      CAPTURE(source.mime_type, static_cast<int>(format));
      const MadeFile file = made(source.bytes, source.mime_type, moving(format));
      if (format == ImageFormat::keep) CHECK(file.mime_type == source.mime_type);
      const Film found = played(file);
      REQUIRE(found.frames.size() == 3);
      CHECK(file.width == 20);
      CHECK(file.height == 15);
      CHECK(is_close(middle(found.frames[0]), red));
      CHECK(is_close(middle(found.frames[1]), green));
      CHECK(is_close(middle(found.frames[2]), blue));
      CHECK(found.delays == std::vector<int>{100, 250, 1000});
      CHECK(found.loop == 3);
    }
  }
}

TEST_CASE("an animation that runs for ever still does") {
  Film endless = film();
  endless.loop = 0;
  for (const Stored& source : stored(endless)) {
    for (const ImageFormat format : {ImageFormat::webp, ImageFormat::gif}) {
      CHECK(played(made(source.bytes, source.mime_type, moving(format))).loop == 0);
    }
  }
}

TEST_CASE("a format that cannot be animated gets the first frame, even if all are asked for") {
  for (const Stored& source : stored(film())) {
    for (const ImageFormat format :
         {ImageFormat::jpeg, ImageFormat::png, ImageFormat::avif, ImageFormat::tiff}) {
      CAPTURE(source.mime_type, static_cast<int>(format));
      const MadeFile file = made(source.bytes, source.mime_type, moving(format));
      CHECK(file.height == 15);
      CHECK(is_close(middle(decoded(file)), red));
    }
  }
}

TEST_CASE("a still picture is the same with all its frames as with the first") {
  const std::string still = gif(quadrants(40, 30));
  const MadeFile first = made(still, "image/gif", {.width = 20});
  const MadeFile all = made(still, "image/gif", {.width = 20, .frames = Frames::all});
  const bool is_same = first.bytes == all.bytes;
  CHECK(is_same);
}

TEST_CASE("still and moving variants come from one call") {
  const std::string bytes = animated_gif(film());
  const std::vector<Preset> presets{{.name = "still", .width = 20},
                                    {.name = "moving", .width = 20, .frames = Frames::all},
                                    {.name = "poster", .format = ImageFormat::png}};
  const auto variants =
      converter()
          .convert({.bytes = as_bytes(bytes), .mime_type = "image/gif", .presets = presets})
          .variants;
  CHECK(played(variants[0].file.value()).frames.size() == 1);
  CHECK(played(variants[1].file.value()).frames.size() == 3);
  CHECK(is_close(middle(decoded(variants[2].file.value())), red));
}

TEST_CASE("each frame is cut, turned and flipped by itself") {
  const Film turning{{quadrants(60, 40), quadrants(60, 40).rot180(), quadrants(60, 40).fliphor()}};
  const std::vector<Pixel> first_of_turned{blue, green, yellow};
  const std::vector<Pixel> first_of_cut{green, blue, red};
  for (const Stored& source : stored(turning)) {
    for (const ImageFormat format : {ImageFormat::webp, ImageFormat::gif}) {
      CAPTURE(source.mime_type, static_cast<int>(format));
      Preset preset = moving(format);
      preset.rotate = 90;
      const Film turned = played(made(source.bytes, source.mime_type, preset));
      Preset cut{.width = 20,
                 .height = 40,
                 .format = format,
                 .position = Position::right,
                 .frames = Frames::all,
                 .compression = Compression::lossless};
      const Film right = played(made(source.bytes, source.mime_type, cut));
      REQUIRE(turned.frames.size() == 3);
      REQUIRE(right.frames.size() == 3);
      for (std::size_t index = 0; index < 3; ++index) {
        CAPTURE(index);
        CHECK(turned.frames[index].height() == 30);
        CHECK(is_close(corner(turned.frames[index], 2, 2), first_of_turned[index]));
        CHECK(is_close(corner(right.frames[index], 2, 2), first_of_cut[index]));
      }
    }
  }
}

TEST_CASE("what lies at the edge of a frame does not show in the next one") {
  const Film flicker{{plain(40, 31, black), plain(40, 31, white), plain(40, 31, black)}};
  for (const Stored& source : stored(flicker)) {
    const Film found = played(made(source.bytes, source.mime_type, moving(ImageFormat::webp)));
    REQUIRE(found.frames.size() == 3);
    CHECK(without_transparency(found.frames[0]).max() == 0);
    CHECK(without_transparency(found.frames[1]).min() == 255);
    CHECK(without_transparency(found.frames[2]).max() == 0);
  }
}

TEST_CASE("attention looks at the first frame and cuts all of them there") {
  const VImage cat = pixels_of("chelsea.png").resize(0.2);
  const VImage ground = plain(300, cat.height(), white);
  const Film moving_cat{{ground.insert(cat, 0, 0), ground.insert(cat, 200, 0)}};
  const Film found = played(made(animated_webp(moving_cat), "image/webp",
                                 {.width = cat.width(),
                                  .height = cat.height(),
                                  .position = Position::attention,
                                  .frames = Frames::all,
                                  .compression = Compression::lossless}));
  REQUIRE(found.frames.size() == 2);
  CHECK(without_transparency(found.frames[0]).avg() < 180);
  CHECK(without_transparency(found.frames[1]).avg() > 250);
}

TEST_CASE("transparent parts of frames stay transparent") {
  const VImage clear = plain(40, 40, {0, 0, 0, 0});
  const VImage opaque = plain(20, 40, {255, 0, 0, 255});
  const Film half{{clear.insert(opaque, 0, 0), clear.insert(opaque, 20, 0)}};
  for (const Stored& source : stored(half)) {
    for (const ImageFormat format : {ImageFormat::webp, ImageFormat::gif}) {
      CAPTURE(source.mime_type, static_cast<int>(format));
      const Film found = played(made(source.bytes, source.mime_type, moving(format)));
      REQUIRE(found.frames.size() == 2);
      CHECK(pixel(found.frames[0], 4, 10) == Pixel{255, 0, 0, 255});
      CHECK(pixel(found.frames[0], 15, 10)[3] == 0);
      CHECK(pixel(found.frames[1], 4, 10)[3] == 0);
      CHECK(pixel(found.frames[1], 15, 10) == Pixel{255, 0, 0, 255});
    }
  }
}

TEST_CASE("effects reach every frame") {
  Preset gray = moving(ImageFormat::webp);
  gray.tone = Tone::grayscale;
  const Film found = played(made(animated_gif(film()), "image/gif", gray));
  REQUIRE(found.frames.size() == 3);
  for (const VImage& frame : found.frames) {
    const Pixel color = middle(frame);
    CHECK(color[0] == color[1]);
    CHECK(color[1] == color[2]);
  }
}

TEST_CASE("an animation that is cut off is refused when all frames are wanted") {
  const VImage cat = pixels_of("chelsea.png");
  const std::string whole = animated_webp({{cat, cat.fliphor(), cat.rot180()}});
  const std::string cut = whole.substr(0, whole.size() * 3 / 4);
  const Preset preset{.name = "all", .width = 100, .frames = Frames::all};
  try {
    converter().convert(
        {.bytes = as_bytes(cut), .mime_type = "image/webp", .presets = {&preset, 1}});
    FAIL("converting did not throw");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_content);
  }
}

TEST_CASE("frames that would become too many pixels by enlarging fail without being made") {
  const std::string bytes = animated_gif(film());
  const std::vector<Preset> presets{{.name = "huge",
                                     .width = 6000,
                                     .height = 6000,
                                     .enlarge = Enlarge::allowed,
                                     .frames = Frames::all},
                                    {.name = "small", .width = 10, .frames = Frames::all}};
  const auto variants =
      converter()
          .convert({.bytes = as_bytes(bytes), .mime_type = "image/gif", .presets = presets})
          .variants;
  REQUIRE(variants[0].error);
  CHECK(variants[0].error->code() == Errc::conversion_failed);
  CHECK(variants[1].file);
}

TEST_CASE("the limits of a source count all frames, also when all are wanted") {
  const std::string bytes = animated_gif(film());
  const Preset preset{.name = "all", .frames = Frames::all};
  for (const VipsConverterOptions& options :
       {VipsConverterOptions{.max_pixels = 3599, .worker = AFFIX_CONVERT},
        VipsConverterOptions{.max_frames = 2, .worker = AFFIX_CONVERT}}) {
    try {
      make_vips_converter(options)->convert(
          {.bytes = as_bytes(bytes), .mime_type = "image/gif", .presets = {&preset, 1}});
      FAIL("converting did not throw");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::too_large);
    }
  }
}

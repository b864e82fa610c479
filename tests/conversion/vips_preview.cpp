#include "affix/conversion/placeholder.hpp"
#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace pictures;
using affix::tests::code_of;

namespace {

Conversion converted(std::string_view bytes, std::string_view type, std::vector<Preset> presets,
                     PreviewOptions previews = {}) {
  return converter().convert({.bytes = as_bytes(bytes),
                              .mime_type = type,
                              .presets = presets,
                              .previews = std::move(previews)});
}

SmallPicture shown(const std::string& placeholder) {
  const auto picture = render_thumbhash(placeholder);
  REQUIRE(picture);
  return *picture;
}

/// Of what a placeholder shows, at a fraction of its sides.
Pixel shown_pixel(const SmallPicture& picture, double x, double y) {
  const auto column = static_cast<std::size_t>(x * picture.width);
  const auto row = static_cast<std::size_t>(y * picture.height);
  const std::uint8_t* first =
      &picture.pixels.at(4 * (row * static_cast<std::size_t>(picture.width) + column));
  return {double(first[0]), double(first[1]), double(first[2])};
}

}  // namespace

TEST_CASE("a placeholder shows the picture, whatever variants are made and from which format") {
  const vips::VImage image = quadrants(600, 400);
  const std::vector<std::pair<std::string, std::string>> files{{jpeg(image), "image/jpeg"},
                                                               {png(image), "image/png"},
                                                               {webp(image), "image/webp"},
                                                               {gif(image), "image/gif"}};
  const std::vector<std::vector<Preset>> wanted{
      {}, {{.name = "tiny", .width = 8, .height = 8}}, {{.name = "copy"}}};
  for (const auto& [bytes, type] : files) {
    for (const std::vector<Preset>& presets : wanted) {
      CAPTURE(type, presets.size());
      const Conversion made = converted(bytes, type, presets);
      CHECK(made.variants.size() == presets.size());
      const SmallPicture picture = shown(made.placeholder);
      CHECK(picture.width == 32);
      CHECK(picture.height == 23);  // As near to two thirds as seven waves can tell.
      CHECK(is_close(shown_pixel(picture, 0.25, 0.25), red, 100));
      CHECK(is_close(shown_pixel(picture, 0.75, 0.25), green, 100));
      CHECK(is_close(shown_pixel(picture, 0.25, 0.75), blue, 100));
      CHECK(is_close(shown_pixel(picture, 0.75, 0.75), yellow, 100));
    }
  }
}

TEST_CASE("a placeholder is the same with and without variants, as far as can be seen") {
  const std::string bytes = photograph("hubble_deep_field.jpg");
  const auto alone = thumbhash_color(converted(bytes, "image/jpeg", {}).placeholder);
  const auto with =
      thumbhash_color(converted(bytes, "image/jpeg", {{.name = "card", .width = 900}}).placeholder);
  REQUIRE(alone);
  REQUIRE(with);
  CHECK(is_close({double(alone->red), double(alone->green), double(alone->blue)},
                 {double(with->red), double(with->green), double(with->blue)}, 9));
}

TEST_CASE("a placeholder stands as the picture is displayed") {
  vips::VImage image = stripes({red, blue}, 60, 80).copy();
  image.set("orientation", 6);  // To be turned clockwise: red above, blue below.
  const SmallPicture picture = shown(converted(jpeg(image), "image/jpeg", {}).placeholder);
  CHECK(picture.height > picture.width);
  CHECK(is_close(shown_pixel(picture, 0.5, 0.2), red, 100));
  CHECK(is_close(shown_pixel(picture, 0.5, 0.8), blue, 100));
}

TEST_CASE("a placeholder is transparent where the picture is") {
  const std::string bytes = png(plain(40, 40, {255, 0, 0, 0}));
  const Conversion made = converted(bytes, "image/png", {}, {.color = ColorPreview::mean});
  CHECK(shown(made.placeholder).pixels[3] == 0);
  CHECK(made.color.empty());
}

TEST_CASE("the smallest and the thinnest pictures have placeholders") {
  for (const auto& [width, height] : {std::pair(1, 1), {1, 600}, {3000, 2}}) {
    const std::string bytes = png(plain(width, height, {160, 176, 192}));
    const Conversion made = converted(bytes, "image/png", {},
                                      {.blurhash = BlurhashDetail{}, .color = ColorPreview::mean});
    CHECK_FALSE(made.placeholder.empty());
    CHECK(made.blurhash.size() == 28);
    CHECK(made.color == "#a0b0c0");
  }
}

TEST_CASE("a grey picture has placeholders") {
  const std::string bytes = png(plain(90, 30, {200}));
  const Conversion made = converted(bytes, "image/png", {}, {.color = ColorPreview::mean});
  CHECK(made.color == "#c8c8c8");
  CHECK(is_close(shown_pixel(shown(made.placeholder), 0.5, 0.5), {200, 200, 200}, 6));
}

TEST_CASE("blurhash and colour are made when they are asked for") {
  const std::string bytes = photograph("coffee.png");
  const Conversion without = converted(bytes, "image/png", {});
  CHECK(without.blurhash.empty());
  CHECK(without.color.empty());
  const Conversion with =
      converted(bytes, "image/png", {},
                {.blurhash = BlurhashDetail{.across = 5, .down = 2}, .color = ColorPreview::mean});
  CHECK(with.placeholder == without.placeholder);
  CHECK(with.blurhash.size() == 6 + 2 * 9);
  CHECK(with.blurhash.front() == 'D');
  CHECK(with.color.size() == 7);
  CHECK(code_of([&] {
          converted(bytes, "image/png", {}, {.blurhash = BlurhashDetail{.across = 10}});
        }) == Errc::invalid_argument);
}

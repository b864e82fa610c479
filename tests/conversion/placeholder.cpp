#include "affix/conversion/placeholder.hpp"

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "catch.hpp"
#include "small_pictures.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace small_pictures;
using affix::tests::code_of;

namespace {

/// What the program of the algorithm's author makes of a picture.
struct Reference {
  SmallPicture picture{};
  std::string hash{};
  int width = 0;  ///< Of what the hash shows.
  int height = 0;
  Color first{};   ///< The pixel in its upper left corner.
  Color middle{};  ///< The pixel right of and below its middle.
  Color mean{};
};

// npm's thumbhash 0.1.1: rgbaToThumbHash, thumbHashToRGBA, thumbHashToAverageRGBA.
std::vector<Reference> thumbhashes() {
  return {
      {sunset(),
       "XFcGjKKAh4eAeHiId3eHj5f3dw==",
       32,
       18,
       {239, 22, 0},
       {126, 75, 135},
       {128, 84, 126}},
      {tower(), "IkUKaxR4QHl4dod3c4C3CIk=", 14, 32, {0, 0, 255}, {132, 109, 181}, {124, 88, 199}},
      {checks(),
       "3QgCHwABZLoQUKZDY4eIyMyIEwAxARAD",
       32,
       32,
       {85, 81, 185},
       {145, 141, 64},
       {128, 124, 98}},
      {window(),
       "lkWGHIIlUHZxd3h4J/ZsAZj3iliIiHeHCA==",
       32,
       26,
       {33, 13, 86, 175},
       {96, 48, 137, 60},
       {81, 45, 140, 85}},
      {strip(), "WGgyYZyFh4eIiAh6kHhmhgg=", 32, 5, {0, 4, 58}, {255, 170, 255}, {127, 74, 89}}};
}

// npm's blurhash 2.0.5: encode, mended so that the largest wave may be a negative one, as in the
// other programs of its authors.
struct BlurReference {
  SmallPicture picture{};
  BlurhashDetail detail{};
  std::string hash{};
};

std::vector<BlurReference> blurhashes() {
  return {{sunset(), {4, 3}, "L,HcdXi$fjjb{ak9fQjs$TjtfQjt"},
          {sunset(), {1, 1}, "00HcdX"},
          {sunset(), {1, 5}, "a,HcdX{a$TwbsW"},
          {tower(), {4, 3}, "L%HTbom|fAo#1laJf}aM#=k8f8ja"},
          {tower(), {5, 2}, "D%HTbom|fAo#es1laJf}aMf$"},
          {tower(),
           {9, 9},
           "|%HTbom|fAo#esoge?oNf91laJf}aMf$a#f6bae:#=k8f8jaf%jHf%jHf%S6fPf6fjf7fjf7fjfjn,fi"
           "f7fQfQfQf7fjf7a~fQfQfjf7fjfQfQfjjufPfQf7fjfQfQfQf7flf7fQfQfQfQfQf7fja}fPfQf7fjfQ"
           "fQfQfQ"},
          {checks(), {4, 3}, "LAKm%k9l0XN45I4}0qEA9jEA9jIv"},
          {strip(), {4, 3}, "L~HTLE5CxpRm}^5CxpRm}^5CxpRm"}};
}

Color pixel(const SmallPicture& picture, int x, int y) {
  const std::uint8_t* first =
      &picture.pixels.at(4 * static_cast<std::size_t>(y * picture.width + x));
  return {first[0], first[1], first[2], first[3]};
}

/// As far as two programs round alike.
bool is_close(const Color& left, const Color& right, int tolerance = 1) {
  const auto is_near = [tolerance](int a, int b) { return std::abs(a - b) <= tolerance; };
  return is_near(left.red, right.red) && is_near(left.green, right.green) &&
         is_near(left.blue, right.blue) && is_near(left.alpha, right.alpha);
}

}  // namespace

TEST_CASE("a thumbhash is the one that its author's program makes") {
  for (const Reference& reference : thumbhashes()) {
    CHECK(thumbhash(reference.picture) == "thumbhash:" + reference.hash);
  }
}

TEST_CASE("a thumbhash shows what its author's program shows") {
  for (const Reference& reference : thumbhashes()) {
    CAPTURE(reference.hash);
    const auto shown = render_thumbhash("thumbhash:" + reference.hash);
    REQUIRE(shown);
    CHECK(shown->width == reference.width);
    CHECK(shown->height == reference.height);
    CHECK(is_close(pixel(*shown, 0, 0), reference.first));
    CHECK(is_close(pixel(*shown, shown->width / 2, shown->height / 2), reference.middle));
    const auto mean = thumbhash_color("thumbhash:" + reference.hash);
    REQUIRE(mean);
    CHECK(is_close(*mean, reference.mean));
  }
}

TEST_CASE("a picture of one colour shows as what the author's program shows, without its noise") {
  const std::string ours = thumbhash(corner());
  CHECK(ours != "thumbhash:mEmDBIAzZKIwhaiY+Mtbv7v3e8abZ3Z3CQ==");
  CHECK(render_thumbhash(ours) ==
        render_thumbhash("thumbhash:mEmDBIAzZKIwhaiY+Mtbv7v3e8abZ3Z3CQ=="));
  for (const Color color : {Color{0, 0, 0}, Color{255, 255, 255}, Color{12, 200, 99}}) {
    const auto shown = render_thumbhash(thumbhash(plain(7, 7, color)));
    REQUIRE(shown);
    CHECK(is_close(pixel(*shown, 16, 16), color, 6));
  }
}

TEST_CASE("pictures of every size have a thumbhash, and it keeps their proportions") {
  for (int width : {1, 2, 3, 17, 50, 99, 100}) {
    for (int height : {1, 2, 3, 17, 50, 99, 100}) {
      CAPTURE(width, height);
      const auto shown = render_thumbhash(thumbhash(plain(width, height, {9, 90, 190, 120})));
      REQUIRE(shown);
      CHECK(std::max(shown->width, shown->height) == 32);
      CHECK((shown->width > shown->height) <= (width > height));
      CHECK((shown->width < shown->height) <= (width < height));
    }
  }
}

TEST_CASE("a picture that is transparent everywhere has a thumbhash that shows nothing") {
  const auto shown = render_thumbhash(thumbhash(plain(8, 8, {255, 0, 0, 0})));
  REQUIRE(shown);
  CHECK(pixel(*shown, 4, 4).alpha == 0);
}

TEST_CASE("texts that are no thumbhash show nothing") {
  const std::string sound = "thumbhash:XFcGjKKAh4eAeHiId3eHj5f3dw==";
  REQUIRE(render_thumbhash(sound));
  std::vector<std::string> texts{"",
                                 "thumbhash:",
                                 "XFcGjKKAh4eAeHiId3eHj5f3dw==",
                                 "blurhash:00",
                                 "thumbhash:XFcGjKKAh4eAeHiId3eHj5f3d",
                                 "thumbhash:!!!!",
                                 "thumbhash:XFcGjKKAh4eAeHiId3eHj5f3d3d3",
                                 "thumbhash:AAAAAAA=",  // No proportions.
                                 "thumbhash:" + std::string(100'000, 'A')};
  for (const std::string& text : texts) {
    CAPTURE(text.substr(0, 60));
    CHECK_FALSE(render_thumbhash(text));
    CHECK_FALSE(thumbhash_color(text));
  }
}

TEST_CASE("whatever bytes a thumbhash has, it shows a picture that is small, or none") {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::uint32_t state = 1;
  int shown = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "thumbhash:";
    const std::uint32_t length = 24 + 4 * (round % 4U);
    for (std::uint32_t i = 0; i < length; ++i) {
      state = state * 1664525U + 1013904223U;
      text += digits[state >> 26U];
    }
    const auto picture = render_thumbhash(text);
    if (!picture) continue;
    ++shown;
    REQUIRE(std::max(picture->width, picture->height) == 32);
    REQUIRE(std::min(picture->width, picture->height) > 0);
    REQUIRE(picture->pixels.size() ==
            static_cast<std::size_t>(4 * picture->width * picture->height));
  }
  CHECK(shown > 0);
}

TEST_CASE("a blurhash is the one that its authors' program makes") {
  for (const BlurReference& reference : blurhashes()) {
    CHECK(blurhash(reference.picture, reference.detail) == reference.hash);
  }
}

TEST_CASE("behind transparency, a blurhash has the mean colour") {
  CHECK(blurhash(corner()) == blurhash(plain(90, 70, {200, 30, 60})));
}

TEST_CASE("the mean colour is that of what can be seen") {
  CHECK(mean_color(plain(3, 2, {160, 176, 192})) == "#a0b0c0");
  CHECK(mean_color(corner()) == "#c81e3c");
  CHECK(mean_color(checks()) == "#7f7c63");
  CHECK(mean_color(plain(3, 2, {160, 176, 192, 0})).empty());
  const SmallPicture halves = painted(2, 1, [](int x, int) {
    return x == 0 ? Color{255, 0, 0, 255} : Color{0, 0, 255, 51};
  });
  CHECK(mean_color(halves) == "#d5002b");
}

TEST_CASE("a picture with sides out of bounds, or too few bytes, is refused") {
  SmallPicture cut = plain(10, 10, {1, 2, 3});
  cut.pixels.pop_back();
  const std::vector<SmallPicture> refused{
      {}, cut, plain(101, 1, {}), plain(1, 101, {}), {.width = -1, .height = -1}};
  for (const SmallPicture& picture : refused) {
    CHECK(code_of([&] { static_cast<void>(thumbhash(picture)); }) == Errc::invalid_argument);
    CHECK(code_of([&] { static_cast<void>(blurhash(picture)); }) == Errc::invalid_argument);
    CHECK(code_of([&] { static_cast<void>(mean_color(picture)); }) == Errc::invalid_argument);
  }
}

TEST_CASE("a blurhash has 1 to 9 waves in each direction") {
  for (const BlurhashDetail detail :
       {BlurhashDetail{0, 3}, BlurhashDetail{3, 0}, BlurhashDetail{10, 3}, BlurhashDetail{3, -1}}) {
    CHECK(code_of([&] { static_cast<void>(blurhash(sunset(), detail)); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] { check(PreviewOptions{.blurhash = detail}); }) == Errc::invalid_argument);
  }
  CHECK_NOTHROW(check(PreviewOptions{.blurhash = BlurhashDetail{9, 1}}));
}

TEST_CASE("what the placeholders of a preview cost", "[.][timing]") {
  const SmallPicture opaque = painted(64, 64, [](int x, int y) {
    return Color{level(x * 2), level(y * 2), level((x + y) % 256)};
  });
  const SmallPicture seen_through = painted(64, 64, [](int x, int y) {
    return Color{level(x * 2), level(y * 2), level((x + y) % 256), level(155 + x)};
  });
  const auto print_time = [](const std::string& name, const std::function<void()>& work) {
    constexpr int calls = 500;
    work();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) work();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    std::cout << name << ": " << time.count() / calls << " ms\n";
  };
  std::size_t size = 0;
  print_time("thumbhash", [&] { size += thumbhash(opaque).size(); });
  print_time("thumbhash, transparent", [&] { size += thumbhash(seen_through).size(); });
  print_time("blurhash 4 x 3", [&] { size += blurhash(opaque).size(); });
  print_time("blurhash 9 x 9", [&] { size += blurhash(opaque, {9, 9}).size(); });
  print_time("mean colour", [&] { size += mean_color(opaque).size(); });
  const std::string hash = thumbhash(opaque);
  print_time("render_thumbhash", [&] { size += render_thumbhash(hash)->pixels.size(); });
  CHECK(size > 0);
}

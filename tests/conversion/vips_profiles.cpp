#include <string>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "conversion/vips/aom.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

const std::vector<Profile> profiles{Profile::compatible, Profile::balanced, Profile::fast};

std::string bytes_of(const Preset& preset) {
  static const std::string source = photograph("astronaut.png");
  return made(source, "image/png", preset).bytes;
}

/// The same bytes; not compared within CHECK, which would print them.
bool are_same(const Preset& left, const Preset& right) { return bytes_of(left) == bytes_of(right); }

Preset small(ImageFormat format, Profile profile) {
  return {.width = 160, .format = format, .profile = profile};
}

Preset with_quality(Preset preset, int quality) {
  preset.quality = quality;
  return preset;
}

Preset with_effort(Preset preset, int effort) {
  preset.effort = effort;
  return preset;
}

/// How much an AVIF loses of what only the colours say: red and blue stripes of one pixel.
double lost_color(Profile profile) {
  const VImage stripes =
      plain(1, 64, {255, 0, 0}).join(plain(1, 64, {0, 80, 255}), VIPS_DIRECTION_HORIZONTAL);
  const VImage picture = stripes.replicate(32, 1);
  const VImage found = made_pixels(
      png(picture), "image/png", {.format = ImageFormat::avif, .quality = 95, .profile = profile});
  return difference(found, picture);
}

}  // namespace

TEST_CASE("a profile stands for the qualities that are promised") {
  const int more = detail::has_old_aom() ? 3 : 0;
  using enum ImageFormat;
  const auto stands_for = [](ImageFormat format, Profile profile, int quality) {
    const Preset preset = small(format, profile);
    return are_same(preset, with_quality(preset, quality));
  };
  for (const Profile profile : profiles) CHECK(stands_for(jpeg, profile, 80));
  CHECK(stands_for(webp, Profile::compatible, 80));
  CHECK(stands_for(webp, Profile::balanced, 80));
  CHECK(stands_for(webp, Profile::fast, 81));
  CHECK(stands_for(avif, Profile::compatible, 50));
  CHECK(stands_for(avif, Profile::balanced, 50 + more));
  CHECK(stands_for(avif, Profile::fast, 52 + more));
}

TEST_CASE("a profile stands for the efforts that are promised") {
  using enum ImageFormat;
  const auto stands_for = [](ImageFormat format, Profile profile, int effort) {
    const Preset preset = small(format, profile);
    return are_same(preset, with_effort(preset, effort));
  };
  CHECK(stands_for(avif, Profile::compatible, 4));
  CHECK(stands_for(avif, Profile::balanced, 3));
  CHECK(stands_for(avif, Profile::fast, 2));
  constexpr int effort_4_of_6 = 7;
  constexpr int effort_2_of_6 = 4;
  CHECK(stands_for(webp, Profile::compatible, effort_4_of_6));
  CHECK(stands_for(webp, Profile::balanced, effort_4_of_6));
  CHECK(stands_for(webp, Profile::fast, effort_2_of_6));
}

TEST_CASE("profiles make different pictures, and what a preset sets itself counts more") {
  using enum ImageFormat;
  CHECK_FALSE(are_same(small(avif, Profile::compatible), small(avif, Profile::balanced)));
  CHECK_FALSE(are_same(small(avif, Profile::balanced), small(avif, Profile::fast)));
  CHECK_FALSE(are_same(small(webp, Profile::balanced), small(webp, Profile::fast)));
  Preset set{.width = 160, .quality = 70, .effort = 5, .profile = Profile::fast};
  Preset other = set;
  other.profile = Profile::balanced;
  CHECK(are_same(set, other));
}

TEST_CASE("only the fast profile halves the resolution of colours in an AVIF") {
  const double full = lost_color(Profile::balanced);
  CHECK(lost_color(Profile::compatible) < 1.5 * full);
  CHECK(lost_color(Profile::fast) > 4 * full);
}

TEST_CASE("a WebP without loss has every pixel as it is, and others are what they were") {
  const VImage picture = pixels_of("coffee.png");
  const Preset lossless{.compression = Compression::lossless};
  CHECK(difference(made_pixels(png(picture), "image/png", lossless), picture) == 0);
  CHECK(difference(made_pixels(png(picture), "image/png", {}), picture) > 0);
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::avif}) {
    const Preset usual{.width = 80, .format = format};
    Preset asked = usual;
    asked.compression = Compression::lossless;
    CHECK(are_same(usual, asked));
  }
}

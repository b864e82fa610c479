#include "conversion/vips/equal_outputs.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;

namespace {

std::vector<std::size_t> firsts(const std::vector<Preset>& presets) {
  const detail::Base base{.pixels = plain(60, 40, red), .stored = {600, 400}};
  return detail::first_of_equals(base, presets);
}

Conversion converted(const std::string& bytes, const std::vector<Preset>& presets) {
  return converter().convert(
      {.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = presets});
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Seconds of computing, of this process and all its threads, whatever else the computer does.
template <typename Action>
double cost(const Action& action) {
  const auto now = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  };
  const double before = now();
  action();
  return now() - before;
}

using Indexes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("presets with one recipe and different names are equal") {
  CHECK(firsts({{.name = "a", .width = 30}, {.name = "b", .width = 30}, {.name = "c"}}) ==
        Indexes{0, 0, 2});
  CHECK(firsts({}).empty());
}

TEST_CASE("sizes beyond those of the picture are equal unless it may be enlarged") {
  const auto sized = [](int width, int height, Fit fit, Enlarge enlarge = Enlarge::never) {
    return Preset{.width = width, .height = height, .fit = fit, .enlarge = enlarge};
  };
  CHECK(firsts({sized(700, 0, Fit::cover), sized(800, 0, Fit::cover), sized(600, 0, Fit::cover)}) ==
        Indexes{0, 0, 0});
  CHECK(firsts({sized(700, 700, Fit::cover), sized(800, 800, Fit::cover)}) == Indexes{0, 0});
  CHECK(firsts({sized(700, 700, Fit::inside), sized(800, 900, Fit::inside)}) == Indexes{0, 0});
  CHECK(firsts({sized(700, 0, Fit::cover, Enlarge::allowed),
                sized(800, 0, Fit::cover, Enlarge::allowed)}) == Indexes{0, 1});
  CHECK(firsts({sized(700, 700, Fit::contain), sized(800, 800, Fit::contain)}) == Indexes{0, 1});
  CHECK(firsts({sized(500, 0, Fit::cover), sized(501, 0, Fit::cover)}) == Indexes{0, 1});
}

TEST_CASE("every other member makes a difference") {
  const std::vector<Preset> presets{{},
                                    {.fit = Fit::inside},
                                    {.format = ImageFormat::png},
                                    {.quality = 81},
                                    {.effort = 1},
                                    {.position = Position::top},
                                    {.focal_point = FocalPoint{}},
                                    {.background = Color{}},
                                    {.enlarge = Enlarge::allowed},
                                    {.rotate = 180},
                                    {.flip = Flip::both},
                                    {.blur = 1},
                                    {.sharpen = 1},
                                    {.tone = Tone::grayscale},
                                    {.frames = Frames::all},
                                    {.compression = Compression::lossless},
                                    {.watermark = Watermark{.bytes = "x"}},
                                    {.profile = Profile::fast}};
  Indexes all(presets.size());
  for (std::size_t index = 0; index < all.size(); ++index) all[index] = index;
  CHECK(firsts(presets) == all);
}

TEST_CASE("equal presets get the same bytes under their own names, each told of once") {
  const std::string bytes = photograph("chelsea.png");
  const std::vector<Preset> presets{{.name = "a", .width = 900},
                                    {.name = "b", .width = 900},
                                    {.name = "c", .width = 1200},
                                    {.name = "d", .width = 100}};
  std::vector<std::string> told;
  const Conversion made = converter().convert(
      {.bytes = as_bytes(bytes),
       .mime_type = "image/png",
       .presets = presets,
       .made = [&](const MadeVariant& variant) { told.push_back(variant.name); }});
  REQUIRE(made.variants.size() == 4);
  for (std::size_t index = 0; index < 4; ++index) {
    CHECK(made.variants[index].name == presets[index].name);
    CHECK(made.variants[index].digest == digest(presets[index]));
    REQUIRE(made.variants[index].file);
    const bool is_same = made.variants[index].file->bytes == made.variants[0].file->bytes;
    CHECK(is_same == (index < 3));
  }
  CHECK(made.variants[2].file->width == 451);
  std::ranges::sort(told);
  CHECK(told == std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("equal presets that fail all have the error, with their own names") {
  const Preset impossible{
      .width = 16'384, .height = 4, .fit = Fit::fill, .enlarge = Enlarge::allowed};
  std::vector<Preset> presets(2, impossible);
  presets[0].name = "one";
  presets[1].name = "two";
  const Conversion made = converted(png(plain(60, 40, red)), presets);
  for (const MadeVariant& variant : made.variants) {
    REQUIRE(variant.error);
    CHECK(variant.error->code() == Errc::conversion_failed);
    CHECK(variant.error->where().variant == variant.name);
  }
}

TEST_CASE("equal presets cost no more than one") {
  const std::string bytes = photograph("astronaut.png");
  std::vector<Preset> presets;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    presets.push_back({.name = name, .effort = 9});
  }
  converted(bytes, {presets[0]});
  const double one = cost([&] { converted(bytes, {presets[0]}); });
  const double eight = cost([&] { converted(bytes, presets); });
  CHECK(eight < 3 * one);
}

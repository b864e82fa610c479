#include <set>
#include <string>
#include <vector>

#include "affix/conversion/preset.hpp"
#include "catch.hpp"

using affix::digest;
using affix::Preset;

namespace {

std::vector<Preset> different_recipes() {
  using namespace affix;
  return {{},
          {.width = 200},
          {.height = 200},
          {.width = 200, .height = 200},
          {.width = 2002, .height = 0},
          {.fit = Fit::contain},
          {.fit = Fit::fill},
          {.fit = Fit::inside},
          {.fit = Fit::outside},
          {.format = ImageFormat::jpeg},
          {.format = ImageFormat::png},
          {.format = ImageFormat::avif},
          {.format = ImageFormat::gif},
          {.format = ImageFormat::tiff},
          {.format = ImageFormat::keep},
          {.quality = 80},
          {.effort = 80},
          {.position = Position::left},
          {.position = Position::attention},
          {.background = Color{}},
          {.background = Color{.alpha = 0}},
          {.background = Color{1, 23, 0, 255}},
          {.background = Color{12, 3, 0, 255}},
          {.enlarge = Enlarge::allowed},
          {.rotate = 90},
          {.flip = Flip::horizontal},
          {.flip = Flip::vertical},
          {.flip = Flip::both},
          {.blur = 1},
          {.blur = 1.5},
          {.sharpen = 1},
          {.tone = Tone::grayscale},
          {.focal_point = FocalPoint{}},
          {.focal_point = FocalPoint{0.25, 0.5}},
          {.focal_point = FocalPoint{0.5, 0.25}},
          {.frames = Frames::all},
          {.compression = Compression::lossless},
          {.watermark = Watermark{.bytes = "a"}},
          {.watermark = Watermark{.bytes = "b"}},
          {.watermark = Watermark{.bytes = "a", .position = Position::center}},
          {.watermark = Watermark{.bytes = "a", .opacity = 0.5}},
          {.watermark = Watermark{.bytes = "a", .width = 0.5}},
          {.profile = Profile::compatible},
          {.profile = Profile::fast}};
}

}  // namespace

// Digests are parts of stored paths. One that changes here makes every stored variant of every
// application stale: add new ones, never change these.
TEST_CASE("the digests of recipes stay what they are for ever") {
  using namespace affix;
  CHECK(digest({}) == "6b86b273");
  CHECK(digest({.width = 200, .height = 200}) == "3f35c0c5");
  CHECK(digest({.width = 640, .fit = Fit::inside}) == "33054b18");
  CHECK(digest({.width = 1200,
                .height = 630,
                .format = ImageFormat::jpeg,
                .quality = 85,
                .position = Position::attention}) == "def62bd5");
  CHECK(digest({.width = 1,
                .height = 2,
                .fit = Fit::contain,
                .format = ImageFormat::avif,
                .quality = 3,
                .effort = 4,
                .position = Position::left_bottom,
                .background = Color{5, 6, 7, 8},
                .enlarge = Enlarge::allowed,
                .rotate = 90,
                .flip = Flip::both,
                .blur = 0.1,
                .sharpen = 9.75,
                .tone = Tone::grayscale}) == "24ed4df4");
  CHECK(digest({.focal_point = FocalPoint{0.25, 1},
                .frames = Frames::all,
                .compression = Compression::lossless,
                .watermark = Watermark{.bytes = std::string("\0\xFF", 2),
                                       .position = Position::top,
                                       .opacity = 0.5,
                                       .width = 0.125},
                .profile = Profile::fast}) == "b5890130");
  CHECK(digest({.profile = Profile::compatible}) == "e4d310ac");
}

TEST_CASE("a digest is eight lower-case hex digits") {
  for (const Preset& preset : different_recipes()) {
    const std::string text = digest(preset);
    CHECK(text.size() == 8);
    CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
}

TEST_CASE("every member of a recipe but the name makes a difference to the digest") {
  std::set<std::string> digests;
  for (const Preset& preset : different_recipes()) digests.insert(digest(preset));
  CHECK(digests.size() == different_recipes().size());
  CHECK(digest({.name = "thumb", .width = 7}) == digest({.name = "other", .width = 7}));
}

TEST_CASE("a default that is written out does not count") {
  using namespace affix;
  CHECK(digest({.name = "thumb", .width = 200}) ==
        digest({.name = "thumb", .width = 200, .height = 0, .quality = 0, .blur = -0.0}));
  CHECK(digest({.frames = Frames::first,
                .compression = Compression::lossy,
                .profile = Profile::balanced}) == digest({}));
  CHECK(digest({.focal_point = FocalPoint{-0.0, 0}}) == digest({.focal_point = FocalPoint{0, 0}}));
}

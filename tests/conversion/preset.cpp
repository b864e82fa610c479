#include "affix/conversion/preset.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "affix/value/error.hpp"
#include "catch.hpp"

using affix::Preset;

namespace {

/// The member that `check` complains about; empty if it does not.
std::string wrong_member(const Preset& preset) {
  try {
    affix::check(preset);
  } catch (const affix::Error& error) {
    CHECK(error.code() == affix::Errc::invalid_argument);
    CHECK(error.where().variant == preset.name);
    return error.where().member;
  }
  return {};
}

Preset with(const std::function<void(Preset&)>& change) {
  Preset preset{.name = "thumb", .width = 200, .height = 100};
  change(preset);
  return preset;
}

}  // namespace

TEST_CASE("a preset has the defaults cover and webp", "[A16]") {
  const Preset preset;
  CHECK(preset.fit == affix::Fit::cover);
  CHECK(preset.format == affix::ImageFormat::webp);
  CHECK(preset.enlarge == affix::Enlarge::never);
}

TEST_CASE("a preset at its bounds is accepted") {
  CHECK(wrong_member({.name = "a"}) == "");
  CHECK(wrong_member({.name = std::string(64, 'x')}) == "");
  CHECK(wrong_member({.name = "A-z_09",
                      .width = 16'384,
                      .height = 16'384,
                      .quality = 100,
                      .effort = 9,
                      .rotate = 270,
                      .blur = 100,
                      .sharpen = 10}) == "");
}

TEST_CASE("a preset beyond a bound is refused with the member's name") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const char* name : {"", "a b", "a/b", "..", "ä", "a.b"}) {
    CAPTURE(name);
    CHECK(wrong_member({.name = name}) == "name");
  }
  CHECK(wrong_member({.name = std::string(65, 'x')}) == "name");
  CHECK(wrong_member({.name = std::string("a\0b", 3)}) == "name");
  CHECK(wrong_member(with([](Preset& preset) { preset.width = -1; })) == "width");
  CHECK(wrong_member(with([](Preset& preset) { preset.width = 16'385; })) == "width");
  CHECK(wrong_member(with([](Preset& preset) { preset.height = -1; })) == "height");
  CHECK(wrong_member(with([](Preset& preset) { preset.height = 16'385; })) == "height");
  CHECK(wrong_member(with([](Preset& preset) { preset.quality = -1; })) == "quality");
  CHECK(wrong_member(with([](Preset& preset) { preset.quality = 101; })) == "quality");
  CHECK(wrong_member(with([](Preset& preset) { preset.effort = -1; })) == "effort");
  CHECK(wrong_member(with([](Preset& preset) { preset.effort = 10; })) == "effort");
  for (const int degrees : {-90, 1, 45, 360}) {
    CHECK(wrong_member(with([=](Preset& preset) { preset.rotate = degrees; })) == "rotate");
  }
  for (const double sigma : {-0.1, 100.1, nan, infinity}) {
    CHECK(wrong_member(with([=](Preset& preset) { preset.blur = sigma; })) == "blur");
    CHECK(wrong_member(with([=](Preset& preset) { preset.sharpen = sigma; })) == "sharpen");
  }
  CHECK(wrong_member(with([](Preset& preset) { preset.sharpen = 10.1; })) == "sharpen");
}

TEST_CASE("every format has a type and an extension, keep has neither", "[A16]") {
  using affix::ImageFormat;
  CHECK(affix::mime_type(ImageFormat::jpeg) == "image/jpeg");
  CHECK(affix::mime_type(ImageFormat::png) == "image/png");
  CHECK(affix::mime_type(ImageFormat::webp) == "image/webp");
  CHECK(affix::mime_type(ImageFormat::avif) == "image/avif");
  CHECK(affix::mime_type(ImageFormat::gif) == "image/gif");
  CHECK(affix::mime_type(ImageFormat::tiff) == "image/tiff");
  CHECK(affix::mime_type(ImageFormat::keep).empty());
  CHECK(affix::extension(ImageFormat::jpeg) == "jpg");
  CHECK(affix::extension(ImageFormat::png) == "png");
  CHECK(affix::extension(ImageFormat::webp) == "webp");
  CHECK(affix::extension(ImageFormat::avif) == "avif");
  CHECK(affix::extension(ImageFormat::gif) == "gif");
  CHECK(affix::extension(ImageFormat::tiff) == "tiff");
  CHECK(affix::extension(ImageFormat::keep).empty());
}

TEST_CASE("focal point and watermark of a preset have bounds") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto focused = [](double x, double y) {
    return wrong_member(with([=](Preset& preset) { preset.focal_point = {x, y}; }));
  };
  CHECK(focused(0, 1) == "");
  for (const double wrong : {-0.1, 1.1, nan}) {
    CHECK(focused(wrong, 0.5) == "focal_point");
    CHECK(focused(0.5, wrong) == "focal_point");
  }
  const auto marked = [](const affix::Watermark& watermark) {
    return wrong_member(with([&](Preset& preset) { preset.watermark = watermark; }));
  };
  CHECK(marked({.bytes = "x", .opacity = 0, .width = 1}) == "");
  CHECK(marked({.bytes = std::string(1 << 20, 'x'), .opacity = 1, .width = 0.001}) == "");
  CHECK(marked({}) == "watermark.bytes");
  CHECK(marked({.bytes = std::string((1 << 20) + 1, 'x')}) == "watermark.bytes");
  for (const auto position : {affix::Position::attention, affix::Position::entropy}) {
    CHECK(marked({.bytes = "x", .position = position}) == "watermark.position");
  }
  for (const double wrong : {-0.1, 1.1, nan}) {
    CHECK(marked({.bytes = "x", .opacity = wrong}) == "watermark.opacity");
    CHECK(marked({.bytes = "x", .width = wrong}) == "watermark.width");
  }
  CHECK(marked({.bytes = "x", .width = 0}) == "watermark.width");
}

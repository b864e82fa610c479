#include "conversion/vips/deadline.hpp"

#include <chrono>
#include <limits>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "conversion/vips/encode.hpp"
#include "pictures.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using namespace pictures;
using detail::Deadline;
using vips::VImage;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view too_long = "The conversion takes too long";

}  // namespace

TEST_CASE("a picture that takes too long to read is an error, in time") {
  const VImage large = pixels_of("chelsea.png").resize(10).copy_memory();
  const Preset preset{.name = "all", .format = ImageFormat::png};
  const auto strict = make_vips_converter({.max_seconds = 0.02});
  const std::vector<std::pair<std::string, const char*>> files{{jpeg(large), "image/jpeg"},
                                                               {png(large), "image/png"}};
  for (const auto& [bytes, type] : files) {
    CAPTURE(type);
    const auto start = Clock::now();
    const auto error = error_of([&] {
      strict->convert({.bytes = as_bytes(bytes), .mime_type = type, .presets = {&preset, 1}});
    });
    CHECK(Clock::now() - start < std::chrono::seconds(1));
    REQUIRE(error);
    CHECK(error->code() == Errc::conversion_failed);
    CHECK(error->message() == too_long);
  }
}

TEST_CASE("what was made in time is kept when the time is over") {
  const std::string bytes = png(pixels_of("chelsea.png"));
  const std::vector<Preset> presets{
      {.name = "slow", .width = 9'000, .effort = 9, .enlarge = Enlarge::allowed},
      {.name = "fast", .width = 20}};
  const auto made =
      make_vips_converter({.max_seconds = 2})
          ->convert({.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = presets})
          .variants;
  REQUIRE(made[0].error);
  CHECK(made[0].error->code() == Errc::conversion_failed);
  CHECK(made[0].error->message() == too_long);
  CHECK(made[0].error->where().variant == "slow");
}

TEST_CASE("an effect that takes too long is given up, in time") {
  const std::string bytes = jpeg(pixels_of("chelsea.png").resize(5));
  const std::vector<Preset> presets{
      {.name = "blurred", .width = 2'200, .format = ImageFormat::jpeg, .blur = 60},
      {.name = "blurred too", .width = 2'000, .format = ImageFormat::png, .blur = 60}};
  const auto convert = [&](double seconds, const std::vector<Preset>& wanted) {
    return make_vips_converter({.max_seconds = seconds})
        ->convert({.bytes = as_bytes(bytes), .mime_type = "image/jpeg", .presets = wanted})
        .variants;
  };
  // The picture itself has to be read in time, however slow the machine is.
  const auto before = Clock::now();
  convert(60, {{.name = "plain", .width = 2'200, .format = ImageFormat::jpeg}});
  const double seconds =
      std::max(0.7, 3 * std::chrono::duration<double>(Clock::now() - before).count());
  const auto start = Clock::now();
  const auto made = convert(seconds, presets);
  CHECK(std::chrono::duration<double>(Clock::now() - start).count() < seconds + 3);
  for (const MadeVariant& variant : made) {
    REQUIRE(variant.error);
    CHECK(variant.error->message() == too_long);
  }
}

TEST_CASE("no time is no time, and endless is not over at once") {
  CHECK(Deadline(0).is_over());
  CHECK(Deadline(-1).is_over());
  for (const double seconds : {1e11, 1e300, std::numeric_limits<double>::infinity()}) {
    CHECK_FALSE(Deadline(seconds).is_over());
  }
}

TEST_CASE("an encoder that takes too long is given up") {
  const VImage large = pixels_of("chelsea.png").resize(20).copy_memory();
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::tiff}) {
    CAPTURE(format);
    const Deadline soon(0.05);
    // They look at the clock after each strip; one of a PNG at effort 9 can take a second.
    const Preset preset{.name = "all", .effort = 1};
    const auto start = Clock::now();
    CHECK_THROWS(detail::encode({large, large.height()}, format, preset, soon));
    CHECK(Clock::now() - start < std::chrono::seconds(2));
  }
}

#include "affix/conversion/vips_converter.hpp"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;

namespace {

const std::vector<Preset> usual_presets{
    {.name = "thumb", .width = 100, .height = 100},
    {.name = "card", .width = 320, .fit = Fit::inside},
    {.name = "og", .width = 300, .height = 157, .format = ImageFormat::jpeg},
    {.name = "copy", .format = ImageFormat::png}};

/// Wider than a WebP can be: only the encoder finds out.
const Preset impossible{
    .name = "huge", .width = 16'384, .height = 4, .fit = Fit::fill, .enlarge = Enlarge::allowed};

ConversionJob job_of(std::string_view bytes, const std::vector<Preset>& presets) {
  return {.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = presets};
}

std::vector<std::string> bytes_of(const std::vector<MadeVariant>& variants) {
  std::vector<std::string> bytes;
  for (const MadeVariant& variant : variants) bytes.push_back(variant.file.value().bytes);
  return bytes;
}

}  // namespace

TEST_CASE("the converter accepts pictures, but no documents") {
  for (const char* type : {"image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff",
                           "image/avif", "image/heic", "image/jxl", "image/jp2"}) {
    CHECK(converter().accepts(type));
  }
  for (const char* type : {"image/svg+xml", "application/pdf", "image/bmp", "text/plain", "",
                           "image/jpegx", "IMAGE/JPEG"}) {
    CAPTURE(type);
    CHECK_FALSE(converter().accepts(type));
    CHECK(refusal(photograph("coffee.png"), type) == Errc::unsupported);
    CHECK(inspection_refusal(photograph("coffee.png"), type) == Errc::unsupported);
  }
}

TEST_CASE("an inspection of a photograph finds its size") {
  const std::string bytes = photograph("hubble_deep_field.jpg");
  const Inspection found = converter().inspect(as_bytes(bytes), "image/jpeg");
  CHECK(found.width == 1000);
  CHECK(found.height == 872);
  CHECK(found.frames == 1);
}

TEST_CASE("there is one result for each preset, in their order") {
  const std::string bytes = photograph("chelsea.png");
  const auto variants = converter().convert(job_of(bytes, usual_presets)).variants;
  REQUIRE(variants.size() == usual_presets.size());
  for (std::size_t index = 0; index < variants.size(); ++index) {
    CHECK(variants[index].name == usual_presets[index].name);
    CHECK(variants[index].digest == digest(usual_presets[index]));
    CHECK(variants[index].file.has_value());
    CHECK_FALSE(variants[index].error.has_value());
  }
  CHECK(converter().convert(job_of(bytes, {})).variants.empty());
}

TEST_CASE("each variant is told of on the calling thread as soon as it is made") {
  const std::string bytes = photograph("chelsea.png");
  std::vector<std::string> told;
  ConversionJob job = job_of(bytes, usual_presets);
  job.made = [&, caller = std::this_thread::get_id()](const MadeVariant& variant) {
    CHECK(std::this_thread::get_id() == caller);
    told.push_back(variant.name);
  };
  converter().convert(job);
  std::ranges::sort(told);
  CHECK(told == std::vector<std::string>{"card", "copy", "og", "thumb"});
}

TEST_CASE("what the listener throws ends the job") {
  const std::string bytes = photograph("chelsea.png");
  int told = 0;
  ConversionJob job = job_of(bytes, usual_presets);
  job.made = [&](const MadeVariant&) {
    if (++told == 2) throw std::runtime_error("enough");
  };
  CHECK_THROWS_AS(converter().convert(job), std::runtime_error);
  CHECK(told == 2);
}

TEST_CASE("a preset that fails does not harm the others") {
  const std::string bytes = png(quadrants(60, 40));
  const std::vector<Preset> presets{
      {.name = "first", .width = 30}, impossible, {.name = "last", .width = 20}};
  const auto variants = converter().convert(job_of(bytes, presets)).variants;
  REQUIRE(variants.size() == 3);
  CHECK(variants[0].file.has_value());
  CHECK(variants[2].file.has_value());
  CHECK_FALSE(variants[1].file.has_value());
  REQUIRE(variants[1].error.has_value());
  CHECK(variants[1].error->code() == Errc::conversion_failed);
  CHECK(variants[1].error->where().variant == "huge");
  CHECK(variants[1].error->message() == "A side of the variant would be too long for WebP");
}

TEST_CASE("a variant whose free side would become too long fails without being made") {
  const std::string bytes = png(plain(1, 600, red));
  const std::vector<Preset> presets{{.name = "long", .width = 16'384, .enlarge = Enlarge::allowed},
                                    {.name = "short", .height = 3}};
  const auto variants = converter().convert(job_of(bytes, presets)).variants;
  REQUIRE(variants[0].error.has_value());
  CHECK(variants[0].error->code() == Errc::conversion_failed);
  CHECK(variants[0].error->where().variant == "long");
  CHECK(variants[1].file.has_value());
}

TEST_CASE("a narrow picture that would be huge before it is cut fails without being made") {
  const std::string bytes = png(plain(4, 2'000, red));
  const std::vector<Preset> presets{
      {.name = "huge", .width = 1'200, .height = 630, .enlarge = Enlarge::allowed},
      {.name = "kept", .width = 1'200, .height = 630}};
  const auto variants = converter().convert(job_of(bytes, presets)).variants;
  REQUIRE(variants[0].error.has_value());
  CHECK(variants[0].error->code() == Errc::conversion_failed);
  CHECK(variants[1].file.has_value());
}

TEST_CASE("the words of libvips are the cause of an error, not its message") {
  std::string bytes = photograph("hubble_deep_field.jpg");
  bytes.resize(bytes.size() / 2);
  try {
    converter().convert({.bytes = as_bytes(bytes), .mime_type = "image/jpeg"});
    FAIL("converting did not throw");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_content);
    CHECK(error.message() == "The picture cannot be read");
    CHECK_FALSE(error.cause().empty());
  }
}

TEST_CASE("limits hold exactly, and before a pixel is decoded") {
  const std::string bytes = png(plain(60, 40, red));
  const auto outcome = [&](const VipsConverterOptions& options) {
    try {
      make_vips_converter(options)->inspect(as_bytes(bytes), "image/png");
      return std::string("accepted");
    } catch (const Error& error) {
      return std::string(name(error.code()));
    }
  };
  const std::string too_large(name(Errc::too_large));
  CHECK(outcome({.max_pixels = 2400}) == "accepted");
  CHECK(outcome({.max_pixels = 2399}) == too_large);
  CHECK(outcome({.max_dimension = 60}) == "accepted");
  CHECK(outcome({.max_dimension = 59}) == too_large);
}

TEST_CASE("every frame of an animation counts") {
  const std::string bytes = animated_gif({{plain(10, 10, red), plain(10, 10, green)}});
  const auto code = [&](const VipsConverterOptions& options) {
    try {
      make_vips_converter(options)->inspect(as_bytes(bytes), "image/gif");
    } catch (const Error& error) {
      return error.code();
    }
    return Errc::invalid_state;
  };
  CHECK(code({.max_pixels = 200}) == Errc::invalid_state);
  CHECK(code({.max_pixels = 199}) == Errc::too_large);
  CHECK(code({.max_frames = 2}) == Errc::invalid_state);
  CHECK(code({.max_frames = 1}) == Errc::too_large);
}

TEST_CASE("eight threads at once make the same bytes as one") {
  const std::string bytes = photograph("chelsea.png");
  const auto expected = bytes_of(converter().convert(job_of(bytes, usual_presets)).variants);
  std::vector<std::vector<std::string>> found(8);
  std::vector<std::thread> threads;
  for (auto& result : found) {
    threads.emplace_back(
        [&] { result = bytes_of(converter().convert(job_of(bytes, usual_presets)).variants); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : found) CHECK(result == expected);
}

TEST_CASE("threads that fail and threads that succeed do not disturb each other") {
  const std::string bytes = photograph("chelsea.png");
  const std::string cut = bytes.substr(0, bytes.size() / 2);
  std::vector<int> outcomes(8);
  std::vector<std::thread> threads;
  for (std::size_t index = 0; index < outcomes.size(); ++index) {
    threads.emplace_back([&, index] {
      try {
        converter().convert(job_of(index % 2 == 0 ? bytes : cut, usual_presets));
        outcomes[index] = 1;
      } catch (const Error& error) {
        outcomes[index] = error.code() == Errc::invalid_content ? 2 : 3;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(outcomes == std::vector<int>{1, 2, 1, 2, 1, 2, 1, 2});
}

#include "conversion/isolation/job_json.hpp"

#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using detail::parse_job;
using detail::print_job;

namespace {

/// No member has its default.
Preset unusual() {
  return {.name = "all",
          .width = 3,
          .height = 4,
          .widths = {1, 2},
          .fit = Fit::outside,
          .format = ImageFormat::tiff,
          .quality = 5,
          .effort = 6,
          .position = Position::left,
          .focal_point = FocalPoint{0.25, 0.75},
          .background = Color{1, 2, 3, 4},
          .enlarge = Enlarge::allowed,
          .rotate = 90,
          .flip = Flip::both,
          .blur = 1.5,
          .sharpen = 2.5,
          .tone = Tone::grayscale,
          .frames = Frames::all,
          .compression = Compression::lossless,
          .watermark = Watermark{.bytes = std::string("\0\xff\n", 3),
                                 .position = Position::top,
                                 .opacity = 0.5,
                                 .width = 0.125},
          .profile = Profile::fast};
}

}  // namespace

TEST_CASE("a job says the same when it has been written and read") {
  const std::vector<Preset> presets{unusual(), {.name = "usual"}};
  const VipsConverterOptions limits{.max_bytes = 1,
                                    .max_pixels = 2,
                                    .max_dimension = 3,
                                    .max_frames = 4,
                                    .max_seconds = 5.5,
                                    .max_memory = 6};
  const PreviewOptions previews{.blurhash = BlurhashDetail{5, 6}, .color = ColorPreview::mean};
  const nlohmann::json document =
      print_job({.mime_type = "image/png", .presets = presets, .previews = previews}, limits);
  const auto job = parse_job(nlohmann::json::parse(document.dump()));
  CHECK(job.mime_type == "image/png");
  CHECK(job.presets == presets);
  CHECK(job.previews == previews);
  CHECK(job.limits.max_bytes == 1);
  CHECK(job.limits.max_pixels == 2);
  CHECK(job.limits.max_dimension == 3);
  CHECK(job.limits.max_frames == 4);
  CHECK(job.limits.max_seconds == 5.5);
  CHECK(job.limits.max_memory == 6);
  CHECK(job.limits.isolation == Isolation::never);
}

TEST_CASE("a job of another version is refused") {
  nlohmann::json document = print_job({}, {});
  document["version"] = 0;
  CHECK(code_of([&] { parse_job(document); }) == Errc::unsupported);
}

#include "catch.hpp"
#include "picture_bytes.hpp"

using affix::Errc;
using affix::VipsConverterOptions;
using affix::detail::PictureFacts;
using namespace pictures;

namespace {

std::optional<Errc> refusal(const PictureFacts& facts, const VipsConverterOptions& limits) {
  return affix::tests::code_of([&] { check_limits(facts, limits); });
}

PictureFacts facts_of(int width, int height, std::int64_t frames = 1) {
  return {.stored = {1, 1}, .largest = {width, height}, .frames = frames};
}

}  // namespace

TEST_CASE("each limit of a picture is what it may just have") {
  const VipsConverterOptions limits{.max_pixels = 1'000, .max_dimension = 100, .max_frames = 10};
  CHECK_FALSE(refusal(facts_of(100, 10), limits));
  CHECK(refusal(facts_of(101, 1), limits) == Errc::too_large);
  CHECK(refusal(facts_of(1, 101), limits) == Errc::too_large);
  CHECK(refusal(facts_of(77, 13), limits) == Errc::too_large);
  CHECK_FALSE(refusal(facts_of(10, 10, 10), limits));
  CHECK(refusal(facts_of(11, 10, 10), limits) == Errc::too_large);
  CHECK(refusal(facts_of(1, 1, 11), limits) == Errc::too_large);
}

TEST_CASE("what has to be held as a whole may need a quarter of the memory") {
  const VipsConverterOptions limits{.max_memory = 4'000};
  PictureFacts facts = facts_of(10, 10);
  facts.held_bytes = 1'000;
  CHECK_FALSE(refusal(facts, limits));
  facts.held_bytes = 1'001;
  CHECK(refusal(facts, limits) == Errc::too_large);
}

TEST_CASE("a colour profile may have 1 MiB") {
  PictureFacts facts = facts_of(10, 10);
  facts.profile_bytes = 1024 * 1024;
  CHECK_FALSE(refusal(facts, {}));
  ++facts.profile_bytes;
  CHECK(refusal(facts, {}) == Errc::too_large);
}

TEST_CASE("numbers that no computer can multiply are over the limits") {
  const int most = std::numeric_limits<int>::max();
  const VipsConverterOptions limits{.max_dimension = most, .max_frames = most};
  CHECK(refusal(facts_of(most, most, most), limits) == Errc::too_large);
}

TEST_CASE("only the types that have a scan are scanned") {
  for (const char* type : {"image/svg+xml", "application/pdf", "image/jxl", "image/jpegx", "",
                           "IMAGE/PNG", "image/png;x"}) {
    CHECK(scan_refusal(jpeg_of(8, 8), type) == Errc::unsupported);
  }
}

#include "conversion/vips/webp_encode.hpp"

#include <chrono>

#include "catch.hpp"
#include "pictures.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using namespace pictures;
using detail::Deadline;
using detail::encode_webp;
using vips::VImage;

namespace {

Deadline later() { return Deadline(60); }

std::string by_libvips(const VImage& image, int quality, int effort) {
  VipsBlob* blob = image.webpsave_buffer(
      VImage::option()->set("Q", quality)->set("effort", effort)->set("strip", TRUE));
  std::size_t size = 0;
  const void* data = vips_blob_get(blob, &size);
  const std::string bytes(static_cast<const char*>(data), size);
  vips_area_unref(VIPS_AREA(blob));
  return bytes;
}

}  // namespace

TEST_CASE("a WebP picture has the pixels that libvips would have given it") {
  const VImage photo = pixels_of("chelsea.png");
  const VImage see_through = photo.bandjoin_const({128}).copy();
  for (const VImage& image : {photo, see_through, photo.colourspace(VIPS_INTERPRETATION_B_W)}) {
    const std::string bytes = encode_webp(image, {.quality = 71, .effort = 3}, later());
    const VImage ours = decoded(bytes, "image/webp");
    const VImage theirs = decoded(by_libvips(image, 71, 3), "image/webp");
    CHECK(ours.bands() == theirs.bands());
    CHECK(difference(ours, theirs) == 0);
    CHECK(bytes.find("EXIF") == std::string::npos);
  }
}

TEST_CASE("quality and effort of a WebP picture count") {
  const VImage photo = pixels_of("chelsea.png");
  const auto size = [&](int quality, int effort) {
    return encode_webp(photo, {.quality = quality, .effort = effort}, later()).size();
  };
  CHECK(size(30, 4) < size(80, 4));
  CHECK(size(80, 6) < size(80, 0));
}

TEST_CASE("a WebP picture that takes too long is given up") {
  const VImage large = pixels_of("chelsea.png").resize(8).copy_memory();
  const Deadline soon(0.05);
  const auto start = std::chrono::steady_clock::now();
  const auto error = error_of([&] { encode_webp(large, {.effort = 6}, soon); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conversion_failed);
  CHECK(error->message() == "The conversion takes too long");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("a side that WebP cannot have is an error") {
  const VImage wide = plain(16'384, 1, red);
  CHECK(code_of([&] { encode_webp(wide, {}, later()); }) == Errc::conversion_failed);
}

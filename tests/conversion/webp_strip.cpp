#include "conversion/vips/webp_strip.hpp"

#include <string>

#include "catch.hpp"
#include "pictures.hpp"

using affix::detail::without_exif;
using namespace pictures;

TEST_CASE("the EXIF chunk of a WebP is taken out and the picture stays") {
  for (const Pixel& color : {red, Pixel{255, 0, 0, 128}}) {
    vips::VImage picture = plain(40, 30, color).copy();
    picture.set("orientation", 6);
    const std::string bytes = webp(picture);
    REQUIRE(bytes.find("EXIF") != std::string::npos);
    const std::string bare = without_exif(bytes);
    CHECK(bare.find("EXIF") == std::string::npos);
    CHECK(bare.size() < bytes.size());
    const vips::VImage image = decoded(bare, "image/webp");
    CHECK(image.get_typeof(VIPS_META_EXIF_NAME) == 0);
    CHECK(is_close(pixel(image, 20, 15), color, 2));
  }
}

TEST_CASE("a WebP without an EXIF chunk stays as it is") {
  const std::string bare = without_exif(webp(plain(40, 30, red)));
  CHECK(without_exif(bare) == bare);
}

TEST_CASE("a WebP whose last chunk is shorter than it says is not read behind its end") {
  const std::string whole = webp(plain(40, 30, red));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK(without_exif(whole.substr(0, length)).size() <= length);
  }
}

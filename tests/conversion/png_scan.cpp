#include "conversion/scan/png_scan.hpp"

#include <string>

#include "affix/storage/reader.hpp"
#include "affix/value/error.hpp"
#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::Size;
using pictures::PngBuilder;

namespace {

Size scan(std::string_view bytes) { return affix::detail::scan_png(affix::as_bytes(bytes)).stored; }

/// What the scan throws; fails if it does not.
Errc refusal(std::string_view bytes) {
  try {
    scan(bytes);
  } catch (const affix::Error& error) {
    return error.code();
  }
  FAIL("the scan did not throw");
  return {};
}

PngBuilder small() {
  PngBuilder png;
  png.header(2, 3);
  return png;
}

std::string finished(PngBuilder png) {
  return png.chunk("IDAT", pictures::png_pixels(2, 3)).chunk("IEND", "").bytes();
}

}  // namespace

TEST_CASE("the scan finds the size of real PNG pictures") {
  CHECK(scan(pictures::photograph("astronaut.png")) == Size{512, 512});
  CHECK(scan(pictures::photograph("chelsea.png")) == Size{451, 300});
  CHECK(scan(pictures::photograph("coffee.png")) == Size{600, 400});
  CHECK(scan(finished(small())) == Size{2, 3});
}

TEST_CASE("depth, transparency, passes and frames of a PNG are found") {
  const auto facts_of = [](const std::string& bytes) { return pictures::scan(bytes, "image/png"); };
  const auto photograph = facts_of(pictures::photograph("chelsea.png"));
  CHECK(photograph.bits == 8);
  CHECK(photograph.frames == 1);
  CHECK_FALSE(photograph.has_alpha);
  CHECK_FALSE(photograph.is_progressive);
  CHECK(facts_of(finished(PngBuilder().header(2, 3, 16, 6))).bits == 16);
  CHECK(facts_of(finished(PngBuilder().header(2, 3, 16, 6))).has_alpha);
  CHECK(facts_of(finished(small().chunk("tRNS", "abcdef"))).has_alpha);
  CHECK(facts_of(finished(small().chunk("iCCP", "profile"))).profile_bytes == 7);
  CHECK(facts_of(finished(small().chunk("fcTL", "x").chunk("fcTL", "x"))).frames == 2);
  const auto interlaced = facts_of(finished(PngBuilder().header(2, 3, 16, 6, 1)));
  CHECK(interlaced.is_progressive);
  CHECK(interlaced.held_bytes == 2 * 3 * 8);
}

TEST_CASE("a PNG with something behind its end is sound") {
  CHECK(scan(finished(small()) + "more") == Size{2, 3});
}

TEST_CASE("a PNG that ends anywhere before its end is broken") {
  const std::string whole = finished(small());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(whole.substr(0, length)) == Errc::invalid_content);
  }
}

TEST_CASE("a chunk that claims more than there is makes a PNG broken") {
  for (const char* type : {"zTXt", "IDAT", "iCCP", "abCd"}) {
    for (const std::uint32_t claimed : {100u, 0x7FFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFF4u}) {
      CAPTURE(type, claimed);
      CHECK(refusal(finished(small().lying_chunk(type, claimed, "x"))) == Errc::invalid_content);
    }
  }
}

TEST_CASE("a PNG without pixels or with another first chunk is broken") {
  CHECK(refusal(small().chunk("IEND", "").bytes()) == Errc::invalid_content);
  CHECK(refusal(PngBuilder().chunk("IDAT", "x").chunk("IEND", "").bytes()) ==
        Errc::invalid_content);
  CHECK(refusal("GIF89a") == Errc::invalid_content);
}

TEST_CASE("a header that the format does not allow makes a PNG broken") {
  const auto with_header = [](std::uint32_t width, std::uint32_t height, int depth, int type) {
    return finished(PngBuilder().header(width, height, depth, type));
  };
  CHECK(refusal(with_header(0, 3, 8, 2)) == Errc::invalid_content);
  CHECK(refusal(with_header(2, 0, 8, 2)) == Errc::invalid_content);
  CHECK(refusal(with_header(0x80000000, 3, 8, 2)) == Errc::invalid_content);
  CHECK(refusal(with_header(2, 0xFFFFFFFF, 8, 2)) == Errc::invalid_content);
  CHECK(refusal(with_header(2, 3, 4, 2)) == Errc::invalid_content);
  CHECK(refusal(with_header(2, 3, 16, 3)) == Errc::invalid_content);
  CHECK(refusal(with_header(2, 3, 0, 0)) == Errc::invalid_content);
  CHECK(refusal(with_header(2, 3, 8, 5)) == Errc::invalid_content);
  CHECK(scan(with_header(2, 3, 16, 6)) == Size{2, 3});
  CHECK(scan(with_header(2, 3, 1, 3)) == Size{2, 3});
}

TEST_CASE("64 chunks besides the pixels are enough") {
  PngBuilder png = small();
  for (int count = 0; count < 64; ++count) png.chunk("tEXt", std::string("key\0text", 8));
  CHECK(scan(finished(png)) == Size{2, 3});
  CHECK(refusal(finished(png.chunk("tEXt", "x"))) == Errc::too_large);
}

TEST_CASE("picture data may come in any number of chunks") {
  PngBuilder png = small();
  for (int count = 0; count < 200; ++count) png.chunk("fcTL", "x").chunk("IDAT", "x");
  CHECK(scan(finished(png)) == Size{2, 3});
}

TEST_CASE("compressed text and profiles may have 64 KiB together") {
  const std::string half(32 * 1024, 'x');
  PngBuilder png = small();
  png.chunk("zTXt", half).chunk("iCCP", half);
  CHECK(scan(finished(png)) == Size{2, 3});
  CHECK(refusal(finished(PngBuilder(png).chunk("zTXt", "x"))) == Errc::too_large);
  const std::string compressed("key\0\1\0\0\0text", 12);
  CHECK(refusal(finished(PngBuilder(png).chunk("iTXt", compressed))) == Errc::too_large);
  const std::string plain("key\0\0\0\0\0text", 12);
  CHECK(scan(finished(PngBuilder(png).chunk("iTXt", plain))) == Size{2, 3});
}

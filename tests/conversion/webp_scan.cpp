#include "conversion/scan/webp_scan.hpp"

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::PictureFacts;
using affix::detail::Size;
using namespace pictures;

namespace {

PictureFacts scan(std::string_view bytes) { return pictures::scan(bytes, "image/webp"); }
std::optional<Errc> refusal(std::string_view bytes) { return scan_refusal(bytes, "image/webp"); }

std::string animation(const std::string& frames) {
  return webp_file(webp_canvas(40, 30, 2) + webp_chunk("ANIM", std::string(6, '\0')) + frames);
}

}  // namespace

TEST_CASE("the scan finds what real WebP pictures are") {
  const PictureFacts facts = scan(webp(plain(30, 20, red)));
  CHECK(facts.stored == Size{30, 20});
  CHECK(facts.frames == 1);
  CHECK_FALSE(facts.has_alpha);
  CHECK(scan(webp(plain(30, 20, {255, 0, 0, 128}))).has_alpha);
  const PictureFacts moving =
      scan(animated_webp({.frames = {plain(9, 5, red), plain(9, 5, blue)}}));
  CHECK(moving.frames == 2);
  CHECK(moving.stored == Size{9, 5});
}

TEST_CASE("the headers of lossy and lossless pictures are read") {
  CHECK(scan(webp_file(webp_lossy(16'383, 7))).stored == Size{16'383, 7});
  CHECK(scan(webp_file(webp_lossless(16'384, 1))).stored == Size{16'384, 1});
  CHECK(scan(webp_file(webp_lossless(2, 16'384, 1))).has_alpha);
  CHECK(scan(webp_file(webp_lossless(10, 10))).held_bytes == 800);
  CHECK(scan(webp_file(webp_lossy(10, 10))).held_bytes == 400);
}

TEST_CASE("profile and orientation of an extended WebP are found") {
  const std::string pixels = webp_lossy(30, 20);
  const std::string profile = webp_chunk("ICCP", std::string(1'001, 'p'));
  CHECK(scan(webp_file(webp_canvas(30, 20) + profile + pixels)).profile_bytes == 1'001);
  for (const std::string& block : {exif(6), exif(6).substr(6)}) {
    CHECK(scan(webp_file(webp_canvas(30, 20) + pixels + webp_chunk("EXIF", block))).orientation ==
          6);
  }
}

TEST_CASE("the canvas of a WebP is the size of its picture, and larger frames are refused") {
  CHECK(scan(webp_file(webp_canvas(30, 20) + webp_lossy(30, 20))).stored == Size{30, 20});
  CHECK(refusal(webp_file(webp_canvas(30, 20) + webp_lossy(31, 20))) == Errc::invalid_content);
  CHECK(refusal(webp_file(webp_canvas(31, 20) + webp_lossy(30, 20))) == Errc::invalid_content);
  CHECK_FALSE(refusal(animation(webp_frame(30, 20, 10, 10, webp_lossy(10, 10)))));
  CHECK(refusal(animation(webp_frame(32, 20, 10, 10, webp_lossy(10, 10)))) ==
        Errc::invalid_content);
  CHECK(refusal(animation(webp_frame(30, 22, 10, 10, webp_lossy(10, 10)))) ==
        Errc::invalid_content);
}

TEST_CASE("a frame of a WebP has the size of its pixels, and has pixels") {
  CHECK(refusal(animation(webp_frame(0, 0, 10, 10, webp_lossless(11, 10)))) ==
        Errc::invalid_content);
  CHECK(refusal(animation(webp_frame(0, 0, 10, 10, ""))) == Errc::invalid_content);
  CHECK(refusal(animation(webp_frame(0, 0, 10, 10, webp_chunk("ALPH", "a")))) ==
        Errc::invalid_content);
  CHECK(refusal(animation("")) == Errc::invalid_content);
  const std::string frame = webp_frame(0, 0, 4, 4, webp_lossy(4, 4));
  CHECK(refusal(webp_file(webp_canvas(40, 30) + frame)) == Errc::invalid_content);
}

TEST_CASE("the largest canvas that a WebP can claim is understood") {
  const std::string frame = webp_frame(0, 0, 4, 4, webp_lossy(4, 4));
  const PictureFacts facts = scan(webp_file(webp_canvas(1 << 24, 1 << 24, 2) + frame));
  CHECK(facts.stored == Size{1 << 24, 1 << 24});
  CHECK(facts.held_bytes > (std::int64_t{1} << 48));
}

TEST_CASE("a WebP that ends anywhere before its end is broken") {
  const std::string whole = animation(webp_frame(0, 0, 10, 10, webp_lossy(10, 10)));
  REQUIRE_FALSE(refusal(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(whole.substr(0, length)) == Errc::invalid_content);
  }
  CHECK_FALSE(refusal(whole + "more"));
}

TEST_CASE("a WebP without a side or with another header is broken") {
  CHECK(refusal(webp_file(webp_lossy(0, 10))) == Errc::invalid_content);
  CHECK(refusal(webp_file(webp_lossy(10, 0))) == Errc::invalid_content);
  std::string other_frame = webp_file(webp_lossy(10, 10));
  other_frame[20] = '\1';
  CHECK(refusal(other_frame) == Errc::invalid_content);
  CHECK(refusal(webp_file(webp_chunk("VP8L", "\x2E" + std::string(9, '\0')))) ==
        Errc::invalid_content);
  CHECK(refusal(webp_file(webp_chunk("VP8L", "\x2F" + little(0xE0000000, 4)))) ==
        Errc::invalid_content);
  CHECK(refusal("RIFF" + little(12, 4) + "WAVEfmt " + little(0, 4)) == Errc::invalid_content);
}

TEST_CASE("64 chunks of a WebP besides its frames are enough") {
  std::string notes;
  for (int count = 0; count < 63; ++count) notes += webp_chunk("note", "x");
  const std::string start = webp_canvas(4, 4) + webp_lossy(4, 4);
  CHECK_FALSE(refusal(webp_file(start + notes)));
  CHECK(refusal(webp_file(start + notes + webp_chunk("note", ""))) == Errc::too_large);
  std::string frames;
  for (int count = 0; count < 200; ++count) frames += webp_frame(0, 0, 4, 4, webp_lossy(4, 4));
  CHECK(scan(animation(frames)).frames == 200);
}

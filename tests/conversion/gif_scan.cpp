#include "conversion/scan/gif_scan.hpp"

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::PictureFacts;
using affix::detail::Size;
using namespace pictures;

namespace {

PictureFacts scan(std::string_view bytes) { return pictures::scan(bytes, "image/gif"); }
std::optional<Errc> refusal(std::string_view bytes) { return scan_refusal(bytes, "image/gif"); }

}  // namespace

TEST_CASE("the scan finds what real GIF pictures are") {
  const PictureFacts facts = scan(gif(plain(30, 20, red)));
  CHECK(facts.stored == Size{30, 20});
  CHECK(facts.frames == 1);
  CHECK(scan(animated_gif({.frames = {plain(9, 5, red), plain(9, 5, blue), plain(9, 5, red)}}))
            .frames == 3);
  CHECK(scan(gif(plain(4, 4, {255, 0, 0, 0}))).has_alpha);
}

TEST_CASE("the scan and libvips agree about the size of a GIF") {
  converter();
  struct Case {
    Size screen{};
    Size place{};
    Size frame{};
  };
  const std::vector<Case> cases{{{100, 100}, {}, {10, 10}},  {{100, 100}, {200, 5}, {10, 10}},
                                {{640, 480}, {}, {10, 10}},  {{640, 481}, {}, {3, 3}},
                                {{3000, 100}, {}, {10, 10}}, {{2048, 2048}, {}, {1, 1}},
                                {{2049, 5}, {}, {1, 1}},     {{0, 0}, {}, {7, 3}},
                                {{0, 9}, {}, {7, 3}},        {{1600, 1200}, {}, {3, 3}},
                                {{5, 5}, {}, {9, 9}},        {{4, 4}, {2, 2}, {9, 1}}};
  for (const Case& one : cases) {
    CAPTURE(one.screen.width, one.screen.height);
    const std::string bytes =
        gif_screen(one.screen.width, one.screen.height) +
        gif_frame(one.place.width, one.place.height, one.frame.width, one.frame.height) + ";";
    VipsBlob* blob = vips_blob_copy(bytes.data(), bytes.size());
    const vips::VImage image = vips::VImage::gifload_buffer(blob);
    vips_area_unref(VIPS_AREA(blob));
    CHECK(scan(bytes).stored == Size{image.width(), image.height()});
  }
}

TEST_CASE("what a GIF claims for its screen counts against the limits even if it is not used") {
  const PictureFacts facts = scan(gif_screen(65'308, 65'386) + gif_frame(0, 0, 1, 1) + ";");
  CHECK(facts.stored == Size{1, 1});
  CHECK(facts.largest == Size{65'308, 65'386});
}

TEST_CASE("a frame beyond the screen makes a GIF larger") {
  const PictureFacts facts = scan(gif_screen(4, 4) + gif_frame(65'000, 60'000, 500, 600) + ";");
  CHECK(facts.largest == Size{65'500, 60'600});
}

TEST_CASE("a GIF may lack its end mark and have more behind it") {
  const std::string bytes = gif_screen(4, 4) + gif_frame(0, 0, 4, 4);
  CHECK(scan(bytes).frames == 1);
  CHECK(scan(bytes + ";" + gif_frame(0, 0, 4, 4)).frames == 1);
  CHECK(scan(bytes + "text").frames == 1);
}

TEST_CASE("a GIF that ends within a block is broken") {
  const std::string whole =
      gif_screen(4, 4) + "!\xF9\x04" + std::string("\1\0\0\0\0", 5) + gif_frame(0, 0, 4, 4);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(whole.substr(0, length)) == Errc::invalid_content);
  }
  CHECK(scan(whole).has_alpha);
}

TEST_CASE("a GIF whose frame has no side, or no frame, is broken") {
  CHECK(refusal(gif_screen(4, 4) + gif_frame(0, 0, 0, 4) + ";") == Errc::invalid_content);
  CHECK(refusal(gif_screen(4, 4) + gif_frame(0, 0, 4, 0) + ";") == Errc::invalid_content);
  CHECK(refusal(gif_screen(4, 4) + ";") == Errc::invalid_content);
  CHECK(refusal("GIF88a" + gif_screen(4, 4).substr(6) + gif_frame(0, 0, 4, 4)) ==
        Errc::invalid_content);
}

TEST_CASE("a GIF with a code of an impossible width is broken") {
  std::string bytes = gif_screen(4, 4) + gif_frame(0, 0, 4, 4);
  bytes[bytes.size() - 5] = '\x0C';
  CHECK(refusal(bytes) == Errc::invalid_content);
  bytes[bytes.size() - 5] = '\0';
  CHECK(refusal(bytes) == Errc::invalid_content);
}

TEST_CASE("all 100,000 frames of a GIF are counted") {
  std::string bytes = gif_screen(4, 4);
  const std::string frame = gif_frame(0, 0, 1, 1);
  for (int count = 0; count < 100'000; ++count) bytes += frame;
  CHECK(scan(bytes).frames == 100'000);
}

TEST_CASE("100,000 extensions of a GIF are enough") {
  std::string bytes = gif_screen(4, 4) + gif_frame(0, 0, 1, 1);
  const std::string extension("!\xFE\0", 3);
  for (int count = 0; count < 100'000; ++count) bytes += extension;
  CHECK_FALSE(refusal(bytes));
  CHECK(refusal(bytes + extension) == Errc::too_large);
}

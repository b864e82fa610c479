#include "conversion/scan/jpeg_scan.hpp"

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::PictureFacts;
using affix::detail::Size;
using namespace pictures;

namespace {

PictureFacts scan(std::string_view bytes) { return pictures::scan(bytes, "image/jpeg"); }
std::optional<Errc> refusal(std::string_view bytes) { return scan_refusal(bytes, "image/jpeg"); }

std::string profile_segments(std::size_t bytes) {
  constexpr std::size_t most = 65'000;
  std::string segments;
  for (; bytes > 0; bytes -= std::min(bytes, most)) {
    segments += jpeg_segment(
        0xE2, std::string("ICC_PROFILE\0\1\1", 14) + std::string(std::min(bytes, most), 'p'));
  }
  return segments;
}

std::string with_scans(int count) {
  std::string bytes = "\xFF\xD8" + jpeg_frame(0xC2, 64, 64);
  for (int scan = 0; scan < count; ++scan) bytes += jpeg_scan_of();
  return bytes + "\xFF\xD9";
}

}  // namespace

TEST_CASE("the scan finds what a real JPEG is") {
  const PictureFacts facts = scan(photograph("hubble_deep_field.jpg"));
  CHECK(facts.stored == Size{1000, 872});
  CHECK(facts.largest == facts.stored);
  CHECK(facts.frames == 1);
  CHECK(facts.orientation == 1);
  CHECK(facts.bits == 8);
  CHECK_FALSE(facts.has_alpha);
  CHECK_FALSE(facts.is_progressive);
  CHECK(facts.held_bytes == 0);
}

TEST_CASE("a progressive JPEG has to be held as a whole, with two bytes for each sample") {
  converter();
  VipsBlob* blob =
      plain(64, 32, red).jpegsave_buffer(vips::VImage::option()->set("interlace", TRUE));
  std::size_t size = 0;
  const auto* data = static_cast<const char*>(vips_blob_get(blob, &size));
  const PictureFacts facts = scan({data, size});
  vips_area_unref(VIPS_AREA(blob));
  CHECK(facts.is_progressive);
  CHECK(facts.stored == Size{64, 32});
  // Colours at half the size: 6 blocks for 16 by 16 pixels.
  CHECK(facts.held_bytes == 64 * 32 / 256 * 6 * 64 * 2);
}

TEST_CASE("a JPEG whose channels come one after the other has to be held as well") {
  const std::string bytes = "\xFF\xD8" + jpeg_frame(0xC0, 64, 64) + jpeg_scan_of(1);
  CHECK(scan(bytes).held_bytes == 64 * 64 * 3 * 2);
  CHECK_FALSE(scan(bytes).is_progressive);
}

TEST_CASE("every EXIF orientation of a JPEG is found, and what is none is upright") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const PictureFacts facts = scan(jpeg_of(30, 20, jpeg_segment(0xE1, exif(orientation))));
    CHECK(facts.orientation == orientation);
    CHECK(displayed_size(facts) == (orientation >= 5 ? Size{20, 30} : Size{30, 20}));
  }
  for (const int orientation : {0, 9, 255, 65'535}) {
    CHECK(scan(jpeg_of(30, 20, jpeg_segment(0xE1, exif(orientation)))).orientation == 1);
  }
}

TEST_CASE("broken EXIF does not make a JPEG broken") {
  const std::string whole = exif(6);
  for (std::size_t length = 0; length < whole.size() - 10; ++length) {
    CAPTURE(length);
    CHECK(scan(jpeg_of(30, 20, jpeg_segment(0xE1, whole.substr(0, length)))).orientation == 1);
  }
}

TEST_CASE("the bytes of a profile in many segments of a JPEG are counted together") {
  CHECK(scan(jpeg_of(8, 8, profile_segments(200'000))).profile_bytes == 200'000);
}

TEST_CASE("a JPEG may have fill bytes, junk between segments and more behind its end") {
  const std::string comment = jpeg_segment(0xFE, "a comment");
  CHECK(scan(jpeg_of(8, 9, "\xFF\xFF" + comment + "junk" + comment)).stored == Size{8, 9});
  CHECK(scan(jpeg_of(8, 9) + jpeg_of(70, 70)).stored == Size{8, 9});
}

TEST_CASE("a JPEG may lack its end, as far as a scan can tell") {
  const std::string whole = jpeg_of(8, 9);
  CHECK(scan(whole.substr(0, whole.size() - 4)).stored == Size{8, 9});
}

TEST_CASE("a JPEG that ends before its pixels is broken") {
  const std::string whole = jpeg_of(8, 9, jpeg_segment(0xE1, exif(6)));
  const std::size_t pixels = whole.find("pixels");
  for (std::size_t length = 0; length < pixels; ++length) {
    CAPTURE(length);
    CHECK(refusal(whole.substr(0, length)) == Errc::invalid_content);
  }
}

TEST_CASE("a segment that claims more than there is, or less than itself, makes a JPEG broken") {
  const std::string start = "\xFF\xD8";
  const std::string segment("\xFF\xE1\xFF\xFFtext", 8);
  CHECK(refusal(start + segment) == Errc::invalid_content);
  for (const int length : {0, 1}) {
    CHECK(refusal(jpeg_of(8, 8, "\xFF\xE1" + big(length, 2))) == Errc::invalid_content);
  }
}

TEST_CASE("a JPEG without a side, or without a header before its pixels, is broken") {
  CHECK(refusal(jpeg_of(0, 8)) == Errc::invalid_content);
  CHECK(refusal(jpeg_of(8, 0)) == Errc::invalid_content);
  CHECK(refusal("\xFF\xD8" + jpeg_scan_of()) == Errc::invalid_content);
  CHECK(refusal("\xFF\xD8" + jpeg_frame(0xC0, 8, 8) + "\xFF\xD9") == Errc::invalid_content);
  CHECK(refusal(jpeg_of(8, 8, jpeg_frame(0xC0, 8, 8))) == Errc::invalid_content);
  CHECK(refusal(jpeg_of(8, 8, "\xFF\xD8")) == Errc::invalid_content);
}

TEST_CASE("a JPEG of a kind that nobody decodes is broken") {
  for (const int marker : {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF}) {
    CAPTURE(marker);
    CHECK(refusal(jpeg_of(8, 8, {}, marker)) == Errc::invalid_content);
  }
  for (const int marker : {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}) {
    CHECK_FALSE(refusal(jpeg_of(8, 8, {}, marker)));
  }
}

TEST_CASE("a JPEG with odd numbers of channels or samples is broken") {
  const auto with = [](int channels, int sampling) {
    return "\xFF\xD8" + jpeg_frame(0xC0, 8, 8, channels, sampling) + jpeg_scan_of(1);
  };
  CHECK_FALSE(refusal(with(4, 0x22)));
  CHECK(refusal(with(0, 0x11)) == Errc::invalid_content);
  CHECK(refusal(with(5, 0x11)) == Errc::invalid_content);
  CHECK(refusal(with(3, 0x01)) == Errc::invalid_content);
  CHECK(refusal(with(3, 0x10)) == Errc::invalid_content);
  CHECK(refusal(with(3, 0x51)) == Errc::invalid_content);
}

TEST_CASE("100 scans of a JPEG are enough") {
  CHECK_FALSE(refusal(with_scans(100)));
  CHECK(refusal(with_scans(101)) == Errc::too_large);
}

TEST_CASE("2,000 segments of a JPEG are enough") {
  std::string comments;
  for (int count = 0; count < 1'998; ++count) comments += jpeg_segment(0xFE, "c");
  CHECK_FALSE(refusal(jpeg_of(8, 8, comments)));
  CHECK(refusal(jpeg_of(8, 8, comments + jpeg_segment(0xFE, "c"))) == Errc::too_large);
}

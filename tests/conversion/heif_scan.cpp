#include "conversion/scan/heif_scan.hpp"

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::PictureFacts;
using affix::detail::Size;
using namespace pictures;

namespace {

PictureFacts scan(std::string_view bytes) { return pictures::scan(bytes, "image/heic"); }
std::optional<Errc> refusal(std::string_view bytes) { return scan_refusal(bytes, "image/heic"); }

std::string turn(int quarters) { return box("irot", big(quarters, 1)); }

}  // namespace

TEST_CASE("the scan finds what a real AVIF is") {
  const affix::MadeFile file =
      made(png(plain(60, 40, {255, 0, 0, 128})), "image/png", {.format = affix::ImageFormat::avif});
  const PictureFacts facts = pictures::scan(file.bytes, "image/avif");
  CHECK(facts.stored == Size{60, 40});
  CHECK(facts.frames == 1);
  CHECK(facts.bits == 8);
  CHECK(facts.has_alpha);
}

TEST_CASE("the size of the primary picture is found among others, and the largest of all") {
  const std::string sizes = heif_size(40, 30) + heif_size(512, 9) + heif_size(8, 600);
  CHECK(scan(heif_file(sizes, 1)).stored == Size{40, 30});
  CHECK(scan(heif_file(sizes, 1)).largest == Size{512, 600});
  CHECK(scan(heif_file(sizes, 0)).stored == Size{512, 600});
}

TEST_CASE("how a HEIF is turned is found") {
  const std::vector<int> orientations{1, 8, 3, 6};
  for (int quarters = 0; quarters < 4; ++quarters) {
    CHECK(scan(heif_file(heif_size(40, 30) + turn(quarters), 2)).orientation ==
          orientations[quarters]);
  }
  CHECK(displayed_size(scan(heif_file(heif_size(40, 30) + turn(1), 2))) == Size{30, 40});
  CHECK(scan(heif_file(heif_size(40, 30) + turn(1), 1)).orientation == 1);
}

TEST_CASE("bits, profile and transparency of a HEIF are found") {
  const PictureFacts facts =
      scan(heif_file(heif_size(4, 4) + full_box("pixi", big(3, 1) + "\x0A\x0A\x0A") +
                         box("colr", "prof" + std::string(500, 'p')) +
                         full_box("auxC", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"),
                     1));
  CHECK(facts.bits == 10);
  CHECK(facts.profile_bytes == 500);
  CHECK(facts.has_alpha);
}

TEST_CASE("boxes with long sizes and to the end of the file are read") {
  const std::string whole = heif_file(heif_size(4, 5), 1);
  CHECK(scan(whole + big(1, 4) + "free" + big(20, 8) + "more").stored == Size{4, 5});
  CHECK(scan(whole + big(0, 4) + "free" + "more").stored == Size{4, 5});
}

TEST_CASE("a HEIF that ends anywhere before its end is broken") {
  const std::string whole = heif_file(heif_size(4, 5) + turn(1), 2);
  const std::size_t data = whole.find("mdat") - 4;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    if (length == data) continue;  // All that the scan looks for is there.
    CAPTURE(length);
    CHECK(refusal(whole.substr(0, length)) == Errc::invalid_content);
  }
}

TEST_CASE("a box that claims more than there is makes a HEIF broken") {
  const std::string whole = heif_file(heif_size(4, 5), 1);
  for (const std::string& size :
       {big(7, 4) + "free", big(0x7FFFFFFF, 4) + "free", big(1, 4) + "free" + big(15, 8),
        big(1, 4) + "free" + big(~std::uint64_t{0}, 8)}) {
    CHECK(refusal(whole + size) == Errc::invalid_content);
  }
}

TEST_CASE("a HEIF without a side, a size or a known brand is broken") {
  CHECK(refusal(heif_file(heif_size(0, 5), 1)) == Errc::invalid_content);
  CHECK(refusal(heif_file(heif_size(5, 0), 1)) == Errc::invalid_content);
  CHECK(refusal(heif_file(heif_size(0x80000000, 5), 1)) == Errc::invalid_content);
  CHECK(refusal(heif_file(turn(1), 1)) == Errc::invalid_content);
  std::string other = heif_file(heif_size(4, 5), 1, "mp42");
  other.replace(other.find("mif1"), 4, "isom");
  CHECK(refusal(other) == Errc::invalid_content);
  CHECK(refusal(other.substr(24)) == Errc::invalid_content);
}

TEST_CASE("properties that are not there are passed over") {
  CHECK(scan(heif_file(heif_size(4, 5), 100)).stored == Size{4, 5});
}

TEST_CASE("4,000 boxes of a HEIF are enough") {
  std::string sizes;
  for (int count = 0; count < 3'993; ++count) sizes += heif_size(4, 5);
  CHECK_FALSE(refusal(heif_file(sizes, 1)));
  CHECK(refusal(heif_file(sizes + heif_size(4, 5), 1)) == Errc::too_large);
}

#include "conversion/scan/tiff_scan.hpp"

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::ByteOrder;
using affix::detail::PictureFacts;
using affix::detail::Size;
using namespace pictures;

namespace {

using Page = std::vector<TiffNumber>;

PictureFacts scan(std::string_view bytes) { return pictures::scan(bytes, "image/tiff"); }
std::optional<Errc> refusal(std::string_view bytes) { return scan_refusal(bytes, "image/tiff"); }

const TiffWriter writer(ByteOrder::little_endian, TiffWriter::Kind::classic);

Page page(std::uint64_t width, std::uint64_t height, Page more = {}) {
  more.push_back({.tag = 256, .type = 4, .value = width});
  more.push_back({.tag = 257, .type = 4, .value = height});
  return more;
}

}  // namespace

TEST_CASE("the scan finds what a real TIFF is") {
  converter();
  VipsBlob* blob = plain(30, 20, {255, 0, 0, 128}).tiffsave_buffer();
  std::size_t size = 0;
  const auto* data = static_cast<const char*>(vips_blob_get(blob, &size));
  const PictureFacts facts = scan({data, size});
  vips_area_unref(VIPS_AREA(blob));
  CHECK(facts.stored == Size{30, 20});
  CHECK(facts.frames == 1);
  CHECK(facts.bits == 8);
  CHECK(facts.channels == 4);
  CHECK(facts.has_alpha);
}

TEST_CASE("all four kinds of TIFF are read") {
  for (const ByteOrder order : {ByteOrder::little_endian, ByteOrder::big_endian}) {
    for (const auto kind : {TiffWriter::Kind::classic, TiffWriter::Kind::big}) {
      const PictureFacts facts = scan(TiffWriter(order, kind)
                                          .file({page(70'000, 20,
                                                      {{.tag = 258, .value = 16},
                                                       {.tag = 274, .value = 6},
                                                       {.tag = 277, .value = 12}}),
                                                 page(9, 90)}));
      CHECK(facts.stored == Size{70'000, 20});
      CHECK(facts.largest == Size{70'000, 90});
      CHECK(facts.frames == 2);
      CHECK(facts.bits == 16);
      CHECK(facts.channels == 12);
      CHECK(facts.orientation == 6);
    }
  }
}

TEST_CASE("a tile of a TIFF counts, however small the picture") {
  const Page tiled = page(
      5, 5,
      {{.tag = 322, .type = 4, .value = 1'000'000}, {.tag = 323, .type = 4, .value = 2'000'000}});
  CHECK(scan(writer.file({tiled})).largest == Size{1'000'000, 2'000'000});
}

TEST_CASE("the profile of a TIFF is counted") {
  CHECK(scan(writer.file({page(5, 5, {{.tag = 34675, .type = 7, .value = 8, .count = 4'000'000}})}))
            .profile_bytes == 4'000'000);
}

TEST_CASE("a TIFF that ends anywhere in its directories is broken") {
  const std::string whole = writer.file({page(4, 5), page(6, 7)});
  REQUIRE_FALSE(refusal(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(whole.substr(0, length)) == Errc::invalid_content);
  }
}

TEST_CASE("a TIFF without a side, channels or a directory is broken") {
  CHECK(refusal(writer.file({page(0, 5)})) == Errc::invalid_content);
  CHECK(refusal(writer.file({page(5, 0)})) == Errc::invalid_content);
  CHECK(refusal(writer.file({page(0x80000000, 5)})) == Errc::invalid_content);
  CHECK(refusal(writer.file({page(5, 5), page(5, 0)})) == Errc::invalid_content);
  CHECK(refusal(writer.file({page(5, 5, {{.tag = 277, .value = 0}})})) == Errc::invalid_content);
  CHECK(refusal(writer.file({page(5, 5, {{.tag = 258, .value = 65}})})) == Errc::invalid_content);
  CHECK(refusal(writer.file({page(5, 5, {{.tag = 323, .value = 0}})})) == Errc::invalid_content);
  CHECK(refusal("II*" + std::string(5, '\0')) == Errc::invalid_content);
  CHECK(refusal("II+" + std::string(13, '\0')) == Errc::invalid_content);
  CHECK(refusal("IM*" + std::string(13, '\0')) == Errc::invalid_content);
}

TEST_CASE("a number that a TIFF keeps elsewhere must be there") {
  const auto bits_at = [](std::uint64_t offset) {
    return writer.file({page(5, 5, {{.tag = 258, .type = 4, .value = offset, .count = 3}})});
  };
  CHECK(refusal(bits_at(0xFFFFFFF0)) == Errc::invalid_content);
  CHECK(scan(bits_at(14)).bits >= 1);
}

TEST_CASE("directories that lead in a circle make a TIFF broken") {
  for (std::size_t length = 1; length <= 9; ++length) {
    for (std::size_t back = 0; back < length; ++back) {
      CAPTURE(length, back);
      std::string bytes = writer.file(std::vector<Page>(length, page(4, 5)));
      const std::size_t directory = (bytes.size() - 8) / length;
      bytes.replace(bytes.size() - 4, 4, little(8 + back * directory, 4));
      CHECK(refusal(bytes) == Errc::invalid_content);
    }
  }
}

TEST_CASE("10,000 pages and 100,000 entries of a TIFF are enough") {
  CHECK(scan(writer.file(std::vector<Page>(10'000, page(4, 5)))).frames == 10'000);
  CHECK(refusal(writer.file(std::vector<Page>(10'001, page(4, 5)))) == Errc::too_large);
  const Page full = page(4, 5, Page(49'998, TiffNumber{.tag = 65'000}));
  CHECK_FALSE(refusal(writer.file({full, full})));
  CHECK(refusal(writer.file({full, full, page(4, 5)})) == Errc::too_large);
  CHECK(refusal(writer.file({page(4, 5, {{.tag = 277, .value = 65}})})) == Errc::too_large);
}

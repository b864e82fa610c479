#include <sys/resource.h>

#include <string>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;
using namespace std::string_literals;

namespace {

/// The most memory that this process has ever had, in MiB.
long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/// Refused by both functions with this code, and without much memory.
void check_refused(const std::string& bytes, std::string_view mime_type, Errc code) {
  converter();
  const long before = peak_memory();
  CHECK(inspection_refusal(bytes, mime_type) == code);
  CHECK(refusal(bytes, mime_type) == code);
  CHECK(peak_memory() - before < 32);
}

std::string finished(PngBuilder& png) {
  return png.chunk("IDAT", png_pixels(4, 4)).chunk("IEND", "").bytes();
}

}  // namespace

TEST_CASE("no bytes are no picture") {
  for (const char* type : {"image/jpeg", "image/png", "image/webp", "image/gif"}) {
    CHECK(refusal("", type) == Errc::invalid_content);
    CHECK(inspection_refusal("", type) == Errc::invalid_content);
  }
}

TEST_CASE("a text is no picture") {
  for (const char* type : {"image/jpeg", "image/png", "image/webp", "image/gif"}) {
    CAPTURE(type);
    CHECK(refusal("This is a text.", type) == Errc::invalid_content);
    CHECK(inspection_refusal(std::string(100'000, 'a'), type) == Errc::invalid_content);
  }
}

TEST_CASE("a picture of another type than claimed is not read") {
  const std::string bytes = png(plain(8, 8, red));
  for (const char* type : {"image/jpeg", "image/webp", "image/gif"}) {
    CHECK(refusal(bytes, type) == Errc::invalid_content);
  }
  CHECK(refusal(jpeg(plain(8, 8, red)), "image/png") == Errc::invalid_content);
}

TEST_CASE("a JPEG that is cut off anywhere is refused") {
  const std::string whole = photograph("hubble_deep_field.jpg");
  for (const double part : {0.001, 0.1, 0.5, 0.9, 0.999}) {
    CAPTURE(part);
    const auto length = static_cast<std::size_t>(part * static_cast<double>(whole.size()));
    CHECK(refusal(whole.substr(0, length), "image/jpeg") == Errc::invalid_content);
  }
  CHECK(refusal(whole.substr(0, 2), "image/jpeg") == Errc::invalid_content);
}

TEST_CASE("a JPEG that lacks its last rows is refused every time") {
  const std::string whole = jpeg(pixels_of("chelsea.png"));
  const std::string cut = whole.substr(0, whole.size() - whole.size() / 500);
  for (int count = 0; count < 300; ++count) {
    REQUIRE(refusal(cut, "image/jpeg") == Errc::invalid_content);
  }
}

TEST_CASE("a PNG, a WebP and a GIF that are cut off are refused") {
  const vips::VImage picture = pixels_of("chelsea.png");
  const auto half = [](const std::string& bytes) { return bytes.substr(0, bytes.size() / 2); };
  CHECK(refusal(half(png(picture)), "image/png") == Errc::invalid_content);
  CHECK(refusal(half(webp(picture)), "image/webp") == Errc::invalid_content);
  CHECK(refusal(half(gif(picture)), "image/gif") == Errc::invalid_content);
}

TEST_CASE("a PNG whose pixels are damaged is refused") {
  std::string bytes = photograph("coffee.png");
  for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 16; ++at) bytes[at] ^= 0x55;
  CHECK(refusal(bytes, "image/png") == Errc::invalid_content);
}

TEST_CASE("a PNG whose header claims more pixels than it has is refused") {
  PngBuilder png;
  CHECK(refusal(finished(png.header(1000, 1000)), "image/png") == Errc::invalid_content);
}

TEST_CASE("a PNG of 30,000 by 30,000 pixels is refused by its header") {
  PngBuilder png;
  check_refused(finished(png.header(30'000, 30'000, 8, 0)), "image/png", Errc::too_large);
}

TEST_CASE("a PNG of 10,000 by 10,000 pixels has short sides and too many pixels") {
  PngBuilder png;
  check_refused(finished(png.header(10'000, 10'000, 1, 0)), "image/png", Errc::too_large);
}

TEST_CASE("a PNG of 57 bytes that claims 2 GB of text is refused") {
  PngBuilder png;
  png.header(1, 1).lying_chunk("zTXt", 0x7FFFFFFF, "");
  REQUIRE(png.bytes().size() <= 57);
  check_refused(png.bytes(), "image/png", Errc::invalid_content);
}

TEST_CASE("a PNG with forty texts of 7 MB is refused") {
  const std::string text = "key\0\0"s + deflated(std::string(7'000'000, 'x'));
  PngBuilder png;
  png.header(4, 4);
  for (int count = 0; count < 40; ++count) png.chunk("zTXt", text);
  const std::string bytes = finished(png);
  REQUIRE(bytes.size() < 400'000);
  check_refused(bytes, "image/png", Errc::too_large);
}

TEST_CASE("a GIF with a frame of 65,535 by 65,535 pixels is refused") {
  const std::string screen = "GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff"s;
  const std::string pixels = "\x02\x02\x44\x01\0;"s;
  check_refused(screen + ",\0\0\0\0\xff\xff\xff\xff\0"s + pixels, "image/gif", Errc::too_large);
  check_refused(screen + ",\0\0\0\0\x01\0\x01\0\0"s + pixels, "image/gif", Errc::too_large);
}

TEST_CASE("a JPEG with sides of 65,500 pixels is refused by its header") {
  std::string bytes = jpeg(plain(16, 16, red));
  const std::size_t frame = bytes.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  bytes.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  check_refused(bytes, "image/jpeg", Errc::too_large);
}

TEST_CASE("a JPEG with some thousand scans is refused") {
  const std::string whole = [] {
    VipsBlob* blob =
        plain(64, 64, red).jpegsave_buffer(vips::VImage::option()->set("interlace", TRUE));
    std::size_t size = 0;
    const void* data = vips_blob_get(blob, &size);
    std::string text(static_cast<const char*>(data), size);
    vips_area_unref(VIPS_AREA(blob));
    return text;
  }();
  const std::size_t last_scan = whole.rfind("\xff\xda");
  const std::string scan = whole.substr(last_scan, whole.size() - 2 - last_scan);
  std::string bytes = whole.substr(0, last_scan);
  for (int count = 0; count < 5000; ++count) bytes += scan;
  check_refused(bytes + "\xff\xd9", "image/jpeg", Errc::too_large);
}

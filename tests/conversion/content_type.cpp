#include "affix/conversion/content_type.hpp"

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using affix::is_plausible;
using namespace std::string_view_literals;

namespace {

std::string type_of(std::string_view bytes) { return affix::detect_type(affix::as_bytes(bytes)); }

}  // namespace

TEST_CASE("the type of a photograph is found in its bytes") {
  CHECK(type_of(pictures::photograph("hubble_deep_field.jpg")) == "image/jpeg");
  CHECK(type_of(pictures::photograph("astronaut.png")) == "image/png");
  CHECK(type_of(pictures::photograph("chelsea.png")) == "image/png");
  CHECK(type_of(pictures::photograph("coffee.png")) == "image/png");
}

TEST_CASE("the first bytes are enough to find a type") {
  struct Row {
    std::string_view type;
    std::string_view bytes;
  };
  const std::vector<Row> rows{
      {"image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"sv},
      {"image/jpeg", "\xff\xd8\xff\xdb"sv},
      {"image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"sv},
      {"image/gif", "GIF87a\x01\0\x01\0\0\0\0"sv},
      {"image/gif", "GIF89a\x01\0\x01\0\0\0\0"sv},
      {"image/webp", "RIFF\x24\0\0\0WEBPVP8 "sv},
      {"image/webp", "RIFF\x24\0\0\0WEBPVP8L"sv},
      {"image/webp", "RIFF\x24\0\0\0WEBPVP8X"sv},
      {"image/avif",
       "\0\0\0\x1c"
       "ftypavif\0\0\0\0mif1avif"sv},
      {"image/heic",
       "\0\0\0\x18"
       "ftypheic\0\0\0\0mif1heic"sv},
      {"image/tiff", "II*\0\x08\0\0\0"sv},
      {"image/tiff", "MM\0*\0\0\0\x08"sv},
      {"image/jxl", "\xff\x0a\x00"sv},
      {"image/jp2",
       "\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14"
       "ftypjp2 "sv},
      {"image/x-portable-pixmap", "P6\n60000 60000 255\n"sv},
      {"image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"sv},
      {"image/svg+xml", "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"sv},
      {"application/pdf", "%PDF-1.4\n"sv},
      {"application/gzip", "\x1f\x8b\x08\0\0\0\0\0\0\x03"sv},
      {"video/mp4",
       "\0\0\0\x18"
       "ftypisom\0\0\2\0isomiso2"sv},
      {"video/quicktime",
       "\0\0\0\x14"
       "ftypqt  \0\0\0\0qt  "sv},
      {"video/x-msvideo", "RIFF\x24\0\0\0AVI LIST"sv},
      {"text/html", "<!doctype html><html><body>x</body></html>"sv},
      {"application/json", "{\"a\":[1,2]}"sv},
      {"text/plain", "hello world\n"sv},
      {"text/plain",
       "gr\xc3\xbc\xc3\x9f"
       "e\n"sv},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type, row.bytes);
    CHECK(type_of(row.bytes) == row.type);
  }
}

TEST_CASE("bytes that show nothing are an octet stream") {
  CHECK(affix::detect_type({}) == "application/octet-stream");
  CHECK(type_of("\x01"sv) == "application/octet-stream");
  CHECK(type_of(std::string(4096, '\0')) == "application/octet-stream");
  CHECK(type_of("\x01\x9f\x83\xee\x11\0\xfe"sv) == "application/octet-stream");
}

TEST_CASE("a type that has several names gets its usual one") {
  const std::string bitmap = std::string("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 18) +
                             std::string("\1\0\0\0\1\0\0\0\1\0\x18\0", 12) + std::string(40, '\0');
  CHECK(type_of(bitmap) == "image/bmp");
  CHECK(type_of("RIFF\x24\0\0\0WAVEfmt "sv) == "audio/wav");
  CHECK(type_of("FORM\0\0\0\0AIFF"sv) == "audio/aiff");
  CHECK(type_of("fLaC\0\0\0\x22"sv) == "audio/flac");
  CHECK(type_of("\0\0\0\x18"
                "ftypM4A \0\0\2\0isomiso2"sv) == "audio/mp4");
  CHECK(type_of("<?xml version=\"1.0\"?><a/>") == "application/xml");
  CHECK(type_of("{\\rtf1 x}") == "application/rtf");
}

TEST_CASE("a program's text is a plain text, whatever its language") {
  CHECK(type_of("#!/bin/sh\necho\n") == "text/plain");
  CHECK(type_of("<?php echo 1; ?>") == "text/plain");
  CHECK(type_of("#include <stdio.h>\nint main(void) { return 0; }\n") == "text/plain");
}

TEST_CASE("a polyglot is what its signature says") {
  CHECK(type_of("GIF89a/*\0\0\0\0<html><script>alert(1)</script>*/=1;"sv) == "image/gif");
  CHECK(type_of("\xff\xd8\xff\xfe\0\x22<?php system($_GET['c']); ?>    "sv) == "image/jpeg");
  CHECK(type_of(pictures::photograph("coffee.png") + "<script>alert(1)</script>") == "image/png");
  CHECK(type_of(pictures::photograph("coffee.png") + "PK\x03\x04") == "image/png");
  CHECK(type_of("%PDF-1.4\n<html><script>alert(1)</script>") == "application/pdf");
}

TEST_CASE("only the first 64 KiB are looked at") {
  const std::string noise(64 * 1024, '\x01');
  CHECK(type_of(noise + "<!doctype html><html></html>") == type_of(noise));
  const std::string text(64 * 1024, 'a');
  CHECK(type_of(text + std::string(1000, '\0')) == "text/plain");
}

TEST_CASE("types can be found on many threads at once") {
  const std::string bytes = pictures::photograph("chelsea.png");
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (std::string& type : found) threads.emplace_back([&] { type = type_of(bytes); });
  for (std::thread& thread : threads) thread.join();
  CHECK(found == std::vector<std::string>(4, "image/png"));
}

TEST_CASE("a claim about a picture holds for any picture and for nothing else") {
  CHECK(is_plausible("image/jpeg", "image/jpeg"));
  CHECK(is_plausible("image/jpeg", "image/png"));
  CHECK(is_plausible("IMAGE/JPEG; q=1", "image/png"));
  CHECK_FALSE(is_plausible("image/jpeg", "text/plain"));
  CHECK_FALSE(is_plausible("image/jpeg", "text/html"));
  CHECK_FALSE(is_plausible("image/jpeg", "application/octet-stream"));
  CHECK_FALSE(is_plausible("image/jpeg", "application/pdf"));
  CHECK_FALSE(is_plausible("image/jpeg", "video/mp4"));
}

TEST_CASE("a drawing that a browser may run does not pass for a photograph") {
  CHECK_FALSE(is_plausible("image/jpeg", "image/svg+xml"));
  CHECK(is_plausible("image/svg+xml", "image/svg+xml"));
  CHECK(is_plausible("image/svg+xml", "application/xml"));
  CHECK(is_plausible("image/svg+xml", "text/xml"));
  CHECK(is_plausible("image/svg+xml", "image/png"));
  CHECK_FALSE(is_plausible("image/svg+xml", "text/html"));
}

TEST_CASE("claims about sound and film hold for either of them") {
  CHECK(is_plausible("audio/mpeg", "audio/mpeg"));
  CHECK(is_plausible("audio/mp4", "video/mp4"));
  CHECK(is_plausible("video/ogg", "application/ogg"));
  CHECK_FALSE(is_plausible("audio/mpeg", "text/plain"));
  CHECK_FALSE(is_plausible("video/mp4", "image/jpeg"));
}

TEST_CASE("a claimed PDF must be one") {
  CHECK(is_plausible("application/pdf", "application/pdf"));
  CHECK_FALSE(is_plausible("application/pdf", "text/html"));
  CHECK_FALSE(is_plausible("application/pdf", "image/png"));
}

TEST_CASE("every other claim holds") {
  CHECK(is_plausible("", "image/png"));
  CHECK(is_plausible("", "application/octet-stream"));
  CHECK(is_plausible("no type", "text/html"));
  CHECK(is_plausible("text/csv", "text/plain"));
  CHECK(is_plausible("text/plain", "image/png"));
  CHECK(is_plausible("application/octet-stream", "application/pdf"));
}

#include <string>
#include <vector>

#include "affix/conversion/content_type.hpp"
#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

// Files that pretend to be another kind of file, or are two kinds at once.

using namespace affix;
using namespace pictures;
using namespace std::string_literals;

namespace {

struct Disguise {
  std::string kind;
  std::string bytes;
};

/// Formats that libvips can write itself.
std::vector<Disguise> written() {
  const vips::VImage image = plain(16, 16, red);
  std::vector<Disguise> disguises;
  for (const char* suffix :
       {".ppm", ".pfm", ".pgm", ".pbm", ".csv", ".mat", ".hdr", ".jp2", ".j2k", ".tif", ".avif"}) {
    void* data = nullptr;
    std::size_t size = 0;
    image.write_to_buffer(suffix, &data, &size);
    disguises.push_back({suffix, std::string(static_cast<const char*>(data), size)});
    g_free(data);
  }
  return disguises;
}

/// Formats of which a header is enough: what finds the loader for a file looks no further.
std::vector<Disguise> begun() {
  const std::string rest(4'000, '\0');
  return {
      {"svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>"},
      {"svgz", "\x1F\x8B\x08" + rest},
      {"pdf", "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF"},
      {"postscript", "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage"},
      {"matlab 5", "MATLAB 5.0 MAT-file, Platform: GLNXA64" + rest},
      {"matlab 7.3", "MATLAB 7.3 MAT-file" + std::string(493, ' ') + "\x89HDF\r\n\x1A\n" + rest},
      {"fits", "SIMPLE  =                    T" + std::string(2880, ' ')},
      {"openexr", "\x76\x2F\x31\x01\x02\0\0\0"s + rest},
      {"analyze", "\0\0\x01\x5C"s + rest},
      {"openslide", "II*\0\x08\0\0\0"s + rest},
      {"mirax", "[GENERAL]\r\nSLIDE_VERSION = 1"},
      {"bmp", "BM" + rest},
      {"ico", "\0\0\1\0\1\0"s + rest},
      {"psd", "8BPS\0\1"s + rest},
      {"djvu", "AT&TFORM" + rest},
      {"mvg", "push graphic-context\nviewbox 0 0 9 9\nfill 'url(https://127.0.0.1/)'\n"},
      {"msl", "<?xml version=\"1.0\"?><image><read filename=\"/etc/passwd\"/></image>"},
      {"xpm", "/* XPM */ static char *x[] = {\"1 1 1 1\",\"a c red\",\"a\"};"},
      {"xbm", "#define x_width 8\n#define x_height 1\nstatic char x_bits[] = {0};"},
      {"dicom", std::string(128, '\0') + "DICM" + rest},
      {"sgi", "\x01\xDA\0\1"s + rest},
      {"pcx", "\x0A\5\1\x08" + rest},
      {"xcf", "gimp xcf file" + rest},
      {"fli", std::string(4, '\0') + "\x11\xAF" + rest},
      {"sun raster", "\x59\xA6\x6A\x95" + rest},
      {"dpx", "SDPX" + rest},
      {"miff", "id=ImageMagick  version=1.0\ncolumns=9 rows=9\n\f:\x1A" + rest},
      {"wmf", "\xD7\xCD\xC6\x9A" + rest},
      {"html", "<html><script>alert(1)</script></html>"},
      {"zip", "PK\3\4" + rest},
      {"elf",
       "\x7F"
       "ELF" +
           rest}};
}

const std::string program = "<?php system($_GET['c']); ?><script>alert(document.cookie)</script>";

/// Pictures that carry a program where the format has room for it.
std::vector<std::pair<const char*, std::string>> polyglots() {
  const vips::VImage image = pixels_of("chelsea.png").resize(0.1);
  const std::string comment = jpeg_segment(0xFE, program);
  const std::string photo = jpeg(image);
  const std::string moving = gif(image);
  const std::string length(1, static_cast<char>(program.size()));
  const std::string extension = "!\xFE" + length + program + std::string(1, '\0');
  const std::string drawing = png(image);
  const std::string text = PngBuilder().chunk("tEXt", "Comment\0"s + program).bytes().substr(8);
  const std::string pixels = webp(image).substr(webp(image).find("VP8L"));
  return {{"image/jpeg", photo.substr(0, 2) + comment + photo.substr(2)},
          {"image/jpeg", photo + program},
          {"image/jpeg", photo + "PK\3\4" + program},
          {"image/gif", moving.substr(0, moving.size() - 1) + extension + ";"},
          {"image/gif", moving + program},
          {"image/png", drawing.substr(0, 33) + text + drawing.substr(33)},
          {"image/png", drawing + program},
          {"image/webp", webp(image) + program},
          {"image/webp", webp_file(webp_canvas(image.width(), image.height()) + pixels +
                                   webp_chunk("XMP ", program))}};
}

}  // namespace

TEST_CASE("no other format is read under the name of a picture that is") {
  converter();
  std::vector<Disguise> disguises = written();
  for (Disguise& disguise : begun()) disguises.push_back(std::move(disguise));
  CHECK(disguises.size() >= 42);
  for (const Disguise& disguise : disguises) {
    for (const char* type : {"image/jpeg", "image/png", "image/webp", "image/gif"}) {
      CAPTURE(disguise.kind, type);
      CHECK(refusal(disguise.bytes, type) == Errc::invalid_content);
      CHECK(inspection_refusal(disguise.bytes, type) == Errc::invalid_content);
    }
  }
}

TEST_CASE("a picture that carries a program stays a picture, and its variants carry none") {
  for (const auto& [type, bytes] : polyglots()) {
    CAPTURE(type, bytes.size());
    REQUIRE(bytes.find(program) != std::string::npos);
    CHECK(detect_type(as_bytes(bytes)) == type);
    for (const ImageFormat format : {ImageFormat::keep, ImageFormat::jpeg, ImageFormat::png,
                                     ImageFormat::webp, ImageFormat::gif, ImageFormat::tiff}) {
      const std::string variant = made(bytes, type, {.width = 20, .format = format}).bytes;
      CHECK(variant.find("php") == std::string::npos);
      CHECK(variant.find("script") == std::string::npos);
    }
  }
}

TEST_CASE("a PDF that is a ZIP as well is a PDF, of which no variants are made") {
  const std::string bytes = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\nPK\3\4" + program;
  CHECK(detect_type(as_bytes(bytes)) == "application/pdf");
  CHECK_FALSE(converter().accepts("application/pdf"));
  CHECK(refusal(bytes, "application/pdf") == Errc::unsupported);
}

TEST_CASE("a picture with a page of HTML before it is no picture") {
  const std::string page = "<html><body>" + program + "</body></html>";
  for (const auto& [type, bytes] : polyglots()) {
    const std::string found = detect_type(as_bytes(page + bytes));
    CHECK(found != type);
    CHECK_FALSE(converter().accepts(found));
    CHECK(refusal(page + bytes, type) == Errc::invalid_content);
  }
}

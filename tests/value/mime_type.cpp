#include "affix/value/mime_type.hpp"

#include "catch.hpp"

using namespace affix;

TEST_CASE("a media type is reduced to its type in lower case") {
  CHECK(normalize_type("image/jpeg") == "image/jpeg");
  CHECK(normalize_type("Image/SVG+xml; charset=utf-8") == "image/svg+xml");
  CHECK(normalize_type(" text/plain ;charset=\"a/b\"") == "text/plain");
  CHECK(normalize_type("application/vnd.oasis.opendocument.text") ==
        "application/vnd.oasis.opendocument.text");
  CHECK(normalize_type("x!#$%&'*+-.^_`{|}~/y") == "x!#$%&'*+-.^_`{|}~/y");
}

TEST_CASE("what is no media type is the empty text") {
  for (const char* text : {"", "image", "image/", "/jpeg", "/", "image/jpeg/x", "image /jpeg",
                           "image/ jpeg", "im(age/jpeg", "image/jp\"eg", "image/jpég",
                           "image/jpeg charset=utf-8", "*", ";", "image/jpeg\n/x", "a\x7f/b"}) {
    INFO(text);
    CHECK(normalize_type(text).empty());
  }
}

TEST_CASE("a type has its usual extension") {
  CHECK(extension_for_type("image/jpeg") == "jpg");
  CHECK(extension_for_type("image/tiff") == "tiff");
  CHECK(extension_for_type("IMAGE/PNG; q=1") == "png");
  CHECK(extension_for_type("video/mp4") == "mp4");
  CHECK(extension_for_type("text/html") == "html");
  CHECK(extension_for_type("audio/ogg") == "ogg");
}

TEST_CASE("a type that is unknown has the extension bin") {
  CHECK(extension_for_type("image/of-a-cat") == "bin");
  CHECK(extension_for_type("no type") == "bin");
  CHECK(extension_for_type("") == "bin");
  CHECK(extension_for_type("application/octet-stream") == "bin");
}

TEST_CASE("an extension has a type, in any case and with or without a dot") {
  CHECK(type_for_extension("jpg") == "image/jpeg");
  CHECK(type_for_extension(".JPEG") == "image/jpeg");
  CHECK(type_for_extension("png") == "image/png");
  CHECK(type_for_extension("ico") == "image/vnd.microsoft.icon");
  CHECK(type_for_extension("htm") == "text/html");
  CHECK(type_for_extension("gz") == "application/gzip");
}

TEST_CASE("an extension that is unknown has no type") {
  for (const char* text : {"", ".", "..jpg", "exe?", "jpg ", "tar.gz"}) {
    INFO(text);
    CHECK(type_for_extension(text).empty());
  }
}

TEST_CASE("the usual extension of a common type stands for that type") {
  for (const char* type :
       {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic",
        "image/tiff", "image/svg+xml", "video/mp4", "video/webm", "audio/mpeg", "audio/flac",
        "application/pdf", "application/zip", "application/json", "text/plain", "text/csv",
        "text/javascript", "font/woff2"}) {
    INFO(type);
    CHECK(extension_for_type(type) != "bin");
    CHECK(type_for_extension(extension_for_type(type)) == type);
  }
}

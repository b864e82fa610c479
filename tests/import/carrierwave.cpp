#include "affix/import/carrierwave.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const CarrierWaveOptions options{
    .place = {.disk = "local", .folder = "public"},
    .store_dir = "uploads/user/avatar/7",
    .versions = {{.name = "thumb"}, {.name = "og", .extension = "png"}}};

}  // namespace

TEST_CASE("an identifier of CarrierWave becomes an attachment, its versions variants") {
  for (const char* text : {"photo.jpg", "\"photo.jpg\""}) {
    const Imported imported = import_carrierwave(text, options);
    REQUIRE(imported.attachment);
    const Attachment& one = *imported.attachment;
    CHECK(is_uuid_v7(one.id));
    CHECK(one.name == "photo.jpg");
    CHECK(one.path == "public/uploads/user/avatar/7/photo.jpg");
    CHECK(one.mime_type == "image/jpeg");
    CHECK(one.meta.at("imported").at("from") == "carrierwave");
    CHECK(one.variants.at("thumb").path == "public/uploads/user/avatar/7/thumb_photo.jpg");
    CHECK(one.variants.at("og").path == "public/uploads/user/avatar/7/og_photo.png");
    CHECK(warns(imported.warnings, Kind::unknown_size, "size"));
    CHECK(warns(imported.warnings, Kind::guessed_type, "variants.og.mimeType"));
    CHECK(parse_attachment(print(one)) == one);
  }
}

TEST_CASE("an array of identifiers of CarrierWave is a list") {
  const ImportedList imported = import_carrierwave_list(R"(["a.jpg",null,"","b c.png"])", options);
  REQUIRE(imported.list.size() == 2);
  CHECK(imported.list.items[0].path == "public/uploads/user/avatar/7/a.jpg");
  CHECK(imported.list.items[1].path == "public/uploads/user/avatar/7/b c.png");
  CHECK(warns(imported.warnings, Kind::unknown_size, "1.size"));
}

TEST_CASE("no file in a column of CarrierWave is none") {
  for (const char* text : {"", "null", "[]"}) {
    CHECK_FALSE(import_carrierwave(text, options).attachment);
    CHECK(import_carrierwave_list(text, options).list.empty());
  }
}

TEST_CASE("what is no identifier of CarrierWave is refused") {
  for (const char* text : {"..", "../x", "a\\b", "/x", "\"a\\u0000\"", "\"a"}) {
    CAPTURE(text);
    const auto code = code_of([&] { static_cast<void>(import_carrierwave(text, options)); });
    CHECK((code == Errc::invalid_key || code == Errc::invalid_document));
  }
  const auto error =
      error_of([] { static_cast<void>(import_carrierwave_list(R"(["a.jpg",7])", options)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_document);
  CHECK(error->where().member == "1");
}

#include "affix/import/adonis.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const AdonisOptions options{.place = {.disk = "local"}};

/// A column of version 2 with all that it may have.
constexpr std::string_view complete = R"({
  "name":"uuid.jpg","extname":"jpg","size":12345,
  "meta":{"date":"2024:01:02 03:04:05","host":"Canon","dimension":{"width":4000,"height":3000},
          "gps":{"latitude":1.1,"longitude":2.2,"altitude":3.3},
          "orientation":{"value":1,"description":"Horizontal"},
          "pages":3,"version":"1.7","duration":12.3,"videoCodec":"h264","audioCodec":"aac"},
  "mimeType":"image/jpeg","path":"uploads/uuid.jpg","originalName":"holiday.jpg",
  "variants":[{"key":"thumbnail","folder":"uploads/variants/uuid.jpg","name":"uuid2.webp",
               "extname":"webp","size":999,"meta":{},"mimeType":"image/webp",
               "path":"uploads/variants/uuid.jpg/uuid2.webp"}]})";

}  // namespace

TEST_CASE("a column of adonis-attachment 1 to 3 becomes an attachment with its variants") {
  const Imported imported = import_adonis(complete, options);
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.name == "holiday.jpg");
  CHECK(one.file_name == "holiday.jpg");
  CHECK(one.disk == "local");
  CHECK(one.path == "uploads/uuid.jpg");
  CHECK(one.size == 12345);
  CHECK(one.mime_type == "image/jpeg");
  CHECK(one.width == 4000);
  CHECK(one.height == 3000);
  CHECK_FALSE(one.created_at);
  const nlohmann::json& theirs = one.meta.at("imported");
  CHECK(theirs.at("from") == "adonis");
  CHECK(theirs.at("meta").at("gps").at("latitude") == 1.1);
  CHECK(theirs.at("meta").at("date") == "2024:01:02 03:04:05");
  REQUIRE(one.variants.size() == 1);
  const Variant& thumb = one.variants.at("thumbnail");
  CHECK(thumb.disk == "local");
  CHECK(thumb.path == "uploads/variants/uuid.jpg/uuid2.webp");
  CHECK(thumb.size == 999);
  CHECK(thumb.mime_type == "image/webp");
  CHECK(thumb.extra.empty());
  CHECK(imported.warnings.empty());
  CHECK(parse_attachment(print(one)) == one);
}

TEST_CASE("each import has an id of its own") {
  CHECK(import_adonis(complete, options).attachment->id !=
        import_adonis(complete, options).attachment->id);
}

TEST_CASE("a column of attachment-lite has the folder in its name, or in the options") {
  const Imported with_folder = import_adonis(
      R"({"name":"avatars/uuid.jpg","extname":"jpg","size":1,"mimeType":"image/jpeg"})", options);
  CHECK(with_folder.attachment->path == "avatars/uuid.jpg");
  CHECK(with_folder.attachment->name == "uuid.jpg");
  const Imported without =
      import_adonis(R"({"name":"uuid.jpg","extname":"jpg","size":1,"mimeType":"image/jpeg"})",
                    {.place = {.disk = "local", .folder = "public"}, .folder = "avatars"});
  CHECK(without.attachment->path == "public/avatars/uuid.jpg");
}

TEST_CASE("version 1.1.0 wrote mimetype in lower case") {
  const Imported imported = import_adonis(
      R"({"name":"a.bin","extname":"bin","size":1,"meta":null,"mimetype":"image/png",
          "path":"a.bin","originalName":"b.png","variants":null})",
      options);
  CHECK(imported.attachment->mime_type == "image/png");
  CHECK(imported.attachment->variants.empty());
  CHECK(imported.warnings.empty());
}

TEST_CASE("version 4 has a blurhash for each variant, version 5 a keyId that is left out") {
  const Imported imported = import_adonis(
      R"({"name":"a.jpg","size":1,"mimeType":"image/jpeg","path":"a.jpg","originalName":"b.jpg",
          "keyId":"secret","variants":[{"key":"thumb","name":"c.webp","size":2,
          "mimeType":"image/webp","path":"v/c.webp","blurhash":"LEHV6n","keyId":"secret",
          "meta":{"dimension":{"width":20,"height":10}}}]})",
      options);
  const Variant& thumb = imported.attachment->variants.at("thumb");
  CHECK(thumb.extra.at("imported").at("blurhash") == "LEHV6n");
  CHECK(thumb.width == 20);
  CHECK(thumb.height == 10);
  CHECK(print(*imported.attachment).find("secret") == std::string::npos);
}

TEST_CASE("a picture that is shown turned has its size turned") {
  const auto text = [](int orientation) {
    return R"({"name":"a.jpg","size":1,"mimeType":"image/jpeg","path":"a.jpg","meta":{
      "dimension":{"width":40,"height":30},"orientation":{"value":)" +
           std::to_string(orientation) + "}}}";
  };
  for (const int orientation : {1, 2, 3, 4}) {
    CHECK(import_adonis(text(orientation), options).attachment->width == 40);
  }
  for (const int orientation : {5, 6, 7, 8}) {
    CHECK(import_adonis(text(orientation), options).attachment->width == 30);
    CHECK(import_adonis(text(orientation), options).attachment->height == 40);
  }
  CHECK(import_adonis(text(9), options).attachment->width == 40);
}

TEST_CASE("a file that kept its original name may be that of other rows too") {
  const Imported imported = import_adonis(
      R"({"name":"logo.png","size":1,"mimeType":"image/png","path":"uploads/logo.png",
          "originalName":"logo.png"})",
      options);
  CHECK(imported.warnings == Warnings{{Kind::shared_file, "path"}});
}

TEST_CASE("what a document of adonis does not say is a warning") {
  const Imported imported = import_adonis(
      R"({"name":"a.png","path":"a.png","size":null,"mimeType":"","unknown":[1],"variants":[
          {"key":"thumb","name":"b.webp","folder":"v"},{"name":"c.webp","path":"c.webp"},
          {"key":"og"},{"key":"thumb","path":"d.webp"}]})",
      options);
  const Attachment& one = *imported.attachment;
  CHECK(one.mime_type == "image/png");
  CHECK(one.size == 0);
  CHECK(one.meta.at("imported").at("unknown") == nlohmann::json{1});
  REQUIRE(one.variants.size() == 1);
  CHECK(one.variants.at("thumb").path == "v/b.webp");
  CHECK(warns(imported.warnings, Kind::unknown_size, "size"));
  CHECK(warns(imported.warnings, Kind::guessed_type, "mimeType"));
  CHECK(warns(imported.warnings, Kind::unknown_size, "variants.thumb.size"));
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants"));
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants.og"));
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants.thumb"));
}

TEST_CASE("a column of several files of adonis is a list") {
  const std::string one(complete);
  const ImportedList imported = import_adonis_list(
      "[" + one + R"(,{"name":"b.png","path":"b.png","mimeType":"image/png"}])", options);
  REQUIRE(imported.list.size() == 2);
  CHECK(imported.list.items[0].name == "holiday.jpg");
  CHECK(imported.list.items[1].name == "b.png");
  CHECK(imported.warnings == Warnings{{Kind::unknown_size, "1.size"}});
}

TEST_CASE("no file in a column of adonis is none") {
  for (const char* text : {"", "null", " null ", "[]"}) {
    CHECK_FALSE(import_adonis(text, options).attachment);
    CHECK(import_adonis_list(text, options).list.empty());
  }
}

TEST_CASE("what is no document of adonis is an error that says where") {
  const auto error_in = [](std::string_view text) {
    return error_of([&] { static_cast<void>(import_adonis(text, options)); });
  };
  for (const char* text : {"{}", "7", "\"a\"", "[1]", R"({"name":7})",
                           R"({"name":"a","variants":7})", R"({"name":"a","variants":[7]})"}) {
    CAPTURE(text);
    REQUIRE(error_in(text));
    CHECK(error_in(text)->code() == Errc::invalid_document);
  }
  CHECK(error_in(R"({"name":7})")->where().member == "name");
  CHECK(error_in(R"({"name":"a","variants":[7]})")->where().member == "variants.0");
  const auto in_list =
      error_of([] { static_cast<void>(import_adonis_list(R"([{"name":"a"},{}])", options)); });
  REQUIRE(in_list);
  CHECK(in_list->where().member == "1.name");
}

#include "affix/import/shrine.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const ShrineOptions options{.storages = {{"store", {.disk = "local", .folder = "uploads/store"}},
                                         {"thumbs", {.disk = "other", .folder = "thumbs"}},
                                         {"cache", {.disk = "local", .folder = "uploads/cache"}}}};

Imported import(std::string_view text) { return import_shrine(text, options); }

}  // namespace

TEST_CASE("a column of Shrine becomes an attachment, its nested derivatives variants") {
  const Imported imported = import(R"({
    "id":"photo/ab12cd.jpg","storage":"store",
    "metadata":{"filename":"holiday.jpg","size":12345,"mime_type":"image/jpeg",
                "width":4000,"height":3000,"exif":{"make":"Canon"}},
    "derivatives":{
      "thumb":{"id":"t.webp","storage":"thumbs",
               "metadata":{"filename":"x.webp","size":1,"mime_type":"image/webp"}},
      "sizes":{"small":{"id":"s.jpg","storage":"store",
                        "metadata":{"size":2,"mime_type":"image/jpeg","width":20,"height":15}}},
      "list":[{"id":"l.jpg","storage":"store","metadata":{"size":3,"mime_type":"image/jpeg"}},
              {"deep":{"er":{"id":"d.jpg","storage":"store",
                             "metadata":{"size":4,"mime_type":"image/jpeg"}}}}]}})");
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.name == "holiday.jpg");
  CHECK(one.disk == "local");
  CHECK(one.path == "uploads/store/photo/ab12cd.jpg");
  CHECK(one.size == 12345);
  CHECK(one.mime_type == "image/jpeg");
  CHECK(one.width == 4000);
  CHECK(one.height == 3000);
  CHECK(one.meta.at("imported").at("from") == "shrine");
  CHECK(one.meta.at("imported").at("storage") == "store");
  CHECK(one.meta.at("imported").at("metadata") == nlohmann::json{{"exif", {{"make", "Canon"}}}});
  REQUIRE(one.variants.size() == 4);
  CHECK(one.variants.at("thumb").disk == "other");
  CHECK(one.variants.at("thumb").path == "thumbs/t.webp");
  CHECK(one.variants.at("thumb").extra.at("imported").at("filename") == "x.webp");
  CHECK(one.variants.at("sizes.small").width == 20);
  CHECK(one.variants.at("list.0").path == "uploads/store/l.jpg");
  CHECK(one.variants.at("list.1.deep.er").size == 4);
  CHECK(imported.warnings.empty());
  CHECK(parse_attachment(print(one)) == one);
}

TEST_CASE("versions of Shrine 2 are derivatives of the original one") {
  const Imported imported = import(R"({
    "original":{"id":"a.jpg","storage":"store",
                "metadata":{"filename":"a.jpg","size":9,"mime_type":"image/jpeg"}},
    "thumb":{"id":"b.jpg","storage":"store","metadata":{"size":3,"mime_type":"image/jpeg"}}})");
  CHECK(imported.attachment->path == "uploads/store/a.jpg");
  CHECK(imported.attachment->variants.at("thumb").path == "uploads/store/b.jpg");
  CHECK(code_of([] { import(R"({"thumb":{"id":"b.jpg","storage":"store"}})"); }) ==
        Errc::invalid_document);
}

TEST_CASE("a file in the cache of Shrine is a temporary one, and refused if that is not mapped") {
  constexpr std::string_view text =
      R"({"id":"a.jpg","storage":"cache","metadata":{"size":1,"mime_type":"image/jpeg"}})";
  const Imported imported = import(text);
  CHECK(imported.attachment->path == "uploads/cache/a.jpg");
  CHECK(imported.warnings == Warnings{{Kind::temporary_file, "path"}});
  const auto error = error_of([&] {
    static_cast<void>(import_shrine(text, {.storages = {{"store", {.disk = "local"}}}}));
  });
  REQUIRE(error);
  CHECK(error->code() == Errc::unknown_disk);
  CHECK(error->where().disk == "cache");
}

TEST_CASE("metadata of Shrine may be null, or anything") {
  const Imported nulls = import(
      R"({"id":"a/b.png","storage":"store","metadata":{"filename":null,"size":null,
          "mime_type":null},"derivatives":null})");
  CHECK(nulls.attachment->name == "b.png");
  CHECK(nulls.attachment->mime_type == "image/png");
  CHECK(warns(nulls.warnings, Kind::unknown_size, "size"));
  CHECK(warns(nulls.warnings, Kind::guessed_type, "mimeType"));
  const Imported odd = import(
      R"({"id":"a","storage":"store","metadata":{"filename":[1],"size":-5,"mime_type":7,
          "width":"4000","height":1.5}})");
  CHECK(odd.attachment->mime_type == "application/octet-stream");
  CHECK(odd.attachment->width == 0);
  CHECK(odd.attachment->meta.at("imported").at("metadata").at("width") == "4000");
  CHECK(odd.attachment->meta.at("imported").at("metadata").at("size") == -5);
  CHECK(import(R"({"id":"a","storage":"store"})").attachment);
  CHECK(import(R"({"id":"a","storage":"store","metadata":null})").attachment);
}

TEST_CASE("a derivative that cannot be used is dropped with a warning") {
  const Imported imported = import(
      R"({"id":"a.jpg","storage":"store","metadata":{"size":1,"mime_type":"image/jpeg"},
          "derivatives":{"far":{"id":"b.jpg","storage":"s3"},"odd":7,
                         "a":{"b":{"id":"c.jpg","storage":"store"}},
                         "a.b":{"id":"d.jpg","storage":"store"}}})");
  CHECK(imported.attachment->variants.size() == 1);
  CHECK(imported.attachment->variants.at("a.b").path == "uploads/store/c.jpg");
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants.far"));
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants.odd"));
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants.a.b"));
}

TEST_CASE("no file in a column of Shrine is none") {
  for (const char* text : {"", "null", "[]"}) CHECK_FALSE(import(text).attachment);
}

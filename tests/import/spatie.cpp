#include "affix/import/spatie.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const SpatieOptions options{
    .disks = {{"public", {.disk = "local", .folder = "storage/media"}}, {"s3", {.disk = "other"}}},
    .extensions = {{"og", "png"}}};

const SpatieRow photo{.id = "7",
                      .model_type = "App\\Models\\User",
                      .model_id = "42",
                      .uuid = "b9f5b1b0-5a0e-4b0e-8a43-0d1c0a9c2b11",
                      .collection_name = "avatars",
                      .name = "On the beach",
                      .file_name = "photo.one.jpeg",
                      .mime_type = "image/jpeg",
                      .disk = "public",
                      .size = 12345,
                      .manipulations = R"({"thumb":{"width":[100]}})",
                      .custom_properties = R"({"alt":"x","custom_headers":{}})",
                      .generated_conversions = R"({"thumb":true,"og":true,"later":false})",
                      .responsive_images =
                          R"({"media_library_original":{
             "urls":["photo.one___media_library_original_4000_3000.jpg"],
             "base64svg":"data:image/svg+xml;base64,AAAA"},
            "thumb":{"urls":["photo.one___thumb_100_75.jpg"]}})",
                      .order_column = 2,
                      .created_at = "2026-01-02 03:04:05",
                      .updated_at = "2026-01-02 03:04:06"};

}  // namespace

TEST_CASE("a row of spatie's table becomes an attachment with conversions and responsive images") {
  const Imported imported = import_spatie(photo, options);
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.name == "On the beach");
  CHECK(one.file_name == "photo.one.jpeg");
  CHECK(one.disk == "local");
  CHECK(one.path == "storage/media/7/photo.one.jpeg");
  CHECK(one.size == 12345);
  CHECK(one.created_at == parse_time("2026-01-02T03:04:05Z"));
  REQUIRE(one.variants.size() == 4);
  CHECK(one.variants.at("thumb").path == "storage/media/7/conversions/photo.one-thumb.jpg");
  CHECK(one.variants.at("og").path == "storage/media/7/conversions/photo.one-og.png");
  CHECK(one.variants.at("og").mime_type == "image/png");
  const Variant& wide = one.variants.at("media_library_original_4000_3000");
  CHECK(wide.path ==
        "storage/media/7/responsive-images/photo.one___media_library_original_4000_3000.jpg");
  CHECK(wide.width == 4000);
  CHECK(wide.height == 3000);
  CHECK(one.variants.at("thumb_100_75").width == 100);
  const nlohmann::json& theirs = one.meta.at("imported");
  CHECK(theirs.at("from") == "spatie");
  CHECK(theirs.at("id") == "7");
  CHECK(theirs.at("model_type") == "App\\Models\\User");
  CHECK(theirs.at("custom_properties").at("alt") == "x");
  CHECK(theirs.at("manipulations").at("thumb").at("width") == nlohmann::json{100});
  CHECK(theirs.at("order_column") == 2);
  CHECK(theirs.at("responsive_images").at("media_library_original").at("base64svg") ==
        "data:image/svg+xml;base64,AAAA");
  CHECK(parse_attachment(print(one)) == one);
}

TEST_CASE("PHP writes empty objects as empty arrays") {
  SpatieRow row = photo;
  for (const char* text : {"[]", "{}", "null", ""}) {
    row.manipulations = row.custom_properties = row.generated_conversions = row.responsive_images =
        text;
    const Attachment one = *import_spatie(row, options).attachment;
    CHECK(one.variants.empty());
    CHECK_FALSE(one.meta.at("imported").contains("custom_properties"));
  }
  row.custom_properties = "[1]";
  CHECK(code_of([&] { static_cast<void>(import_spatie(row, options)); }) == Errc::invalid_document);
}

TEST_CASE("conversions may be on another disk of spatie's") {
  SpatieRow row = photo;
  row.conversions_disk = "s3";
  const Attachment one = *import_spatie(row, options).attachment;
  CHECK(one.disk == "local");
  CHECK(one.variants.at("thumb").disk == "other");
  CHECK(one.variants.at("thumb").path == "7/conversions/photo.one-thumb.jpg");
  CHECK(one.variants.at("thumb_100_75").disk == "other");
  row.disk = "ftp";
  CHECK(code_of([&] { static_cast<void>(import_spatie(row, options)); }) == Errc::unknown_disk);
}

TEST_CASE("a responsive image with another name is dropped") {
  SpatieRow row = photo;
  row.responsive_images = R"({"thumb":{"urls":["odd.jpg",7]},"og":7,"x":{"urls":{}}})";
  const Imported imported = import_spatie(row, options);
  CHECK(imported.attachment->variants.size() == 2);
  CHECK(warns(imported.warnings, Kind::dropped_variant, "variants.odd.jpg"));
}

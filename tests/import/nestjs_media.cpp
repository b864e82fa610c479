#include "affix/import/nestjs_media.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr std::string_view id = "3f0c9a52-7b1e-4c55-9d1a-0e6f2b7a8c9d";

const NestjsMediaRow complete{
    .id = std::string(id),
    .owner_type = "Product",
    .owner_id = "42",
    .collection = "gallery",
    .name = "photo",
    .file_name = "photo.png",
    .mime_type = "image/png",
    .size = 123,
    .disk = "local",
    .path = "Product/42/gallery/3f0c9a52-7b1e-4c55-9d1a-0e6f2b7a8c9d/photo.png",
    .position = 3,
    .custom_properties = R"({"alt":"Ada"})",
    .conversions = R"({"thumb":{"path":"Product/42/gallery/x/conversions/thumb.webp",
                                "disk":"local"}})",
    .created_at = "2026-01-02T03:04:05.678Z",
    .updated_at = "2026-01-03T03:04:05.678Z"};

std::optional<TimePoint> created(const std::string& text) {
  NestjsMediaRow row = complete;
  row.created_at = text;
  return import_nestjs_media_row(row).record.attachment.created_at;
}

}  // namespace

TEST_CASE("a column of nestjs-media keeps its id, and gets the disks of affix") {
  const std::string path = "attachments/" + std::string(id) + "/photo.png";
  const std::string text =
      R"({"name":"photo","disk":"s3","path":")" + path +
      R"(","size":123,"mimeType":"image/png","variants":{"thumb":{"disk":"s3","path":")" + path +
      R"(.webp","size":45,"mimeType":"image/webp"}},"meta":{"alt":"Ada"}})";
  const Imported imported =
      import_nestjs_media(text, {.disks = {{"s3", {.disk = "local", .folder = "old"}}}});
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(one.id == id);
  CHECK(one.disk == "local");
  CHECK(one.path == "old/" + path);
  CHECK(one.variants.at("thumb").disk == "local");
  CHECK(one.variants.at("thumb").path == "old/" + path + ".webp");
  CHECK(one.meta == nlohmann::json{{"alt", "Ada"}});
  CHECK(imported.warnings.empty());
  CHECK(import_nestjs_media(text).attachment == parse_attachment(text));
}

TEST_CASE("the text null, and none, in a column of nestjs-media is no file") {
  for (const char* text : {"", "null"}) CHECK_FALSE(import_nestjs_media(text).attachment);
  CHECK(code_of([] { static_cast<void>(import_nestjs_media("{}")); }) == Errc::invalid_document);
}

TEST_CASE("a row of nestjs-media's table becomes a record") {
  const ImportedRecord imported = import_nestjs_media_row(complete);
  const MediaRecord& record = imported.record;
  CHECK(record.attachment.id == id);
  CHECK(record.attachment.name == "photo");
  CHECK(record.attachment.file_name == "photo.png");
  CHECK(record.attachment.path == complete.path);
  CHECK(record.attachment.size == 123);
  CHECK(record.place == MediaPlace{{"Product", "42"}, "gallery"});
  CHECK(record.position == 3);
  CHECK(record.custom_properties == nlohmann::json{{"alt", "Ada"}});
  CHECK(record.updated_at == parse_time("2026-01-03T03:04:05.678Z"));
  const Variant& thumb = record.attachment.variants.at("thumb");
  CHECK(thumb.path == "Product/42/gallery/x/conversions/thumb.webp");
  CHECK(thumb.mime_type == "image/webp");
  CHECK(warns(imported.warnings, Kind::unknown_size, "variants.thumb.size"));
  CHECK(parse_attachment(print(record.attachment)) == record.attachment);
}

TEST_CASE("times of nestjs-media are ISO texts, whole numbers, or the database's own") {
  const auto whole = parse_time("2026-01-02T03:04:05Z");
  const auto exact = parse_time("2026-01-02T03:04:05.678Z");
  CHECK(created("2026-01-02T03:04:05.678Z") == exact);
  CHECK(created("1767323045") == whole);
  CHECK(created("1767323045678") == exact);
  CHECK(created("2026-01-02 03:04:05") == whole);
  CHECK(created("2026-01-02 03:04:05.678901") == exact);
  CHECK(created("2026-01-02 05:04:05.678+02") == exact);
  CHECK(created("2026-01-02 05:04:05.678 +0200") == exact);
  CHECK(created("2026-01-02 00:34:05.678-02:30") == exact);
  for (const char* text : {"yesterday", "2026-13-01 00:00:00", "2026-01-02", "-5", "1e9",
                           "99999999999999999999", "2026-01-02 05:04:05+2"}) {
    CAPTURE(text);
    CHECK_FALSE(created(text));
  }
}

TEST_CASE("a time that is none is kept, with a warning") {
  NestjsMediaRow row = complete;
  row.created_at = "yesterday";
  const ImportedRecord imported = import_nestjs_media_row(row);
  CHECK(imported.record.attachment.meta.at("imported").at("created_at") == "yesterday");
  CHECK(warns(imported.warnings, Kind::unknown_time, "createdAt"));
}

TEST_CASE("columns of nestjs-media may be empty, and its id be none of ours") {
  NestjsMediaRow row = complete;
  row.id = "not an id";
  for (const auto& nothing : {std::optional<std::string>(), std::optional<std::string>("null"),
                              std::optional<std::string>("[]"), std::optional<std::string>("{}")}) {
    row.conversions = nothing;
    row.custom_properties = nothing;
    const MediaRecord record = import_nestjs_media_row(row).record;
    CHECK(record.attachment.variants.empty());
    CHECK(record.custom_properties == nlohmann::json::object());
    CHECK(is_uuid_v7(record.attachment.id));
    CHECK(record.attachment.meta.at("imported").at("id") == "not an id");
  }
  row.conversions = R"({"thumb":{}})";
  const auto error = error_of([&] { static_cast<void>(import_nestjs_media_row(row)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_document);
  CHECK(error->where().member == "conversions.thumb.path");
}

#include "affix/import/active_storage.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

using Layout = ActiveStorageService::Layout;

const ActiveStorageOptions options{
    .services = {{"local", {.place = {.disk = "local", .folder = "storage"}}},
                 {"amazon", {.place = {.disk = "bucket"}, .layout = Layout::object_store}}}};

const ActiveStorageBlob photo{
    .key = "xtapjjcjiudrlk3tmwyjgpuobabd",
    .filename = "hühner.jpg",
    .content_type = "image/jpeg",
    .metadata =
        R"({"identified":true,"analyzed":true,"width":4000,"height":3000,"custom":{"a":1}})",
    .service_name = "local",
    .byte_size = 12345,
    .checksum = "rL0Y20zC+Fzt72VPzMSk2A==",
    .created_at = "2026-01-02 03:04:05.678901"};

}  // namespace

TEST_CASE("a blob of Active Storage becomes an attachment, its variants' blobs variants") {
  const ActiveStorageVariant thumb{.name = "thumb",
                                   .blob = {.key = "abcdefgh",
                                            .filename = "thumb.webp",
                                            .content_type = "image/webp",
                                            .metadata = R"({"width":20,"height":15})",
                                            .service_name = "amazon",
                                            .byte_size = 99,
                                            .checksum = "x"}};
  const Imported imported = import_active_storage(photo, std::span(&thumb, 1), options);
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.name == "hühner.jpg");
  CHECK(one.disk == "local");
  CHECK(one.path == "storage/xt/ap/xtapjjcjiudrlk3tmwyjgpuobabd");
  CHECK(one.size == 12345);
  CHECK(one.width == 4000);
  CHECK(one.height == 3000);
  CHECK(one.created_at == parse_time("2026-01-02T03:04:05.678Z"));
  CHECK(one.checksum.empty());
  const nlohmann::json& theirs = one.meta.at("imported");
  CHECK(theirs.at("checksum") == "rL0Y20zC+Fzt72VPzMSk2A==");
  CHECK(theirs.at("key") == photo.key);
  CHECK(theirs.at("metadata").at("custom") == nlohmann::json{{"a", 1}});
  CHECK(one.variants.at("thumb").disk == "bucket");
  CHECK(one.variants.at("thumb").path == "abcdefgh");
  CHECK(one.variants.at("thumb").width == 20);
  CHECK(one.variants.at("thumb").extra.at("imported").at("checksum") == "x");
  CHECK(imported.warnings.empty());
  CHECK(parse_attachment(print(one)) == one);
}

TEST_CASE("a composed blob has no checksum, a video's facts are kept") {
  ActiveStorageBlob blob = photo;
  blob.checksum.reset();
  blob.metadata = R"({"composed":true,"duration":1.5,"angle":90,"display_aspect_ratio":[4,3],
                      "audio":true,"video":true})";
  const Imported imported = import_active_storage(blob, {}, options);
  const nlohmann::json& theirs = imported.attachment->meta.at("imported");
  CHECK_FALSE(theirs.contains("checksum"));
  CHECK(theirs.at("metadata").at("composed") == true);
  CHECK(theirs.at("metadata").at("angle") == 90);
  CHECK(imported.attachment->width == 0);
}

TEST_CASE("a blob of an old Rails has no service, and may have nothing else") {
  const Imported imported = import_active_storage({.key = "abcdef"}, {}, options);
  CHECK(imported.attachment->path == "storage/ab/cd/abcdef");
  CHECK(imported.attachment->name == "abcdef");
  CHECK(imported.attachment->mime_type == "application/octet-stream");
  CHECK(warns(imported.warnings, Kind::unknown_size, "size"));
  CHECK(warns(imported.warnings, Kind::guessed_type, "mimeType"));
}

TEST_CASE("a service that was not mapped is an error") {
  ActiveStorageBlob blob = photo;
  blob.service_name = "azure";
  const auto error = error_of([&] { static_cast<void>(import_active_storage(blob, {}, options)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::unknown_disk);
  CHECK(error->where().disk == "azure");
}

TEST_CASE("a variant that is in no table has a key of its own") {
  CHECK(active_storage_variant_key("abc", "") ==
        "variants/abc/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const ActiveStorageVariant thumb{.name = "thumb",
                                   .blob = {.key = active_storage_variant_key("abc", "")}};
  const Imported imported = import_active_storage(photo, std::span(&thumb, 1), options);
  CHECK(imported.attachment->variants.at("thumb").path.starts_with("storage/va/ri/variants/abc/"));
}

#include "affix/import/bknd.hpp"
#include "affix/import/ignis.hpp"
#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("a row of bknd's media becomes an attachment") {
  const BkndRow row{.id = "5",
                    .path = "aBcD.png",
                    .folder = 0,
                    .mime_type = "image/png",
                    .size = 77,
                    .etag = "\"abc\"",
                    .modified_at = "1767323045678",
                    .reference = "posts.cover",
                    .entity_id = "9",
                    .metadata = R"({"width":20,"height":10,"more":1})"};
  const BkndOptions options{.place = {.disk = "local", .folder = "bknd"}};
  const Imported imported = import_bknd(row, options);
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.path == "bknd/aBcD.png");
  CHECK(one.name == "aBcD.png");
  CHECK(one.size == 77);
  CHECK(one.width == 20);
  CHECK(one.height == 10);
  CHECK(one.created_at == parse_time("2026-01-02T03:04:05.678Z"));
  const nlohmann::json& theirs = one.meta.at("imported");
  CHECK(theirs.at("from") == "bknd");
  CHECK(theirs.at("reference") == "posts.cover");
  CHECK(theirs.at("entity_id") == "9");
  CHECK(theirs.at("metadata") == nlohmann::json{{"more", 1}});
  CHECK(imported.warnings.empty());
  CHECK(parse_attachment(print(one)) == one);

  const Imported bare = import_bknd({.id = "6", .path = "b.jpg"}, options);
  CHECK(bare.attachment->mime_type == "image/jpeg");
  CHECK(warns(bare.warnings, Kind::unknown_size, "size"));
  CHECK_FALSE(import_bknd({.id = "7", .path = "a", .folder = 1}, options).attachment);
}

TEST_CASE("a MetaLink of Ignis becomes an attachment") {
  const IgnisRow row{.id = "link",
                     .created_at = "2026-01-02 03:04:05.678+00",
                     .bucket_name = "photos",
                     .object_name = "2026/ada lovelace.jpg",
                     .link = "https://example.org/x",
                     .mimetype = "image/jpeg",
                     .size = 5,
                     .etag = "abc",
                     .metadata = "{\"a\":1}",
                     .storage_type = "minio",
                     .is_synced = 1,
                     .principal_type = "User",
                     .principal_id = "42"};
  const IgnisOptions options{.buckets = {{"photos", {.disk = "local", .folder = "minio"}}}};
  const Imported imported = import_ignis(row, options);
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.path == "minio/2026/ada lovelace.jpg");
  CHECK(one.name == "ada lovelace.jpg");
  CHECK(one.created_at == parse_time("2026-01-02T03:04:05.678Z"));
  const nlohmann::json& theirs = one.meta.at("imported");
  CHECK(theirs.at("from") == "ignis");
  CHECK(theirs.at("bucket_name") == "photos");
  CHECK(theirs.at("is_synced") == 1);
  CHECK(theirs.at("principal_id") == "42");
  CHECK(theirs.at("metadata") == nlohmann::json{{"a", 1}});
  CHECK(imported.warnings.empty());
  CHECK(parse_attachment(print(one)) == one);
  CHECK(code_of([] { static_cast<void>(import_ignis({.bucket_name = "x"}, {})); }) ==
        Errc::unknown_disk);
}

#include "affix/import/paperclip.hpp"

#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const PaperclipRow photo{.id = 1234,
                         .file_name = "my photo.jpg",
                         .content_type = "image/jpeg",
                         .file_size = 12345,
                         .updated_at = "2026-01-02 03:04:05",
                         .fingerprint = "d41d8cd98f00b204e9800998ecf8427e"};

const PaperclipOptions options{.place = {.disk = "local", .folder = "public"},
                               .class_name = "users",
                               .attachment = "avatars",
                               .styles = {{.name = "thumb"}, {.name = "og", .format = "png"}}};

std::string path(const std::string& pattern, PaperclipRow row = photo) {
  PaperclipOptions with_pattern = options;
  with_pattern.place.folder = "";
  with_pattern.path = pattern;
  return import_paperclip(row, with_pattern).attachment->path;
}

std::string partition(std::variant<std::int64_t, std::string> id) {
  PaperclipRow row = photo;
  row.id = std::move(id);
  return path(":id_partition/x", row);
}

}  // namespace

TEST_CASE("columns of Paperclip become an attachment, its styles variants") {
  const Imported imported = import_paperclip(photo, options);
  REQUIRE(imported.attachment);
  const Attachment& one = *imported.attachment;
  CHECK(is_uuid_v7(one.id));
  CHECK(one.name == "my photo.jpg");
  CHECK(one.path == "public/system/users/avatars/000/001/234/original/my photo.jpg");
  CHECK(one.size == 12345);
  CHECK(one.mime_type == "image/jpeg");
  CHECK(one.created_at == parse_time("2026-01-02T03:04:05Z"));
  CHECK(one.checksum.empty());
  CHECK(one.meta.at("imported").at("from") == "paperclip");
  CHECK(one.meta.at("imported").at("fingerprint") == *photo.fingerprint);
  CHECK(one.variants.at("thumb").path ==
        "public/system/users/avatars/000/001/234/thumb/my photo.jpg");
  CHECK(one.variants.at("og").path == "public/system/users/avatars/000/001/234/og/my photo.png");
  CHECK(one.variants.at("og").mime_type == "image/png");
  CHECK(warns(imported.warnings, Kind::unknown_size, "variants.thumb.size"));
  CHECK_FALSE(warns(imported.warnings, Kind::unknown_size, "size"));
  CHECK(parse_attachment(print(one)) == one);
}

TEST_CASE("templates of Paperclip know these words") {
  CHECK(path("/:class/:attachment/:id/:style/:basename.:extension") ==
        "users/avatars/1234/original/my photo.jpg");
  CHECK(path(":fingerprint-:updated_at.:extension") == *photo.fingerprint + "-1767323045.jpg");
  CHECK(path(":style_x/:filename") == "original_x/my photo.jpg");
  PaperclipRow plain = photo;
  plain.file_name = "README";
  CHECK(path("a/:filename", plain) == "a/README");
  for (const char* pattern : {":rails_root/x", "a/:hash", "a:", ":/"}) {
    CAPTURE(pattern);
    CHECK(code_of([&] { path(pattern); }) == Errc::invalid_argument);
  }
}

TEST_CASE("an id is parted into threes") {
  CHECK(partition(7) == "000/000/007/x");
  CHECK(partition(123456789) == "123/456/789/x");
  CHECK(partition(1234567890) == "001/234/567/890/x");
  CHECK(partition("abc") == "000/000/abc/x");
  CHECK(partition("0190b6f0-0000") == "019/0b6/f0-/x");
}

TEST_CASE("without a file name there is no file in columns of Paperclip") {
  PaperclipRow row = photo;
  for (const auto& name : {std::optional<std::string>(), std::optional<std::string>("")}) {
    row.file_name = name;
    CHECK_FALSE(import_paperclip(row, options).attachment);
  }
}

TEST_CASE("words and names of Paperclip do not lead out of their folder") {
  PaperclipRow row = photo;
  for (const char* name : {"..", "../../secret", "a\\b", "a/../../b", "/etc/passwd", "a\nb"}) {
    CAPTURE(name);
    row.file_name = name;
    CHECK(code_of([&] { static_cast<void>(import_paperclip(row, options)); }) == Errc::invalid_key);
  }
  row = photo;
  row.id = "../..";
  PaperclipOptions by_id = options;
  by_id.path = ":id/:filename";
  CHECK(code_of([&] { static_cast<void>(import_paperclip(row, by_id)); }) == Errc::invalid_key);
}

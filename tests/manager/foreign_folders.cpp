#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "support/disk_contents.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr const char* id = "0190b6f0-0000-7000-8000-000000000001";

/// A manager that may open files of others below two folders of two disks.
class Neighbours {
 public:
  Neighbours()
      : local(make_memory_disk({.base_url = "/files"})),
        other(make_memory_disk()),
        files({.disks = {{"local", local}, {"other", other}},
               .converter = make_vips_converter(),
               .presets = {{.name = "thumb", .width = 20, .height = 20}},
               .foreign_folders = {{.disk = "local", .folder = "old/Käse"},
                                   {.disk = "other", .folder = "thumbs"}}}) {}

  void put(Disk& disk, const std::string& path, std::string bytes) {
    disk.put(Key::parse_foreign(path), *make_memory_reader(std::move(bytes)));
  }

  /// With what they say of its type, which is not what it is.
  Attachment at(const std::string& path) const {
    return {.id = id,
            .name = "photo 1.png",
            .disk = "local",
            .path = path,
            .mime_type = "application/pdf"};
  }

  std::shared_ptr<Disk> local;
  std::shared_ptr<Disk> other;
  AttachmentManager files;
};

}  // namespace

TEST_CASE("below a foreign folder any attachment opens files, and nowhere else") {
  Neighbours shop;
  shop.put(*shop.local, "old/Käse/a b.png", "theirs");
  shop.put(*shop.other, "thumbs/a.webp", "thumb");
  Attachment one = shop.at("old/Käse/a b.png");
  one.variants = {{"thumb", {.disk = "other", .path = "thumbs/a.webp", .mime_type = "image/webp"}},
                  {"wrong", {.disk = "local", .path = "thumbs/a.webp", .mime_type = "image/webp"}}};
  CHECK(read_all(*shop.files.open(one)) == "theirs");
  CHECK(read_all(*shop.files.open(one, "thumb")) == "thumb");
  CHECK(shop.files.url(one) == "/files/old/K%C3%A4se/a%20b.png");
  CHECK(code_of([&] { static_cast<void>(shop.files.open(one, "wrong")); }) == Errc::invalid_key);
  CHECK(code_of([&] { static_cast<void>(shop.files.url(one, "none")); }) == Errc::unknown_variant);

  const PendingAttachment victim = shop.files.create(Source::from_memory("secret", "v.txt"));
  for (const std::string& path :
       {std::string("old/a.png"), std::string("old/Käse"), std::string("old/Käse/"),
        std::string("old/Käsebrot/a.png"), std::string("old/Käse/../a.png"),
        std::string("old/Käse//a.png"), std::string("old/Käse/./a.png"),
        std::string("old/Käse/a\\b"), std::string("old/Käse/a\nb"), std::string("old/Käse/\xFF"),
        std::string("/old/Käse/a.png"), std::string("thumbs/a.webp"),
        "old/Käse/" + std::string(600, 'x'), std::string(".affix/main/token"),
        victim.preview().path}) {
    CAPTURE(path);
    CHECK(code_of([&] { static_cast<void>(shop.files.open(shop.at(path))); }) == Errc::invalid_key);
    CHECK(code_of([&] { static_cast<void>(shop.files.url(shop.at(path))); }) == Errc::invalid_key);
  }
}

TEST_CASE("a variant in a foreign folder of another disk is copied to that of the copy") {
  Neighbours shop;
  shop.put(*shop.other, "thumbs/a.webp", "thumb");
  const PendingAttachment own = shop.files.create(Source::from_memory("A text.", "a.txt"));
  Attachment original = own.preview();
  original.variants = {
      {"thumb", {.disk = "other", .path = "thumbs/a.webp", .mime_type = "image/webp"}}};
  const PendingAttachment copied = shop.files.copy(original);
  CHECK(copied.preview().variants.at("thumb").disk == "local");
  CHECK(read_all(*shop.files.open(copied.preview(), "thumb")) == "thumb");
  CHECK(files_on(*shop.other) == std::set<std::string>{"thumbs/a.webp"});
}

TEST_CASE("without the declaration no such file is opened") {
  Workshop shop;
  CHECK(code_of([&] {
          static_cast<void>(shop.files.url(
              {.id = id, .disk = "local", .path = "old/a.png", .mime_type = "image/png"}));
        }) == Errc::invalid_key);
}

TEST_CASE("a foreign folder must be one of a disk, and hold none of affix's files") {
  const auto refused = [](std::string disk, std::string folder, std::string prefix = "a/b") {
    const auto error = error_of([&] {
      const AttachmentManager files({.disks = {{"local", make_memory_disk()}},
                                     .key_prefix = prefix,
                                     .foreign_folders = {{disk, folder}}});
    });
    return error && error->code() == Errc::invalid_argument &&
           error->where().member == "foreign_folders";
  };
  CHECK(refused("other", "uploads"));
  for (const char* folder : {"", "/", "..", "uploads/", "/uploads", "a\\b", ".affix", ".affix/x"}) {
    CAPTURE(folder);
    CHECK(refused("local", folder));
  }
  for (const char* folder : {"a", "a/b", "a/b/c"}) CHECK(refused("local", folder));
  for (const char* folder : {"a/c", "a/bb", "b", "a b"}) CHECK_FALSE(refused("local", folder));
}

TEST_CASE("variants of another system's file are not made, but those of a copy are") {
  Neighbours shop;
  shop.put(*shop.local, "old/Käse/photo 1.png", read_file(picture_path("coffee.png")));
  shop.put(*shop.local, "old/Käse/m/photo 1.png", "medium");
  shop.put(*shop.other, "thumbs/photo 1.png", "thumb");
  Attachment original = shop.at("old/Käse/photo 1.png");
  original.meta = {{"imported", {{"from", "paperclip"}}}};
  original.variants = {
      {"me dium", {.disk = "local", .path = "old/Käse/m/photo 1.png", .mime_type = "image/png"}},
      {"me-dium", {.disk = "other", .path = "thumbs/photo 1.png", .mime_type = "image/png"}}};
  const auto before = everything_on(*shop.other);
  const PendingAttachment pending = shop.files.copy(original);
  const Attachment& copied = pending.preview();
  CHECK(copied.id != original.id);
  CHECK(copied.path == "attachments/" + copied.id + "/photo-1.png");
  CHECK(copied.mime_type == "image/png");
  CHECK(copied.meta == original.meta);
  const std::string bytes = read_all(*shop.files.open(copied));
  CHECK(bytes == read_file(picture_path("coffee.png")));
  CHECK(copied.size == static_cast<std::int64_t>(bytes.size()));
  CHECK(copied.checksum == checksum(as_bytes(bytes)));
  CHECK(copied.variants.at("me dium").path ==
        "attachments/" + copied.id + "/variants/1-me-dium.txt");
  CHECK(read_all(*shop.files.open(copied, "me dium")) == "medium");
  CHECK(read_all(*shop.files.open(copied, "me-dium")) == "thumb");
  CHECK(copied.variants.at("me-dium").disk == "local");
  CHECK(copied.variants.at("me-dium").size == 5);
  CHECK(everything_on(*shop.other) == before);
}

TEST_CASE("a copy of another system's file that fails leaves nothing") {
  Neighbours shop;
  shop.put(*shop.local, "old/Käse/a.png", "theirs");
  Attachment original = shop.at("old/Käse/a.png");
  original.variants = {
      {"thumb", {.disk = "local", .path = "old/Käse/none.png", .mime_type = "image/png"}}};
  CHECK(code_of([&] { static_cast<void>(shop.files.copy(original)); }) == Errc::file_not_found);
  CHECK(everything_on(*shop.local).empty());  // Lists no names that are no keys.
  CHECK(read_all(*shop.files.open(original)) == "theirs");
}

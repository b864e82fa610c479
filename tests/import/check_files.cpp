#include "affix/import/check_files.hpp"

#include "affix/import/carrierwave.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "theirs.hpp"
#include "warnings.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const CarrierWaveOptions options{.place = {.disk = "local"},
                                 .store_dir = "uploads",
                                 .versions = {{.name = "thumb"}, {.name = "og"}}};

}  // namespace

TEST_CASE("files that are there give their sizes, variants that are not are dropped") {
  Theirs theirs;
  theirs.put("uploads/a b.txt", "12345");
  theirs.put("uploads/thumb_a b.txt", "123");
  const Imported imported = check_files(theirs.files, import_carrierwave("a b.txt", options));
  CHECK(imported.attachment->size == 5);
  REQUIRE(imported.attachment->variants.size() == 1);
  CHECK(imported.attachment->variants.at("thumb").size == 3);
  CHECK(imported.warnings == Warnings{{Kind::guessed_type, "mimeType"},
                                      {Kind::guessed_type, "variants.thumb.mimeType"},
                                      {Kind::dropped_variant, "variants.og"}});
}

TEST_CASE("a file of another size than they say is a warning, and its size is taken") {
  Theirs theirs;
  theirs.put("uploads/a.txt", "12345");
  Imported imported = import_carrierwave("a.txt", {.place = {"local"}, .store_dir = "uploads"});
  imported.warnings.clear();
  imported.attachment->size = 7;
  imported = check_files(theirs.files, std::move(imported));
  CHECK(imported.attachment->size == 5);
  CHECK(imported.warnings == Warnings{{Kind::wrong_size, "size"}});
}

TEST_CASE("a file that is not there, or not where others may keep files, is an error") {
  Theirs theirs;
  theirs.put("elsewhere/a.txt", "12345");
  const auto error = error_of(
      [&] { static_cast<void>(check_files(theirs.files, import_carrierwave("a.txt", options))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::file_not_found);
  CHECK(error->where().key == "uploads/a.txt");
  CarrierWaveOptions elsewhere = options;
  elsewhere.store_dir = "elsewhere";
  CHECK(code_of([&] {
          static_cast<void>(check_files(theirs.files, import_carrierwave("a.txt", elsewhere)));
        }) == Errc::invalid_key);
  elsewhere = options;
  elsewhere.place.disk = "s3";
  CHECK(code_of([&] {
          static_cast<void>(check_files(theirs.files, import_carrierwave("a.txt", elsewhere)));
        }) == Errc::invalid_key);
  CHECK_FALSE(check_files(theirs.files, Imported{}).attachment);
}

TEST_CASE("the files of a list are looked for, each in its place") {
  Theirs theirs;
  theirs.put("uploads/a.txt", "12345");
  theirs.put("uploads/b.txt", "123");
  const ImportedList imported =
      check_files(theirs.files, import_carrierwave_list(R"(["a.txt","b.txt"])", options));
  CHECK(imported.list.items[0].size == 5);
  CHECK(imported.list.items[1].size == 3);
  CHECK_FALSE(warns(imported.warnings, Kind::unknown_size, "1.size"));
  CHECK(warns(imported.warnings, Kind::dropped_variant, "1.variants.og"));
  const auto error = error_of([&] {
    static_cast<void>(
        check_files(theirs.files, import_carrierwave_list(R"(["a.txt","c.txt"])", options)));
  });
  REQUIRE(error);
  CHECK(error->where().member == "1");
}

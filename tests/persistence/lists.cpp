#include "catch.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr ColumnListField gallery{
    {.table = "albums", .column = "photos", .key = "id", .variants = {"thumb"}}};

struct Album {
  Album() {
    users.sql << "create table albums(id integer primary key, photos text)";
    users.sql << "insert into albums(id) values(1)";
  }

  Attachment append(const std::string& image = "coffee.png") {
    Transaction tx(users.sql, users.shop.files);
    const Attachment added = tx.append(gallery, 1, picture(image));
    tx.commit();
    return added;
  }

  AttachmentList photos() { return gallery.load(users.sql, 1); }

  /// After the reaper just the files of the list are there.
  void check_files() {
    users.reap_all();
    std::set<std::string> keys;
    for (const Attachment& one : photos()) {
      keys.insert(one.path);
      for (const auto& [name, variant] : one.variants) keys.insert(variant.path);
    }
    CHECK(users.shop.stored() == keys);
    CHECK(users.shop.markers().empty());
  }

  Users users;
};

}  // namespace

TEST_CASE("a list grows at its end, with the variants of its field") {
  Album album;
  CHECK(album.photos().empty());
  const Attachment first = album.append();
  const Attachment second = album.append("chelsea.png");
  CHECK(album.photos() == AttachmentList{{first, second}});
  CHECK(first.variants.contains("thumb"));
  Transaction tx(album.users.sql, album.users.shop.files);
  tx.append(gallery, 1, album.users.shop.files.create(picture("coffee.png")));
  tx.rollback();
  CHECK(album.photos() == AttachmentList{{first, second}});
  album.check_files();
}

TEST_CASE("what is taken out of a list goes, and an empty list is NULL") {
  Album album;
  const Attachment first = album.append();
  const Attachment second = album.append();
  Transaction tx(album.users.sql, album.users.shop.files);
  tx.remove(gallery, 1, first.id);
  tx.commit();
  CHECK(album.photos() == AttachmentList{{second}});
  album.check_files();
  tx.remove(gallery, 1, second.id);
  tx.commit();
  int empty = 0;
  album.users.sql << "select count(*) from albums where photos is null", soci::into(empty);
  CHECK(empty == 1);
  album.check_files();
  CHECK(album.users.shop.is_empty());
}

TEST_CASE("what is not in the list, or a row that is not there, is said") {
  Album album;
  const Attachment only = album.append();
  Transaction tx(album.users.sql, album.users.shop.files);
  const auto error = error_of([&] { tx.remove(gallery, 1, "somebody else's"); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(error->where().row == "1");
  CHECK(code_of([&] { tx.remove(gallery, 7, only.id); }) == Errc::record_not_found);
  CHECK(code_of([&] { tx.append(gallery, 7, picture("coffee.png")); }) == Errc::record_not_found);
  CHECK(code_of([&] {
          tx.append(gallery, 7, album.users.shop.files.create(picture("coffee.png")));
        }) == Errc::record_not_found);
  CHECK_FALSE(tx.is_open());
  album.check_files();
}

TEST_CASE("a list is cleared with all its files, or not at all") {
  Album album;
  album.append();
  album.append();
  Transaction tx(album.users.sql, album.users.shop.files);
  tx.clear(gallery, 1);
  tx.rollback();
  CHECK(album.photos().items.size() == 2);
  tx.clear(gallery, 1);
  tx.commit();
  CHECK(album.photos().empty());
  tx.clear(gallery, 1);
  CHECK_FALSE(tx.is_open());
  album.check_files();
}

TEST_CASE("a list of another row keeps its files when somebody copies the JSON") {
  Album album;
  const Attachment photo = album.append();
  album.users.sql << "insert into albums(id, photos) select 2, photos from albums where id = 1";
  Transaction tx(album.users.sql, album.users.shop.files);
  tx.clear(gallery, 2);
  tx.commit();
  CHECK(gallery.load(album.users.sql, 2).empty());
  CHECK(album.photos() == AttachmentList{{photo}});
  album.check_files();
}

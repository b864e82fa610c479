#include "affix/import/import_rows.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <functional>

#include "affix/import/active_storage.hpp"
#include "affix/import/bknd.hpp"
#include "affix/import/check_files.hpp"
#include "affix/import/ignis.hpp"
#include "affix/import/paperclip.hpp"
#include "affix/import/spatie.hpp"
#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/soci/attachment.hpp"
#include "catch.hpp"
#include "media/five_functions.hpp"
#include "support/errors.hpp"
#include "theirs.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr ColumnField avatar{.table = "users", .column = "avatar", .key = "id"};
const ImportPlace place{.disk = "local", .folder = "uploads"};

/// A row of each system whose source is a table, with the path of its file.
struct Shape {
  const char* name;
  const char* path;
  Imported (*convert)();
};

const std::vector<Shape> shapes{
    {"Active Storage", "uploads/ab/cd/abcd",
     [] {
       return import_active_storage(
           {.key = "abcd", .filename = "a.png", .content_type = "image/png", .byte_size = 5}, {},
           {.services = {{"local", {.place = place}}}});
     }},
    {"spatie", "uploads/7/photo.png",
     [] {
       return import_spatie({.id = "7", .file_name = "photo.png", .disk = "public", .size = 5},
                            {.disks = {{"public", place}}});
     }},
    {"bknd", "uploads/b.png",
     [] { return import_bknd({.id = "5", .path = "b.png", .size = 5}, {.place = place}); }},
    {"Ignis", "uploads/i.png",
     [] {
       return import_ignis({.id = "6", .bucket_name = "shop", .object_name = "i.png", .size = 5},
                           {.buckets = {{"shop", place}}});
     }},
    {"Paperclip", "uploads/users/1/original/p.png",
     [] {
       return import_paperclip({.id = 1, .file_name = "p.png", .file_size = 5},
                               {.place = place,
                                .path = ":class/:id/:style/:filename",
                                .class_name = "users",
                                .attachment = "avatars"});
     }},
};

/// Our users 1, 2 … and their files.
class Users {
 public:
  Users() {
    sql << "create table users(id integer primary key, avatar text)";
    for (int id = 1; id <= 9; ++id) sql << "insert into users(id) values(:id)", soci::use(id);
    for (const Shape& shape : shapes) theirs.put(shape.path, "bytes");
  }

  std::vector<ImportRow> rows() {
    std::vector<ImportRow> all;
    for (const Shape& shape : shapes) {
      all.push_back({static_cast<int>(all.size()) + 1,
                     [this, &shape] { return check_files(theirs.files, shape.convert()); }});
    }
    return all;
  }

  /// How many have an avatar.
  int count() {
    int found = 0;
    sql << "select count(avatar) from users", soci::into(found);
    return found;
  }

  Theirs theirs;
  soci::session sql{soci::sqlite3, ":memory:"};
};

ImportedRecord nestjs_row(const std::string& id, std::int64_t position) {
  return import_nestjs_media_row({.id = id,
                                  .owner_type = "Product",
                                  .owner_id = "1",
                                  .collection = "images",
                                  .name = id,
                                  .file_name = id + ".png",
                                  .mime_type = "image/png",
                                  .size = 5,
                                  .disk = "local",
                                  .path = "uploads/" + id + ".png",
                                  .position = position});
}

}  // namespace

TEST_CASE("rows of every system with tables are looked through without a change, and written") {
  Users users;
  const auto rows = users.rows();
  const ImportReport dry = import_rows(users.sql, avatar, rows);
  CHECK(dry.rows == shapes.size());
  CHECK(dry.converted == shapes.size());
  CHECK(dry.failed == 0);
  CHECK(users.count() == 0);

  const ImportRowsOptions writing{.mode = ImportMode::write, .rows_of_a_transaction = 2};
  CHECK(import_rows(users.sql, avatar, rows, writing).converted == shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    CAPTURE(shapes[i].name);
    const auto found = avatar.load(users.sql, static_cast<int>(i) + 1);
    REQUIRE(found);
    CHECK(found->path == shapes[i].path);
    CHECK(read_all(*users.theirs.files.open(*found)) == "bytes");
  }
  const ImportReport again = import_rows(users.sql, avatar, rows, writing);
  CHECK(again.already_done == shapes.size());
  CHECK(again.converted == 0);
  CHECK(users.count() == static_cast<int>(shapes.size()));
}

TEST_CASE("a dry run of rows tells each failure, empty row and warning of the import") {
  Users users;
  const std::vector<ImportRow> rows{
      {1, [&] { return check_files(users.theirs.files, shapes[2].convert()); }},
      {2, [] { return import_bknd({.id = "1", .folder = 1}, {}); }},
      {3,
       [&] {
         return check_files(users.theirs.files,
                            import_bknd({.id = "1", .path = "gone.png"}, {.place = place}));
       }},
      {4, [] { return import_bknd({.id = "1", .path = "x.png"}, {.place = place}); }},
      {99, [&] { return shapes[2].convert(); }},
  };
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    const ImportReport report = import_rows(users.sql, avatar, rows, {.mode = mode});
    CHECK(report.rows == 5);
    CHECK(report.converted == 2);
    CHECK(report.empty == 1);
    REQUIRE(report.failures.size() == 2);
    CHECK(report.failures[0].code() == Errc::file_not_found);
    CHECK(report.failures[0].where().row == "3");
    CHECK(report.failures[1].code() == Errc::record_not_found);
    CHECK(report.failures[1].where().row == "99");
    CHECK(report.warnings.at(ImportWarningKind::unknown_size) == 1);
    CHECK(users.count() == (mode == ImportMode::write ? 2 : 0));
  }
}

TEST_CASE("a field that gets something before its row is written is left alone") {
  Users users;
  const Attachment other = *shapes[3].convert().attachment;
  const std::vector<ImportRow> rows{{1, [&] { return shapes[2].convert(); }},
                                    {2, [&] {
                                       users.sql << "update users set avatar = :a where id = 1",
                                           soci::use(other);
                                       return shapes[2].convert();
                                     }}};
  const ImportReport report = import_rows(users.sql, avatar, rows, {.mode = ImportMode::write});
  CHECK(report.converted == 1);
  CHECK(report.changed == 1);
  CHECK(avatar.load(users.sql, 1) == other);
}

TEST_CASE("rows of a media table are looked through without a change, and written in their order") {
  Users users;
  ensure_schema(users.sql, users.theirs.files);
  const auto store = make_soci_media_store(users.sql);
  const MediaLibrary library({.store = store, .files = users.theirs.files});
  const auto images = library.for_owner("Product", 1).collection("images");
  const std::vector<ImportRecord> rows{
      {"a", [] { return nestjs_row("a", 4); }},
      {"b", [] { return nestjs_row("b", 7); }},
      {"c", []() -> std::optional<ImportedRecord> { return std::nullopt; }},
      {"d", []() -> std::optional<ImportedRecord> { throw Error(Errc::invalid_key, "Bad"); }},
      {"spatie", [] {
         return ImportedRecord{.record = {.attachment = *shapes[1].convert().attachment,
                                          .place = {{"Product", "1"}, "images"}}};
       }}};
  const auto run = [&](ImportMode mode) {
    return import_rows(users.sql, users.theirs.files, *store, rows, {.mode = mode});
  };
  const ImportReport dry = run(ImportMode::dry_run);
  CHECK(dry.converted == 3);
  CHECK(dry.empty == 1);
  REQUIRE(dry.failures.size() == 1);
  CHECK(dry.failures[0].where().row == "d");
  CHECK(images.list().empty());

  CHECK(run(ImportMode::write).converted == 3);
  const auto found = images.list();
  REQUIRE(found.size() == 3);
  CHECK(found[0].attachment.name == "a");
  CHECK(found[1].attachment.name == "b");
  CHECK(found[2].attachment.path == shapes[1].path);
  CHECK(run(ImportMode::write).already_done == 3);
  CHECK(images.list().size() == 3);
}

TEST_CASE("rows that do not fit into a media table are failures, and the others are written") {
  Users users;
  ensure_schema(users.sql, users.theirs.files);
  const auto store = make_soci_media_store(users.sql);
  const auto with = [](const std::string& id, const std::function<void(MediaRecord&)>& change) {
    return ImportRecord{id, [=] {
                          ImportedRecord row = nestjs_row(id, 0);
                          change(row.record);
                          return row;
                        }};
  };
  const std::string long_text(101, 'x');
  const std::vector<ImportRecord> rows{
      {"a", [] { return nestjs_row("a", 0); }},
      with("b", [&](MediaRecord& one) { one.place.collection = long_text; }),
      with("c", [&](MediaRecord& one) { one.place.owner.id = long_text; }),
      with("d", [&](MediaRecord& one) { one.attachment.name.assign(256, 'x'); }),
      with("e", [&](MediaRecord& one) { one.attachment.mime_type.assign(128, 'x'); }),
      {"f", [] { return nestjs_row("f", 0); }}};
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    const ImportReport report =
        import_rows(users.sql, users.theirs.files, *store, rows, {.mode = mode});
    CHECK(report.rows == 6);
    CHECK(report.converted == 2);
    REQUIRE(report.failures.size() == 4);
    const std::vector<std::string> members{"collection", "ownerId", "name", "mimeType"};
    for (std::size_t i = 0; i < members.size(); ++i) {
      CHECK(report.failures[i].code() == Errc::invalid_argument);
      CHECK(report.failures[i].where().member == members[i]);
      CHECK(report.failures[i].where().row == rows[i + 1].row);
    }
  }
  CHECK(store->count({}) == 2);
}

TEST_CASE("a row whose id a record of another place has is a failure, and stays where it is") {
  Users users;
  ensure_schema(users.sql, users.theirs.files);
  const auto store = make_soci_media_store(users.sql);
  MediaRecord other = nestjs_row("a", 0).record;
  other.place.owner.id = "2";
  Transaction tx(users.sql, users.theirs.files);
  store->append(tx, {other});
  tx.commit();
  const std::vector<ImportRecord> rows{{"a", [] { return nestjs_row("a", 0); }},
                                       {"b", [] { return nestjs_row("b", 0); }}};
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    const ImportReport report =
        import_rows(users.sql, users.theirs.files, *store, rows, {.mode = mode});
    CHECK(report.converted == 1);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].code() == Errc::exists);
    CHECK(report.failures[0].where().row == "a");
    CHECK(report.failures[0].where().attachment == "a");
  }
  CHECK(store->find("a", nullptr)->place == other.place);
  CHECK(store->find("b", nullptr).has_value());
}

namespace {

/// Refuses one record only when it is written.
class Refusing : public FiveFunctions {
 public:
  using FiveFunctions::FiveFunctions;

  bool is_transactional() const noexcept override { return true; }
  void save(Transaction& tx, const MediaRecord& record) override {
    if (record.attachment.id == "b") throw Error(Errc::invalid_argument, "This store has no b");
    FiveFunctions::save(tx, record);
  }
};

}  // namespace

TEST_CASE("a row that a store refuses when it is written takes no other one with it") {
  Users users;
  ensure_schema(users.sql, users.theirs.files);
  Refusing store(make_soci_media_store(users.sql));
  std::vector<ImportRecord> rows;
  for (const char* id : {"a", "b", "c"}) rows.push_back({id, [id] { return nestjs_row(id, 0); }});
  const auto run = [&] {
    return import_rows(users.sql, users.theirs.files, store, rows, {.mode = ImportMode::write});
  };
  const ImportReport report = run();
  CHECK(report.converted == 2);
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].code() == Errc::invalid_argument);
  CHECK(report.failures[0].where().row == "b");
  CHECK(store.list_by_owner({"Product", "1"}, "images", nullptr).size() == 2);
  CHECK(run().already_done == 2);
}

TEST_CASE("an attachment that could not be read back from its column is a failure of its row") {
  Users users;
  const std::vector<ImportRow> rows{{1, [&] { return shapes[2].convert(); }},
                                    {2, [&] {
                                       Imported imported = shapes[2].convert();
                                       imported.attachment->name = "\xff";
                                       return imported;
                                     }}};
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    const ImportReport report = import_rows(users.sql, avatar, rows, {.mode = mode});
    CHECK(report.converted == 1);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].where().row == "2");
  }
  CHECK(users.count() == 1);
}

TEST_CASE("warnings are those of the rows that were written") {
  Users users;
  const Attachment other = *shapes[3].convert().attachment;
  const auto warned = [] {
    Imported imported = shapes[2].convert();
    imported.warnings = {{ImportWarningKind::shared_file, "path"}};
    return imported;
  };
  const std::vector<ImportRow> rows{
      {1, warned}, {2, [&] {
                      users.sql << "update users set avatar = :a where id = 1", soci::use(other);
                      return warned();
                    }}};
  const ImportReport report = import_rows(users.sql, avatar, rows, {.mode = ImportMode::write});
  CHECK(report.changed == 1);
  CHECK(report.converted == 1);
  CHECK(report.warnings ==
        std::map<ImportWarningKind, std::size_t>{{ImportWarningKind::shared_file, 1}});
}

TEST_CASE("of two rows for one field the second is done already, also in a dry run") {
  const std::size_t batch = GENERATE(1, 2, 100);
  Users users;
  const std::vector<ImportRow> rows{{1, [] { return shapes[2].convert(); }},
                                    {2, [] { return shapes[2].convert(); }},
                                    {1, [] { return shapes[3].convert(); }}};
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    const ImportReport report =
        import_rows(users.sql, avatar, rows, {.mode = mode, .rows_of_a_transaction = batch});
    CHECK(report.converted == 2);
    CHECK(report.already_done == 1);
    CHECK(report.changed == 0);
  }
  CHECK(avatar.load(users.sql, 1)->path == shapes[2].path);
}

TEST_CASE("of two rows for one record the second is done already, also in a dry run") {
  const std::size_t batch = GENERATE(1, 2, 100);
  Users users;
  ensure_schema(users.sql, users.theirs.files);
  const auto store = make_soci_media_store(users.sql);
  const std::vector<ImportRecord> rows{{"first", [] { return nestjs_row("a", 0); }},
                                       {"the same again", [] { return nestjs_row("a", 1); }},
                                       {"the same file",
                                        [] {
                                          ImportedRecord row = nestjs_row("b", 2);
                                          row.record.attachment.path =
                                              nestjs_row("a", 0).record.attachment.path;
                                          return row;
                                        }},
                                       {"in another place", [] {
                                          ImportedRecord row = nestjs_row("a", 3);
                                          row.record.place.collection = "figures";
                                          return row;
                                        }}};
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    const ImportReport report = import_rows(users.sql, users.theirs.files, *store, rows,
                                            {.mode = mode, .rows_of_a_transaction = batch});
    CHECK(report.converted == 1);
    CHECK(report.already_done == 2);
    CHECK(report.changed == 0);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].code() == Errc::exists);
    CHECK(report.failures[0].where().row == "in another place");
  }
  CHECK(store->count({}) == 1);
}

TEST_CASE("an import of rows is refused in a transaction, and with none for a transaction") {
  Users users;
  const auto rows = users.rows();
  CHECK(code_of([&] { import_rows(users.sql, avatar, rows, {.rows_of_a_transaction = 0}); }) ==
        Errc::invalid_argument);
  users.sql.begin();
  CHECK(code_of([&] { import_rows(users.sql, avatar, rows); }) == Errc::invalid_state);
  users.sql.rollback();
}

#include "affix/import/import_column.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <set>

#include "affix/import/adonis.hpp"
#include "affix/import/carrierwave.hpp"
#include "affix/import/check_files.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/persistence/verify.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "theirs.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr ColumnField avatar{.table = "users", .column = "avatar", .key = "id"};
constexpr ColumnListField gallery{{.table = "users", .column = "gallery", .key = "id"}};
const AdonisOptions adonis{.place = {.disk = "local"}};
constexpr ImportColumnOptions writing{.mode = ImportMode::write};

Imported convert(const RowKey&, std::string_view text) { return import_adonis(text, adonis); }

std::string document(const std::string& path, const std::string& more = {}) {
  return R"({"name":"x.png","path":")" + path +
         R"(","originalName":"y.png","size":3,"mimeType":"image/png")" + more + "}";
}

/// A table that another system has filled.
class Table {
 public:
  Table() {
    connect(sql);
    sql << "create table users(id integer primary key, avatar text, gallery text, old text)";
  }

  void connect(soci::session& session) {
    session.open(soci::sqlite3, "db=\"" + (theirs.directory.path() / "users.db").string() + "\"");
    session << "pragma busy_timeout = 50";
  }

  void insert(int id, const std::string& text, const std::string& column = "avatar") {
    sql << "insert into users(id, " + column + ") values(:id, :text)", soci::use(id),
        soci::use(text);
  }

  std::string text(int id, const std::string& column = "avatar") {
    std::string found;
    soci::indicator is = soci::i_ok;
    sql << "select " + column + " from users where id = :id", soci::use(id), soci::into(found, is);
    return is == soci::i_null ? "NULL" : found;
  }

  std::string dump() {
    std::string all;
    for (int id = 1; id < 10; ++id) all += text(id) + text(id, "gallery") + text(id, "old");
    return all;
  }

  Theirs theirs;
  soci::session sql;
};

void check_counts(const ImportReport& report, const ImportReport& expected) {
  CHECK(report.rows == expected.rows);
  CHECK(report.converted == expected.converted);
  CHECK(report.already_done == expected.already_done);
  CHECK(report.empty == expected.empty);
  CHECK(report.changed == expected.changed);
  CHECK(report.failed == expected.failed);
}

}  // namespace

TEST_CASE("a column of another system becomes attachments whose pictures are opened and served") {
  Table table;
  const std::string bytes = read_file(picture_path("coffee.png"));
  table.theirs.put("uploads/Käse 1.png", bytes);
  table.theirs.put("uploads/variants/Käse 1.png/small.png", bytes);
  table.insert(1, document("uploads/Käse 1.png",
                           R"(,"variants":[{"key":"thumb","size":1,"mimeType":"image/png",
                              "path":"uploads/variants/Käse 1.png/small.png"}])"));
  const auto checked = [&](const RowKey& row, std::string_view text) {
    return check_files(table.theirs.files, convert(row, text));
  };
  const ImportReport report = import_column(table.sql, avatar, checked, writing);
  check_counts(report, {.rows = 1, .converted = 1});
  CHECK(report.warnings ==
        std::map<ImportWarningKind, std::size_t>{{ImportWarningKind::wrong_size, 2}});
  const auto found = avatar.load(table.sql, 1);
  REQUIRE(found);
  CHECK(found->size == static_cast<std::int64_t>(bytes.size()));
  const AttachmentManager& files = table.theirs.files;
  CHECK(read_all(*files.open(*found)) == bytes);
  CHECK(read_all(*files.open(*found, "thumb", ByteRange{0, 3})) == bytes.substr(0, 4));
  CHECK(files.url(*found) == "/files/uploads/K%C3%A4se%201.png");
  CHECK(files.url(*found, "thumb") == "/files/uploads/variants/K%C3%A4se%201.png/small.png");
}

TEST_CASE("a dry run counts and changes nothing, and is the default") {
  Table table;
  table.insert(1, document("uploads/a.png"));
  table.insert(2, "null");
  table.insert(3, "{}");
  table.insert(4, R"({"name":"a.png","path":"uploads/a.png"})");
  table.sql << "insert into users(id) values(5)";
  const std::string before = table.dump();
  const ImportReport report = import_column(table.sql, avatar, convert);
  check_counts(report, {.rows = 4, .converted = 2, .empty = 1, .failed = 1});
  CHECK(report.warnings ==
        std::map<ImportWarningKind, std::size_t>{{ImportWarningKind::unknown_size, 1},
                                                 {ImportWarningKind::guessed_type, 1}});
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].code() == Errc::invalid_document);
  CHECK(report.failures[0].where().row == "3");
  CHECK(report.failures[0].where().table == "users");
  CHECK(report.failures[0].where().column == "avatar");
  CHECK(table.dump() == before);

  const ImportReport done = import_column(table.sql, avatar, convert, writing);
  check_counts(done, {.rows = 4, .converted = 2, .empty = 1, .failed = 1});
  CHECK(table.text(2) == "null");
  CHECK(table.text(3) == "{}");
}

TEST_CASE("what is done already is not done again, so an import can be repeated") {
  Table table;
  for (int id = 1; id <= 7; ++id) table.insert(id, document("uploads/a.png"));
  int calls = 0;
  const auto breaking = [&](const RowKey& row, std::string_view text) {
    if (++calls == 6) throw std::runtime_error("the process ends here");
    return convert(row, text);
  };
  // A page is converted before it is written, so nothing of it is there.
  CHECK_THROWS_AS(import_column(table.sql, avatar, breaking, writing), std::runtime_error);
  ImportColumnOptions small = writing;
  small.rows_of_a_transaction = 2;
  check_counts(import_column(table.sql, avatar, convert, small), {.rows = 7, .converted = 7});
  const std::string before = table.dump();
  check_counts(import_column(table.sql, avatar, convert, small), {.rows = 7, .already_done = 7});
  CHECK(table.dump() == before);
}

TEST_CASE("many rows are read in pages") {
  Table table;
  table.sql.begin();
  for (int id = 1; id <= 1203; ++id) table.insert(id, document("uploads/a.png"));
  table.sql.commit();
  check_counts(import_column(table.sql, avatar, convert, writing),
               {.rows = 1203, .converted = 1203});
  int left = 0;
  table.sql << "select count(*) from users where avatar not like '{\"v\":1,%'", soci::into(left);
  CHECK(left == 0);
}

TEST_CASE("another column can be the target, and keeps what it has") {
  Table table;
  table.insert(1, document("uploads/a.png"), "old");
  table.insert(2, document("uploads/b.png"), "old");
  table.insert(3, document("uploads/c.png"), "old");
  table.sql << "update users set avatar = 'something else' where id = 2";
  table.sql << "update users set avatar = 'null' where id = 3";
  ImportColumnOptions from_old = writing;
  from_old.source = "old";
  const ImportReport report = import_column(table.sql, avatar, convert, from_old);
  check_counts(report, {.rows = 3, .converted = 2, .failed = 1});
  CHECK(report.failures[0].code() == Errc::exists);
  CHECK(report.failures[0].where().column == "avatar");
  CHECK(report.failures[0].where().row == "2");
  CHECK(avatar.load(table.sql, 1)->path == "uploads/a.png");
  CHECK(avatar.load(table.sql, 3)->path == "uploads/c.png");
  CHECK(table.text(2) == "something else");
  CHECK(table.text(1, "old") == document("uploads/a.png"));
  check_counts(import_column(table.sql, avatar, convert, from_old),
               {.rows = 3, .already_done = 2, .failed = 1});
}

TEST_CASE("a row that is changed while it is converted is left as it is") {
  Table table;
  for (int id = 1; id <= 4; ++id) table.insert(id, document("uploads/a.png"));
  soci::session other;
  table.connect(other);
  const auto disturbed = [&](const RowKey& row, std::string_view text) {
    if (row.text() == "2") other << "update users set avatar = 'changed' where id = 2";
    if (row.text() == "3") other << "delete from users where id = 3";
    if (row.text() == "4") other << "update users set avatar = null where id = 4";
    return convert(row, text);
  };
  check_counts(import_column(table.sql, avatar, disturbed, writing),
               {.rows = 4, .converted = 1, .changed = 3});
  CHECK(table.text(2) == "changed");
  CHECK(table.text(4) == "NULL");

  // The same for what another one puts into the target.
  for (int id = 5; id <= 6; ++id) table.insert(id, document("uploads/a.png"), "old");
  const auto filled = [&](const RowKey& row, std::string_view text) {
    other << "update users set avatar = 'taken' where id = 5";
    return convert(row, text);
  };
  ImportColumnOptions from_old = writing;
  from_old.source = "old";
  check_counts(import_column(table.sql, avatar, filled, from_old),
               {.rows = 2, .converted = 1, .changed = 1});
  CHECK(table.text(5) == "taken");
}

TEST_CASE("warnings of a column are those of the rows that were written") {
  Table table;
  for (int id = 1; id <= 2; ++id) table.insert(id, document("uploads/a.png"));
  soci::session other;
  table.connect(other);
  const auto disturbed = [&](const RowKey& row, std::string_view text) {
    if (row.text() == "2") other << "update users set avatar = 'changed' where id = 2";
    Imported imported = convert(row, text);
    imported.warnings = {{ImportWarningKind::shared_file, "path"}};
    return imported;
  };
  const ImportReport report = import_column(table.sql, avatar, disturbed, writing);
  check_counts(report, {.rows = 2, .converted = 1, .changed = 1});
  CHECK(report.warnings ==
        std::map<ImportWarningKind, std::size_t>{{ImportWarningKind::shared_file, 1}});
}

TEST_CASE("an import that waits too long for a lock ends, and goes on with the next call") {
  Table table;
  for (int id = 1; id <= 3; ++id) table.insert(id, document("uploads/a.png"));
  soci::session other;
  table.connect(other);
  const auto locked = [&](const RowKey& row, std::string_view text) {
    if (row.text() == "1") other << "begin immediate";
    return convert(row, text);
  };
  const auto error =
      error_of([&] { static_cast<void>(import_column(table.sql, avatar, locked, writing)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(error->where().table == "users");
  other << "rollback";
  check_counts(import_column(table.sql, avatar, convert, writing), {.rows = 3, .converted = 3});
}

TEST_CASE("a column of several files becomes a list") {
  Table table;
  table.insert(1, R"(["a.png","b.png"])", "gallery");
  table.insert(2, "[]", "gallery");
  table.insert(3, "[7]", "gallery");
  const auto by_row = [](const RowKey& row, std::string_view text) {
    return import_carrierwave_list(
        text, {.place = {.disk = "local"}, .store_dir = "uploads/user/" + row.text()});
  };
  check_counts(import_column(table.sql, gallery, by_row, writing),
               {.rows = 3, .converted = 1, .empty = 1, .failed = 1});
  const AttachmentList list = gallery.load(table.sql, 1);
  REQUIRE(list.size() == 2);
  CHECK(list.items[1].path == "uploads/user/1/b.png");
  check_counts(import_column(table.sql, gallery, by_row, writing),
               {.rows = 3, .already_done = 1, .empty = 1, .failed = 1});
}

TEST_CASE("a document of affix that is not sound is a failure and stays") {
  Table table;
  table.insert(1, R"({"v":9})");
  table.insert(2, R"({"v":1})");
  table.insert(3, R"([{"v":1}])");
  const ImportReport report = import_column(table.sql, avatar, convert, writing);
  check_counts(report, {.rows = 3, .failed = 3});
  CHECK(report.failures[0].code() == Errc::newer_format);
  CHECK(report.failures[1].code() == Errc::invalid_document);
  CHECK(table.text(1) == R"({"v":9})");
}

TEST_CASE("of many failures the first ones are kept") {
  Table table;
  for (int id = 1; id <= 5; ++id) table.insert(id, "{");
  ImportColumnOptions few;
  few.max_failures = 2;
  const ImportReport report = import_column(table.sql, avatar, convert, few);
  CHECK(report.failed == 5);
  REQUIRE(report.failures.size() == 2);
  CHECK(report.failures[1].where().row == "2");
}

TEST_CASE("an import inside of a transaction, or of no rows at once, is refused") {
  Table table;
  table.sql.begin();
  CHECK(code_of([&] { static_cast<void>(import_column(table.sql, avatar, convert)); }) ==
        Errc::invalid_state);
  table.sql.rollback();
  ImportColumnOptions none;
  none.rows_of_a_transaction = 0;
  CHECK(code_of([&] { static_cast<void>(import_column(table.sql, avatar, convert, none)); }) ==
        Errc::invalid_argument);
}

TEST_CASE("files of another system stay where they are, whatever happens to their rows") {
  const auto mode = GENERATE(LedgerOptions::Mode::on, LedgerOptions::Mode::off);
  Table table;
  AttachmentManager files({.disks = {{"local", make_local_disk({.root = table.theirs.root()})}},
                           .foreign_folders = {{.disk = "local", .folder = "uploads"}},
                           .ledger = {.mode = mode}});
  const bool has_ledger = mode == LedgerOptions::Mode::on;
  if (has_ledger) ensure_schema(table.sql, files);
  for (const char* name : {"a", "b", "c", "d"}) {
    table.theirs.put("uploads/" + std::string(name) + ".png", "one");
  }
  for (int id = 1; id <= 2; ++id) {
    table.insert(id, document(id == 1 ? "uploads/a.png" : "uploads/b.png"));
  }
  table.insert(3, "[" + document("uploads/c.png") + "," + document("uploads/d.png") + "]",
               "gallery");
  import_column(table.sql, avatar, convert, writing);
  import_column(
      table.sql, gallery,
      [](const RowKey&, std::string_view text) { return import_adonis_list(text, adonis); },
      writing);
  if (has_ledger) {
    const VerifyReport report = verify(table.sql, files,
                                       {.fields = {avatar},
                                        .list_fields = {gallery},
                                        .coverage = VerifyOptions::Coverage::all,
                                        .repair = VerifyOptions::Repair::certain});
    CHECK(report.attachments == 4);
    CHECK(report.files == 4);
    CHECK(report.total_findings == 0);
  }
  const auto theirs = [&] {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(table.theirs.root() / "uploads")) {
      names.insert(file.path().filename());
    }
    return names;
  };
  const std::set<std::string> all{"a.png", "b.png", "c.png", "d.png"};
  REQUIRE(theirs() == all);

  Transaction tx(table.sql, files);
  const Attachment own = tx.replace(avatar, 1, Source::from_memory("own", "own.txt"));
  tx.commit();
  CHECK(avatar.load(table.sql, 1) == own);
  tx.clear(avatar, 2);
  tx.commit();
  CHECK(avatar.load(table.sql, 2) == std::nullopt);
  const AttachmentList list = gallery.load(table.sql, 3);
  tx.remove(gallery, 3, list.items[0].id);
  tx.remove(list.items[1]);
  table.sql << "delete from users where id = 3";
  tx.commit();
  if (has_ledger) reap(table.sql, files, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
  if (!has_ledger) {
    CHECK(code_of([&] { files.purge(list.items[1]); }) == Errc::invalid_key);
  }
  CHECK(theirs() == all);
  CHECK(read_all(*files.open(own)) == "own");
}

TEST_CASE("variants of an imported picture are refused, and made of a copy in its place") {
  Table table;
  AttachmentManager& files = table.theirs.files;
  ensure_schema(table.sql, files);
  table.theirs.put("uploads/a.png", read_file(picture_path("coffee.png")));
  table.insert(1, document("uploads/a.png"));
  import_column(table.sql, avatar, convert, writing);
  Transaction tx(table.sql, files);
  CHECK(code_of([&] { tx.ensure_variants(avatar, 1, {"thumb"}); }) == Errc::unsupported);
  tx.rollback();

  const Attachment imported = *avatar.load(table.sql, 1);
  tx.replace(avatar, 1, files.copy(imported));
  const Attachment with_thumb = tx.ensure_variants(avatar, 1, {"thumb"});
  tx.commit();
  CHECK(avatar.load(table.sql, 1) == with_thumb);
  CHECK(with_thumb.variants.at("thumb").width == 200);
  CHECK(with_thumb.meta == imported.meta);
  CHECK(std::filesystem::exists(table.theirs.root() / "uploads/a.png"));
}

TEST_CASE("an imported picture can be uploaded anew, with all checks of an upload") {
  Table table;
  AttachmentManager& files = table.theirs.files;
  ensure_schema(table.sql, files);
  table.theirs.put("uploads/a.png", read_file(picture_path("coffee.png")));
  table.insert(1, document("uploads/a.png"));
  import_column(table.sql, avatar, convert, writing);
  const Attachment imported = *avatar.load(table.sql, 1);
  Transaction tx(table.sql, files);
  const Attachment own = tx.replace(
      avatar, 1, Source::from_reader([&] { return files.open(imported); }, imported.file_name),
      {.variants = {"thumb"}});
  tx.commit();
  CHECK(avatar.load(table.sql, 1) == own);
  CHECK(own.width == 600);
  CHECK(own.variants.contains("thumb"));
  CHECK(std::filesystem::exists(table.theirs.root() / "uploads/a.png"));
}

TEST_CASE("verify tells of imported files that are gone or have another size") {
  Table table;
  ensure_schema(table.sql, table.theirs.files);
  table.theirs.put("uploads/a.png", "four");
  for (int id = 1; id <= 2; ++id) {
    table.insert(id, document(id == 1 ? "uploads/a.png" : "uploads/b.png"));
  }
  import_column(table.sql, avatar, convert, writing);
  const VerifyReport report = verify(table.sql, table.theirs.files,
                                     {.fields = {avatar},
                                      .coverage = VerifyOptions::Coverage::all,
                                      .repair = VerifyOptions::Repair::certain});
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].kind == FindingKind::wrong_size);
  CHECK(report.findings[1].kind == FindingKind::missing_file);
  CHECK(report.findings[1].where.key == "uploads/b.png");
  CHECK(report.repaired == 0);
}

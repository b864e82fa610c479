#include "affix/import/adonis.hpp"
#include "affix/import/bknd.hpp"
#include "affix/import/import_column.hpp"
#include "affix/import/import_rows.hpp"
#include "affix/media/soci_media_store.hpp"
#include "catch.hpp"
#include "fielded.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

Imported convert(const RowKey&, std::string_view text) {
  return import_adonis(text, {.place = {.disk = "local"}});
}

/// What adonis has stored, in a table with a column for it.
class Theirs {
 public:
  explicit Theirs(const Target& target)
      : db(target),
        table(db.new_name("theirs")),
        field{.table = table, .column = "doc", .key = "id"} {
    const std::string json(db.dialect().json_type());
    db.run("create table " + table + "(id integer not null primary key, doc " + json + ", old " +
           json + ")");
  }

  void insert(int id, const std::string& column, const std::string& path) {
    db.run("insert into " + table + "(id, " + column + ") values(" + std::to_string(id) +
           R"(, '{"name":"x.png","path":")" + path + R"(","size":3,"mimeType":"image/png"}'))");
  }

  Database db;
  std::string table;
  ColumnField field;
};

}  // namespace

TEST_CASE("a column is imported in place, and from another column, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Theirs theirs(target);
  for (int id = 1; id <= 5; ++id) theirs.insert(id, "doc", "uploads/Käse 1.png");
  theirs.insert(6, "old", "uploads/old.png");
  theirs.db.run("insert into " + theirs.table + "(id) values(7)");
  ImportColumnOptions options{.rows_of_a_transaction = 2};
  const ImportReport dry = import_column(theirs.db.sql, theirs.field, convert, options);
  CHECK(dry.rows == 5);
  CHECK(dry.converted == 5);
  CHECK(code_of([&] { theirs.field.load(theirs.db.sql, 1); }) == Errc::invalid_document);

  options.mode = ImportMode::write;
  const ImportReport done = import_column(theirs.db.sql, theirs.field, convert, options);
  CHECK(done.converted == 5);
  CHECK(theirs.field.load(theirs.db.sql, 5)->path == "uploads/Käse 1.png");
  const ImportReport again = import_column(theirs.db.sql, theirs.field, convert, options);
  CHECK(again.already_done == 5);
  CHECK(again.converted == 0);

  options.source = "old";
  CHECK(import_column(theirs.db.sql, theirs.field, convert, options).converted == 1);
  CHECK(theirs.field.load(theirs.db.sql, 6)->path == "uploads/old.png");
  CHECK(import_column(theirs.db.sql, theirs.field, convert, options).already_done == 1);
  CHECK_FALSE(in_transaction(theirs.db.sql));
}

TEST_CASE("a row that another session changes meanwhile is not overwritten, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Theirs theirs(target);
  for (int id = 1; id <= 3; ++id) theirs.insert(id, "doc", "uploads/a.png");
  soci::session other;
  theirs.db.connect(other);
  const auto disturbed = [&](const RowKey& row, std::string_view text) {
    if (row.text() == "2") {
      other << "update " + theirs.table + " set doc = null where id = 2";
      theirs.db.done(other);
    }
    return convert(row, text);
  };
  const ImportReport report =
      import_column(theirs.db.sql, theirs.field, disturbed, {.mode = ImportMode::write});
  CHECK(report.converted == 2);
  CHECK(report.changed == 1);
  CHECK(theirs.field.load(theirs.db.sql, 2) == std::nullopt);
  CHECK(theirs.field.load(theirs.db.sql, 3).has_value());
}

TEST_CASE("rows of another system's table are imported after a dry run, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Theirs theirs(target);
  std::vector<ImportRow> rows;
  for (int id = 1; id <= 3; ++id) {
    theirs.db.run("insert into " + theirs.table + "(id) values(" + std::to_string(id) + ")");
    rows.push_back({id, [id] {
                      return import_bknd({.id = "1", .path = std::to_string(id) + ".png"},
                                         {.place = {.disk = "local", .folder = "uploads"}});
                    }});
  }
  CHECK(import_rows(theirs.db.sql, theirs.field, rows).converted == 3);
  CHECK(theirs.field.load(theirs.db.sql, 1) == std::nullopt);
  const ImportRowsOptions writing{.mode = ImportMode::write, .rows_of_a_transaction = 2};
  CHECK(import_rows(theirs.db.sql, theirs.field, rows, writing).converted == 3);
  CHECK(theirs.field.load(theirs.db.sql, 3)->path == "uploads/3.png");
  CHECK(import_rows(theirs.db.sql, theirs.field, rows, writing).already_done == 3);
  CHECK_FALSE(in_transaction(theirs.db.sql));
}

TEST_CASE("rows are imported into a media table after a dry run, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Fielded own(target);
  const auto store = make_soci_media_store(own.db.sql, {.tables = own.tables});
  const auto row = [](const std::string& id, const std::string& collection) {
    Attachment attachment = *import_bknd({.id = id, .path = id + ".png", .size = 3},
                                         {.place = {.disk = "local", .folder = "uploads"}})
                                 .attachment;
    attachment.id = id;
    return ImportRecord{id, [=] {
                          return ImportedRecord{
                              {.attachment = attachment, .place = {{"Käse", "1"}, collection}},
                              {{ImportWarningKind::unknown_time, "createdAt"}}};
                        }};
  };
  const std::vector<ImportRecord> rows{row("a", "images"),  row("b", std::string(101, 'x')),
                                       row("c", "images"),  row("d", "images"),
                                       row("a", "figures"), row("c", "images")};
  const auto run = [&](ImportMode mode) {
    return import_rows(own.db.sql, own.shop.files, *store, rows,
                       {.mode = mode, .rows_of_a_transaction = 4});
  };
  for (const ImportMode mode : {ImportMode::dry_run, ImportMode::write}) {
    CHECK(store->count({}) == 0);
    const ImportReport report = run(mode);
    CHECK(report.rows == 6);
    CHECK(report.converted == 3);
    CHECK(report.already_done == 1);
    CHECK(report.changed == 0);
    REQUIRE(report.failures.size() == 2);
    CHECK(report.failures[0].code() == Errc::invalid_argument);
    CHECK(report.failures[0].where().row == "b");
    CHECK(report.failures[1].code() == Errc::exists);
    CHECK(report.failures[1].where().row == "a");
    CHECK(report.warnings.at(ImportWarningKind::unknown_time) == 3);
  }
  const auto listed = store->list_by_owner({"Käse", "1"}, std::nullopt, nullptr);
  REQUIRE(listed.size() == 3);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    CHECK(listed[i].attachment.path == "uploads/" + std::string(1, "acd"[i]) + ".png");
  }
  const ImportReport again = run(ImportMode::write);
  CHECK(again.already_done == 4);
  CHECK(again.failed == 2);
  CHECK_FALSE(in_transaction(own.db.sql));
}

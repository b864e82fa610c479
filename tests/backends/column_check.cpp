#include "affix/persistence/column_field.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

using namespace affix;
using namespace affix::tests;
using soci::use;

namespace {

using Names = std::vector<std::string>;

struct Kinds {
  Names fit;
  Names unfit;
};

/// Types of columns that somebody may declare for documents.
Kinds kinds(const Target& target) {
  switch (target.engine) {
    case Engine::sqlite:
      if (target.is_odbc()) return {{"text", "longvarchar"}, {"json", "varchar(100)", "clob"}};
      return {{"text", "json", "varchar(100)", "blob"}, {}};  // SQLite keeps to no length.
    case Engine::postgresql:
      if (target.is_odbc()) return {{"jsonb", "json", "text"}, {"varchar(100)", "varchar"}};
      return {{"jsonb", "json", "text", "varchar"}, {"varchar(100)", "char(100)", "bytea"}};
    case Engine::mysql:
    case Engine::mariadb:
      return {{"json", "longtext", "mediumtext"},
              {"text", "tinytext", "varchar(100)", "blob", "longtext character set latin1",
               "mediumtext character set utf8mb3"}};
    case Engine::firebird:
      return {{"blob sub_type text character set utf8"},
              {"varchar(100)", "varchar(8000)", "char(100)"}};
  }
  return {};
}

std::optional<Error> refusal(Database& db, const ColumnField& field) {
  const auto error = error_of([&] { field.check(db.sql); });
  CHECK_FALSE(in_transaction(db.sql));
  return error;
}

/// A table whose column `doc` is declared like this.
std::string table_with(Database& db, const std::string& declaration) {
  const std::string table = db.new_name("fields");
  db.run("create table " + table + "(id integer not null primary key, doc " + declaration + ")");
  return table;
}

}  // namespace

TEST_CASE("a column of a type that would refuse, cut or empty documents is refused at the start") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Attachment attachment = sample_attachment();
  for (const std::string& type : kinds(target).fit) {
    CAPTURE(type);
    const std::string table = table_with(db, type);
    const ColumnField field{.table = table, .column = "doc", .key = "id"};
    CHECK_FALSE(refusal(db, field));
    db.sql << "insert into " + table + "(id, doc) values(1, :doc)", use(attachment);
    db.done();
    CHECK(field.load(db.sql, 1) == attachment);
  }
  for (const std::string& type : kinds(target).unfit) {
    CAPTURE(type);
    const std::string table = table_with(db, type);
    const auto error = refusal(db, {.table = table, .column = "doc", .key = "id"});
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().table == table);
    CHECK(error->where().column == "doc");
    CHECK(error->cause().find("declare") != std::string_view::npos);
  }
}

TEST_CASE("a table, a column or a key that is missing is named at the start") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  const auto check = [&](const ColumnField& field, const std::string& column) {
    const auto error = refusal(db, field);
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().table == field.table);
    CHECK(error->where().column == column);
  };
  check({.table = "no_such_table", .column = "doc", .key = "id"}, "doc");
  check({.table = table, .column = "picture", .key = "id"}, "picture");
  check({.table = table, .column = "doc", .key = "number"}, "number");
  check({.table = table, .column = "", .key = "id"}, "");
}

TEST_CASE("a column that cannot be NULL is refused at the start") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = table_with(db, std::string(db.dialect().json_type()) + " not null");
  const auto error = refusal(db, {.table = table, .column = "doc", .key = "id"});
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
  CHECK(error->where().column == "doc");
}

TEST_CASE("a field that passes at the start is found in its table, however it is written") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string type(db.dialect().json_type());
  const std::string table = db.new_name("words");
  const std::vector<ColumnDefinition> columns{
      {.name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden},
      {.name = "Avatar", .type = type},
      {.name = "order", .type = type},
      {.name = "größe", .type = type}};
  db.run(db.dialect().create_table(table, columns, Names{"id"}));
  for (const char* name : {"avatar", "Avatar", "AVATAR", "order", "größe"}) {
    CAPTURE(name);
    const ColumnField field{.table = table, .column = name, .key = "ID"};
    CHECK_FALSE(refusal(db, field));
    CHECK(code_of([&] { field.load(db.sql, 1); }) == Errc::record_not_found);
  }
}

TEST_CASE("a check inside a transaction leaves it open") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  db.sql.begin();
  db.sql << "insert into " + table + "(id) values(1)";
  ColumnField{.table = table, .column = "doc", .key = "id"}.check(db.sql);
  CHECK(in_transaction(db.sql));
  db.sql.commit();
  CHECK(db.number("select count(*) from " + table) == 1);
}

#include "catch.hpp"
#include "database.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;
using soci::use;

// What the traits of a dialect promise is so on the database itself.

namespace {

using Names = std::vector<std::string>;

bool has_table(Database& db, const std::string& table) {
  const bool found = db.dialect().has_table(db.sql, table);
  db.done();
  return found;
}

/// Whether a statement, or what it is about, fails; the transaction is over then.
template <class Statement>
bool fails(Database& db, Statement statement) {
  try {
    statement();
    return false;
  } catch (const std::exception&) {
    if (in_transaction(db.sql)) db.sql.rollback();
    return true;
  }
}

}  // namespace

TEST_CASE("a rollback takes a table back, or its creation has committed what was before") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string rows = db.documents();
  const std::string table = db.new_name("late");
  db.sql.begin();
  db.sql << "insert into " + rows + "(id) values(1)";
  db.sql << "create table " + table + "(id integer not null primary key)";
  db.sql.rollback();
  const bool transactional = db.dialect().traits().transactional_ddl;
  CHECK(has_table(db, table) != transactional);
  CHECK(db.number("select count(*) from " + rows) == (transactional ? 0 : 1));
}

TEST_CASE("a new table is used at once, or after a commit") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.new_name("fresh");
  db.sql.begin();
  db.sql << "create table " + table + "(id integer not null primary key)";
  const auto insert = [&] { db.sql << "insert into " + table + "(id) values(1)"; };
  CHECK(fails(db, insert) == db.dialect().traits().ddl_needs_commit);
  if (in_transaction(db.sql)) db.sql.commit();
}

TEST_CASE("an INSERT returns what it has inserted where that is promised") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  if (!db.dialect().traits().returning) return;
  const std::string table = db.documents();
  const int id = 7;
  int returned = 0;
  db.sql << "insert into " + table + "(id) values(:id) returning id", use(id), into(returned);
  CHECK(returned == id);
}

TEST_CASE("one named parameter occurs twice where that is promised") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  for (const int id : {1, 2, 3})
    db.run("insert into " + table + "(id) values(" + std::to_string(id) + ")");
  const int id = 2;
  int found = 0;
  const bool failed = fails(db, [&] {
    db.sql << "select count(*) from " + table + " where id = :id or id > :id", use(id, "id"),
        into(found);
  });
  CHECK((!failed && found == 2) == db.dialect().traits().repeated_parameters);
}

TEST_CASE("a name may be as long as promised, and an index have as much text") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Dialect& dialect = db.dialect();
  const std::string table = db.new_name("longest");
  const std::string column(dialect.traits().max_identifier, 'c');
  const std::size_t characters = dialect.traits().max_index_text;
  const std::vector<ColumnDefinition> columns{
      {.name = column, .type = dialect.text_type(characters)}};
  db.run(dialect.create_table(table, columns, {}));
  db.run("create index " + table + "_i on " + table + "(" + dialect.identifier(column) + ")");
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) text += "\U0001F600";
  db.sql << "insert into " + table + "(" + dialect.identifier(column) + ") values(:text)",
      use(text);
  db.done();
  const auto found = dialect.columns(db.sql, table);
  db.done();
  REQUIRE(found.size() == 1);
  CHECK(dialect.is_named(found.front(), column));
  int rows = 0;
  db.sql << "select count(*) from " + table + " where " + dialect.identifier(column) + " = :text",
      use(text), into(rows);
  db.done();
  CHECK(rows == 1);
}

#include <algorithm>

#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;
using soci::use;

namespace {

using Names = std::vector<std::string>;
constexpr auto forbidden = ColumnDefinition::Null::forbidden;

std::vector<ColumnDefinition> media_columns(const Dialect& dialect) {
  return {{.name = "id", .type = dialect.text_type(36), .null = forbidden},
          {.name = "position",
           .type = "integer",
           .default_value = "0",
           .null = ColumnDefinition::Null::forbidden},
          {.name = "size", .type = "bigint"},
          {.name = "doc", .type = std::string(dialect.json_type())}};
}

Names column_names(Database& db, const std::string& table) {
  Names names;
  for (const ColumnInfo& column : db.dialect().columns(db.sql, table)) {
    std::string name = column.name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    names.push_back(name);
  }
  db.done();
  return names;
}

void put(Database& db, const std::string& upsert, const std::string& id, int position,
         const std::optional<Attachment>& doc) {
  db.sql << upsert, use(id), use(position), use(doc);
  db.done();
}

}  // namespace

TEST_CASE("the dialect of a session is that of its engine, also behind ODBC") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  CHECK(db.dialect().engine() == target.engine);
  CHECK(&dialect_of(db.sql) == &db.dialect());
  CHECK(db.dialect().traits().bulk_fetch == !target.is_odbc());
}

TEST_CASE("a session that would connect again by itself, and lose its transaction, is refused") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.name != "mysql") return;  // Others have no such option.
  Database db(target);
  soci::session sql(db.connection() + " reconnect=1");
  CHECK(code_of([&] { static_cast<void>(dialect_of(sql)); }) == Errc::invalid_argument);
}

TEST_CASE("every word of SQL is a name of a column, and bare words fold as in everybody's SQL") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Names words{"order", "group",  "user",  "default",  "references", "index", "key",
                    "value", "values", "count", "position", "timestamp",  "from",  "offset",
                    "path",  "size",   "type",  "name",     "meta",       "role",  "rows",
                    "Owner", "größe",  "a b",   "end",      "rank",       "level", "localtime"};
  std::vector<ColumnDefinition> columns;
  for (const std::string& word : words) columns.push_back({.name = word, .type = "integer"});
  const std::string table = db.new_name("words");
  db.run(db.dialect().create_table(table, columns, {}));
  CHECK(db.dialect().columns(db.sql, table).size() == words.size());
  db.done();
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < words.size(); ++i) {
    names += (i == 0 ? "" : ", ") + db.dialect().identifier(words[i]);
    values += (i == 0 ? "" : ", ") + std::to_string(i);
  }
  db.run("insert into " + table + "(" + names + ") values(" + values + ")");
  for (std::size_t i = 0; i < words.size(); ++i) {
    CAPTURE(words[i]);
    const std::string column = db.dialect().identifier(words[i]);
    const auto found = db.number("select t." + column + " from " + table + " t");
    CHECK(found == static_cast<long long>(i));
  }
  CHECK(db.number("select OWNER from " + table) == 21);
}

TEST_CASE("postgreSQL's own list of reserved words is the dialect's") {
  const Target target = GENERATE(from_range(targets()));
  if (target.engine != Engine::postgresql) return;
  Database db(target);
  const soci::rowset<std::string> words =
      (db.sql.prepare << "select cast(word as varchar(60)) from pg_get_keywords() where catcode in "
                         "('R', 'T')");
  int count = 0;
  for (const std::string& word : words) {
    CAPTURE(word);
    CHECK(db.dialect().identifier(word) == "\"" + word + "\"");
    ++count;
  }
  CHECK(count > 90);
}

TEST_CASE("a table is created, found with its columns, and gets further ones with its rows kept") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Dialect& dialect = db.dialect();
  const std::string table = db.new_name("media");
  CHECK_FALSE(dialect.has_table(db.sql, table));
  db.done();
  db.run(dialect.create_table(table, media_columns(dialect), Names{"id"}));
  CHECK(dialect.has_table(db.sql, table));
  db.done();
  CHECK(column_names(db, table) == Names{"id", "position", "size", "doc"});
  db.run("insert into " + table + "(id) values('a')");
  db.run(dialect.add_column(table, {.name = "visibility",
                                    .type = dialect.text_type(10),
                                    .default_value = Dialect::literal("it's"),
                                    .null = forbidden}));
  db.run(dialect.add_column(table, {.name = "meta", .type = std::string(dialect.json_type())}));
  CHECK(column_names(db, table) == Names{"id", "position", "size", "doc", "visibility", "meta"});
  std::string visibility;
  db.sql << "select visibility from " + table, into(visibility);
  db.done();
  CHECK(visibility == "it's");
  CHECK(db.number("select " + dialect.identifier("position") + " from " + table) == 0);
  CHECK(code_of([&] {
          static_cast<void>(
              dialect.add_column(table, {.name = "must", .type = "integer", .null = forbidden}));
        }) == Errc::invalid_argument);
}

TEST_CASE("an upsert inserts, or updates what it names and keeps the rest") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Dialect& dialect = db.dialect();
  const std::string table = db.new_name("media");
  db.run(dialect.create_table(table, media_columns(dialect), Names{"id"}));
  const std::string upsert = dialect.upsert(table, Names{"id", "position", "doc"}, Names{"id"});
  put(db, upsert, "a", 1, sample_attachment());
  put(db, upsert, "b", 2, std::nullopt);
  const long long size = 6'000'000'000;
  db.sql << "update " + table + " set " + dialect.identifier("size") + " = :size", use(size);
  db.done();
  put(db, upsert, "a", 9, std::nullopt);
  put(db, upsert, "b", 8, sample_attachment("b.jpg"));
  CHECK(db.number("select count(*) from " + table) == 2);
  for (const std::string id : {"a", "b"}) {
    int position = 0;
    long long kept = 0;
    std::optional<Attachment> doc;
    db.sql << "select " + dialect.identifier("position") + ", " + dialect.identifier("size") +
                  ", doc from " + table + " where id = :id",
        use(id), into(position), into(kept), into(doc);
    db.done();
    CHECK(position == (id == "a" ? 9 : 8));
    CHECK(kept == size);
    CHECK(doc.has_value() == (id == "b"));
  }
  const std::string there = "a";
  db.sql << dialect.upsert(table, Names{"id"}, Names{"id"}), use(there);
  db.done();
  CHECK(db.number("select count(*) from " + table) == 2);
}

TEST_CASE("an upsert that meets the values of another row is refused, but not by MariaDB") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.new_name("pages");
  db.run("create table " + table +
         "(id integer not null primary key, slug integer not null unique, hits integer)");
  db.run("insert into " + table + "(id, slug, hits) values(1, 100, 7)");
  const std::string upsert = db.dialect().upsert(table, Names{"id", "slug", "hits"}, Names{"id"});
  const int id = 2;
  const int slug = 100;
  const int hits = 0;
  const auto run = [&] { db.sql << upsert, use(id), use(slug), use(hits); };
  const bool refused = target.engine != Engine::mariadb;
  if (refused) {
    CHECK_THROWS_AS(run(), soci::soci_error);
    if (in_transaction(db.sql)) db.sql.rollback();
  } else {
    run();
  }
  CHECK(db.number("select count(*) from " + table) == 1);
  CHECK(db.number("select hits from " + table) == (refused ? 7 : 0));
}

TEST_CASE("rows are found by the beginning of a member of the JSON where SQL can look into it") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  const Names path{"variants", "thumb", "mimeType"};
  if (!db.dialect().traits().json_members) {
    CHECK(db.dialect().engine() == Engine::firebird);
    CHECK(code_of([&] { static_cast<void>(db.dialect().json_member("doc", path)); }) ==
          Errc::unsupported);
    return;
  }
  const Attachment attachment = sample_attachment("100%_sure.jpg");
  const std::optional<Attachment> none;
  db.sql << "insert into " + table + "(id, doc) values(1, :doc)", use(attachment);
  db.sql << "insert into " + table + "(id, doc) values(2, :doc)", use(none);
  const auto count = [&](const Names& member, const std::string& prefix) {
    const std::string pattern = Dialect::prefix_pattern(prefix);
    int rows = 0;
    db.sql << "select count(*) from " + table + " where " +
                  db.dialect().json_member("doc", member) + " like :pattern escape '!'",
        use(pattern), into(rows);
    return rows;
  };
  CHECK(count(path, "image/") == 1);
  CHECK(count(path, "imag_/") == 0);
  CHECK(count({"name"}, "100%_") == 1);
  CHECK(count({"name"}, "100__") == 0);
  CHECK(count({"nothing"}, "") == 0);
}

TEST_CASE("the start of a document is found without the blanks that engines add") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  const Attachment attachment = sample_attachment();
  const std::optional<Attachment> none;
  db.sql << "insert into " + table + "(id, doc) values(1, :doc)", use(attachment);
  db.sql << "insert into " + table + "(id, doc) values(2, :doc)", use(none);
  const auto count = [&](std::string text, std::size_t characters) {
    int rows = 0;
    db.sql << "select count(*) from " + table + " where " +
                  db.dialect().document_start("doc", characters) + " = :text",
        use(text), into(rows);
    return rows;
  };
  const std::string start = "{\"v\":1,\"id\":\"" + attachment.id + "\"";
  CHECK(print(attachment).starts_with(start));
  CHECK((count(start, start.size()) == 1 || count(start, start.size() + 3) == 1));
  CHECK(count(start.substr(0, 9) + "x", 10) == 0);
}

TEST_CASE("a member of the JSON is a text, also one that is a number") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  if (!db.dialect().traits().json_members) return;
  const std::string table = db.documents();
  const Attachment attachment = sample_attachment();
  db.sql << "insert into " + table + "(id, doc) values(1, :doc)", use(attachment);
  const std::string size = std::to_string(attachment.size);
  int rows = 0;
  db.sql << "select count(*) from " + table + " where " +
                db.dialect().json_member("doc", Names{"size"}) + " = :size",
      use(size), into(rows);
  CHECK(rows == 1);
}

TEST_CASE("a page of rows is taken out of their order") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  for (int id = 1; id <= 5; ++id) {
    db.sql << "insert into " + table + "(id) values(:id)", use(id);
  }
  db.done();
  std::vector<int> ids;
  {
    const soci::rowset<int> rows =
        (db.sql.prepare << "select id from " + table + " order by id desc" +
                               db.dialect().page(2, 1));
    for (const int id : rows) ids.push_back(id);
  }
  db.done();
  CHECK(ids == std::vector<int>{4, 3});
}

TEST_CASE("columns that a document does not fit into are known by what the catalogue says") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Dialect& dialect = db.dialect();
  const std::string table = db.new_name("kinds");
  db.run(dialect.create_table(
      table,
      std::vector<ColumnDefinition>{{.name = "good", .type = std::string(dialect.json_type())},
                                    {.name = "bad", .type = dialect.text_type(200)}},
      {}));
  const auto columns = dialect.columns(db.sql, table);
  db.done();
  REQUIRE(columns.size() == 2);
  CHECK_FALSE(dialect.unfit_for_json(columns[0].type));
  // SQLite does not keep to a declared length, only its ODBC driver does.
  CHECK(dialect.unfit_for_json(columns[1].type).has_value() == (target.name != "sqlite3"));
}

TEST_CASE("a column that is missing is an error and not a text") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  db.run("insert into " + table + "(id) values(1)");
  std::string value;
  CHECK_THROWS_AS(
      (db.sql << "select " + db.dialect().identifier("avatar") + " from " + table, into(value)),
      soci::soci_error);
  if (in_transaction(db.sql)) db.sql.rollback();
}

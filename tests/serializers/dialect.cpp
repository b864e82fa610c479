#include "affix/soci/dialect.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <map>
#include <memory>

#include "affix/soci/firebird_dialect.hpp"
#include "affix/soci/mysql_dialect.hpp"
#include "affix/soci/postgresql_dialect.hpp"
#include "affix/soci/sqlite_dialect.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

using Names = std::vector<std::string>;

const SqliteDialect sqlite;
const PostgresqlDialect postgresql;
const MysqlDialect mysql(Engine::mysql);
const MysqlDialect mariadb;
const FirebirdDialect firebird;
const SqliteDialect odbc_sqlite(Access::odbc);
const PostgresqlDialect odbc_postgresql(Access::odbc);
const MysqlDialect odbc_mariadb(Engine::mariadb, Access::odbc);

const std::vector<const Dialect*> all{&sqlite,   &postgresql,  &mysql,           &mariadb,
                                      &firebird, &odbc_sqlite, &odbc_postgresql, &odbc_mariadb};

}  // namespace

TEST_CASE("names are quoted part by part, so that words of SQL are names too") {
  CHECK(sqlite.identifier("users") == "`users`");
  CHECK(sqlite.identifier("main.order") == "`main`.`order`");
  CHECK(sqlite.identifier("größe in cm") == "`größe in cm`");
  CHECK(mysql.identifier("Users") == "`Users`");
}

TEST_CASE("a plain word stays bare where quotes would make its case count") {
  for (const Dialect* dialect :
       {static_cast<const Dialect*>(&postgresql), static_cast<const Dialect*>(&firebird)}) {
    CHECK(dialect->identifier("Users") == "Users");
    CHECK(dialect->identifier("my.users_2") == "my.users_2");
    CHECK(dialect->identifier("Order") == "\"Order\"");
    CHECK(dialect->identifier("my.user") == "my.\"user\"");
    CHECK(dialect->identifier("2nd") == "\"2nd\"");
    CHECK(dialect->identifier("größe in cm") == "\"größe in cm\"");
  }
  CHECK(firebird.identifier("position") == "\"position\"");
  CHECK(postgresql.identifier("position") == "position");
}

TEST_CASE("a name that comes in double quotes is quoted in the engine's way") {
  CHECK(sqlite.identifier("\"ownerType\"") == "`ownerType`");
  CHECK(mysql.identifier("\"ownerType\"") == "`ownerType`");
  CHECK(firebird.identifier("\"plain\"") == "\"plain\"");
  CHECK(postgresql.identifier("my.\"ownerType\"") == "my.\"ownerType\"");
  CHECK(postgresql.is_named({.name = "ownerType"}, "\"ownerType\""));
  CHECK_FALSE(postgresql.is_named({.name = "ownertype"}, "\"ownerType\""));
  CHECK(firebird.is_named({.name = "plain"}, "\"plain\""));
  CHECK_FALSE(firebird.is_named({.name = "PLAIN"}, "\"plain\""));
  CHECK(sqlite.is_named({.name = "ownertype"}, "\"ownerType\""));
  for (const Dialect* dialect : all) {
    for (const char* name : {"\"\"", "\"", "\"a", "a\"", "\"\"\"", "\"a\"b\"", "\"a`\""}) {
      CAPTURE(name);
      CHECK(code_of([&] { static_cast<void>(dialect->identifier(name)); }) ==
            Errc::invalid_argument);
    }
  }
}

TEST_CASE("a name that could be more than a name is refused") {
  for (const Dialect* dialect : all) {
    for (const std::string_view name : {"", ".", "a.", ".a", "a`b", "a\"b", "a'b", "a;b", "a:b",
                                        "a?b", "a#b", "a\\b", "a[b", "a]b", "a\nb", "a\x7f"}) {
      CAPTURE(name);
      CHECK(code_of([&] { static_cast<void>(dialect->identifier(name)); }) ==
            Errc::invalid_argument);
    }
    CHECK(code_of([&] { static_cast<void>(dialect->identifier(std::string_view("a\0b", 3))); }) ==
          Errc::invalid_argument);
    const std::size_t most = dialect->traits().max_identifier;
    CHECK_FALSE(code_of([&] { static_cast<void>(dialect->identifier(std::string(most, 'a'))); }));
    CHECK(code_of([&] { static_cast<void>(dialect->identifier(std::string(most + 1, 'a'))); }) ==
          Errc::invalid_argument);
  }
}

TEST_CASE("a literal cannot end itself") {
  CHECK(Dialect::literal("it's ''") == "'it''s '''''");
  CHECK(Dialect::literal("") == "''");
  CHECK(code_of([] { static_cast<void>(Dialect::literal("\\")); }) == Errc::invalid_argument);
  CHECK(code_of([] { static_cast<void>(Dialect::literal(std::string_view("\0", 1))); }) ==
        Errc::invalid_argument);
}

TEST_CASE("a prefix has no wildcards but the one behind it") {
  CHECK(Dialect::prefix_pattern("image/") == "image/%");
  CHECK(Dialect::prefix_pattern("50%_!") == "50!%!_!!%");
  CHECK(Dialect::prefix_pattern("") == "%");
}

TEST_CASE("a table is created with its columns and its key") {
  const std::vector<ColumnDefinition> columns{
      {.name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden},
      {.name = "order", .type = postgresql.text_type(20), .default_value = "'x'"}};
  CHECK(postgresql.create_table("media", columns, Names{"id"}) ==
        "create table media (id integer not null, \"order\" varchar(20) default 'x', primary key "
        "(id))");
  CHECK(mysql.create_table("media", columns, {}) ==
        "create table `media` (`id` integer not null, `order` varchar(20) default 'x')");
}

TEST_CASE("a column is added without the word that some engines do not know") {
  const ColumnDefinition column{.name = "kind",
                                .type = "integer",
                                .default_value = "7",
                                .null = ColumnDefinition::Null::forbidden};
  CHECK(firebird.add_column("media", column) ==
        "alter table media add kind integer default 7 not null");
  for (const Dialect* dialect : all) {
    const auto error = error_of([&] {
      static_cast<void>(dialect->add_column(
          "media", {.name = "kind", .type = "integer", .null = ColumnDefinition::Null::forbidden}));
    });
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().column == "kind");
  }
}

TEST_CASE("every engine has its own upsert") {
  const Names columns{"id", "doc", "size"};
  const Names keys{"id"};
  const std::string insert = "insert into `t` (`id`, `doc`, `size`) values (:p0, :p1, :p2)";
  CHECK(sqlite.upsert("t", columns, keys) ==
        insert +
            " on conflict (`id`) do update set `doc` = excluded.`doc`, `size` = "
            "excluded.`size`");
  CHECK(mysql.upsert("t", columns, keys) ==
        insert + " on duplicate key update `doc` = values(`doc`), `size` = values(`size`)");
  CHECK(postgresql.upsert("t", columns, keys) ==
        "insert into t (id, doc, size) values (:p0, :p1, :p2) on conflict (id) do update set doc "
        "= excluded.doc, size = excluded.size");
  CHECK(firebird.upsert("t", columns, keys) ==
        "update or insert into t (id, doc, size) values (:p0, :p1, :p2) matching (id)");
}

TEST_CASE("an upsert of nothing but keys changes nothing that is there") {
  const Names keys{"id"};
  CHECK(sqlite.upsert("t", keys, keys).ends_with(" on conflict (`id`) do nothing"));
  CHECK(postgresql.upsert("t", keys, keys).ends_with(" on conflict (id) do nothing"));
  CHECK(mysql.upsert("t", keys, keys).ends_with(" on duplicate key update `id` = `id`"));
}

TEST_CASE("pages and row locks are in the engine's words") {
  CHECK(postgresql.page(10, 20) == " limit 10 offset 20");
  CHECK(firebird.page(10, 20) == " offset 20 rows fetch first 10 rows only");
  for (const Dialect* dialect : all) CHECK(dialect->row_lock(RowLock::none).empty());
  CHECK(sqlite.row_lock(RowLock::wait).empty());
  CHECK(sqlite.row_lock(RowLock::skip_locked).empty());
  CHECK(mysql.row_lock(RowLock::wait) == " for update");
  CHECK(postgresql.row_lock(RowLock::skip_locked) == " for update skip locked");
  CHECK(firebird.row_lock(RowLock::wait) == " with lock");
  CHECK(code_of([] { static_cast<void>(firebird.row_lock(RowLock::skip_locked)); }) ==
        Errc::unsupported);
}

TEST_CASE("how a document starts is asked for in the engine's words") {
  CHECK(sqlite.document_start("doc", 9) == "replace(substr(`doc`, 1, 9), ' ', '')");
  CHECK(mariadb.document_start("doc", 9) == "replace(substr(`doc`, 1, 9), ' ', '')");
  CHECK(postgresql.document_start("doc", 9) == "replace(left(cast(doc as text), 9), ' ', '')");
  CHECK(firebird.document_start("doc", 9) ==
        "replace(cast(substring(doc from 1 for 9) as varchar(36)), ' ', '')");
}

TEST_CASE("a member of the JSON is named by words and numbers only") {
  const Names path{"variants", "thumb"};
  CHECK(sqlite.json_member("doc", path) ==
        "cast(json_extract(`doc`, '$.\"variants\".\"thumb\"') as text)");
  CHECK(mysql.json_member("doc", path).find("'$.\"variants\".\"thumb\"'") != std::string::npos);
  CHECK(sqlite.json_member("doc", Names{"a-b", "0"}) ==
        "cast(json_extract(`doc`, '$.\"a-b\"[0]') as text)");
  CHECK(postgresql.json_member("doc", path) ==
        "jsonb_extract_path_text(cast(doc as jsonb), 'variants', 'thumb')");
  CHECK(code_of([&] { static_cast<void>(firebird.json_member("doc", path)); }) ==
        Errc::unsupported);
  for (const Dialect* dialect :
       {static_cast<const Dialect*>(&sqlite), static_cast<const Dialect*>(&postgresql),
        static_cast<const Dialect*>(&mysql)}) {
    for (const char* member : {"", "a'b", "a.b", "a\"", "$", "a b", "-a", "0a"}) {
      CAPTURE(member);
      const auto error = error_of([&] {
        static_cast<void>(dialect->json_member("doc", Names{"variants", member}));
      });
      REQUIRE(error);
      CHECK(error->code() == Errc::invalid_argument);
      CHECK(error->where().member == member);
    }
  }
}

TEST_CASE("types that would cut or empty a document are unfit for it, the dialect's own is not") {
  struct Kinds {
    const Dialect* dialect;
    Names fit;
    Names unfit;
  };
  const std::vector<Kinds> kinds{
      {&sqlite, {"text", "JSON", "varchar(10)", ""}, {}},
      {&odbc_sqlite, {"text", "TEXT", "longvarchar"}, {"json", "clob", "varchar(255)", ""}},
      {&postgresql,
       {"jsonb", "json", "text", "character varying"},
       {"character varying(255)", "bytea", "integer"}},
      {&odbc_postgresql, {"jsonb", "json", "text"}, {"character varying", "bytea"}},
      {&mysql, {"json", "longtext", "mediumtext"}, {"text", "tinytext", "varchar(255)"}},
      {&odbc_mariadb, {"longtext"}, {"text"}},
      {&firebird, {"261"}, {"37", "14"}},
  };
  for (const Kinds& one : kinds) {
    for (const std::string& type : one.fit) CHECK_FALSE(one.dialect->unfit_for_json(type));
    for (const std::string& type : one.unfit) {
      CAPTURE(type);
      REQUIRE(one.dialect->unfit_for_json(type));
      CHECK_FALSE(one.dialect->unfit_for_json(type)->empty());
    }
  }
}

TEST_CASE("a column of the catalogue is found by the name that statements have for it") {
  CHECK(sqlite.is_named({.name = "Avatar"}, "avatar"));
  CHECK(mysql.is_named({.name = "order"}, "ORDER"));
  CHECK_FALSE(mysql.is_named({.name = "order"}, "orders"));
  CHECK(postgresql.is_named({.name = "avatar"}, "Avatar"));
  CHECK_FALSE(postgresql.is_named({.name = "Avatar"}, "Avatar"));
  CHECK(postgresql.is_named({.name = "Order"}, "Order"));
  CHECK_FALSE(postgresql.is_named({.name = "order"}, "Order"));
  CHECK(firebird.is_named({.name = "AVATAR"}, "Avatar"));
  CHECK_FALSE(firebird.is_named({.name = "Avatar"}, "Avatar"));
  CHECK(firebird.is_named({.name = "Order"}, "Order"));
}

TEST_CASE("engines have names") {
  const std::map<const Dialect*, std::string_view> names{
      {&sqlite, "sqlite"},   {&postgresql, "postgresql"}, {&mysql, "mysql"},
      {&mariadb, "mariadb"}, {&firebird, "firebird"},     {&odbc_mariadb, "mariadb"}};
  for (const auto& [dialect, text] : names) CHECK(name(dialect->engine()) == text);
}

TEST_CASE("nothing that SOCI's ODBC backend misreads is in a statement for it") {
  const Names columns{"id", "doc"};
  for (const Dialect* dialect : all) {
    std::string statements = dialect->upsert("t", columns, Names{"id"}) + dialect->page(1, 2);
    statements += dialect->document_start("doc", 60);
    if (dialect->traits().json_members) statements += dialect->json_member("doc", columns);
    for (const char* trap : {"::", "#", "?", "--", "[", "\\"}) {
      CHECK(statements.find(trap) == std::string::npos);
    }
  }
}

TEST_CASE("an index is looked for in the database of its table") {
  soci::session sql(soci::sqlite3, ":memory:");
  sql << "attach database ':memory:' as other";
  sql << "create table media(id integer)";
  sql << "create table other.media(id integer)";
  sql << "create index here on media(id)";
  sql << "create index other.there on media(id)";
  CHECK(sqlite.has_index(sql, "media", "here"));
  CHECK(sqlite.has_index(sql, "other.media", "there"));
  CHECK_FALSE(sqlite.has_index(sql, "other.media", "here"));
  CHECK_FALSE(sqlite.has_index(sql, "main.media", "there"));
}

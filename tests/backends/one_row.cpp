#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>

#include "affix/soci/database_error.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "session_failure.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using detail::Query;
using soci::into;

namespace {

/// A table of every kind of value, with the rows 1 and 2 of the group 7.
struct Values {
  explicit Values(const Target& target) : database(target), table(database.new_name("values")) {
    const auto null = ColumnDefinition::Null::allowed;
    const std::vector<ColumnDefinition> columns{
        {.name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden},
        {.name = "label", .type = database.dialect().text_type(100), .null = null},
        {.name = "doc", .type = std::string(database.dialect().json_type()), .null = null},
        {.name = "large", .type = "bigint", .null = null},
        {.name = "real", .type = "double precision", .null = null},
        {.name = "team", .type = "integer", .null = null}};
    const std::vector<std::string> key{"id"};
    database.run(database.dialect().create_table(table, columns, key));
    for (const char* id : {"1", "2"}) {
      database.run("insert into " + table + " (" + name("id") + ", " + name("team") + ") values (" +
                   id + ", 7)");
    }
  }

  std::string name(const std::string& column) { return database.dialect().identifier(column); }
  std::string update(const std::string& column) {
    return "update " + table + " set " + name(column) + " = :p0 where " + name("id") + " = :p1";
  }
  long long count(const std::string& condition) {
    return database.number("select count(*) from " + table + " where " + condition);
  }

  Database database;
  std::string table;
};

std::string document(std::size_t bytes) {
  std::string text = R"({"text":")";
  while (text.size() < bytes) text += R"(é€😀 it's \"x\" :p1 ? --)";
  return text + "\"}";
}

}  // namespace

TEST_CASE("a statement on one row says whether it has changed it") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  soci::session& sql = values.database.sql;
  std::ostringstream log;
  sql.set_log_stream(&log);
  CHECK(Query(sql, values.update("team")).bind(8).bind(1).change_one() == 1);
  sql.set_log_stream(nullptr);
  CHECK(log.str() == values.update("team") + "\n");
  CHECK(Query(sql, values.update("team")).bind(9).bind(3).change_one() == 0);
  Query insert(sql, "insert into " + values.table + " (" + values.name("id") + ", " +
                        values.name("team") + ") values (:p0, :p1)");
  CHECK(insert.bind(3).bind(8).change_one() == 1);
  Query remove(sql, "delete from " + values.table + " where " + values.name("id") + " = :p0");
  CHECK(remove.bind(2).change_one() == 1);
  const std::vector<detail::Parameter> parameters{{8LL}, {1LL}};
  const auto at_once = detail::change_one_at_once(sql, values.update("team"), parameters);
  CHECK(at_once == (sql.get_backend_name() == "firebird" ? std::optional(1) : std::nullopt));
  values.database.done();
  CHECK(values.count(values.name("team") + " = 8") == 2);
  CHECK(values.count(values.name("id") + " = 2") == 0);
}

TEST_CASE("a statement on one row takes every kind of value as any other does") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  soci::session& sql = values.database.sql;
  const auto set = [&](const std::string& column, const auto& bind) {
    Query query(sql, values.update(column));
    bind(query);
    CHECK(query.bind(1).change_one() == 1);
    values.database.done();
  };
  for (const std::string& text :
       {std::string("it's ü € 😀 :p1 ?"), std::string(100, 'x'), std::string("a ")}) {
    set("label", [&](Query& query) { query.bind(text); });
    std::string read;
    sql << "select " + values.name("label") + " from " + values.table + " where " +
               values.name("id") + " = 1",
        into(read);
    values.database.done();
    CHECK(read == text);
  }
  set("label", [](Query& query) { query.bind_optional(""); });
  CHECK(values.count(values.name("label") + " is null") == 2);
  set("large", [](Query& query) { query.bind(-9'223'372'036'854'775'807LL); });
  CHECK(values.count(values.name("large") + " = -9223372036854775807") == 1);
  set("large", [](Query& query) { query.bind_unless_zero(0); });
  CHECK(values.count(values.name("large") + " is null") == 2);
  set("real", [](Query& query) { query.bind(-0.375); });
  CHECK(values.count(values.name("real") + " = -0.375") == 1);
}

TEST_CASE("a statement on one row takes documents of every size") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  soci::session& sql = values.database.sql;
  for (const std::size_t size : {10U, 8'191U, 32'000U, 32'760U, 33'000U, 100'000U}) {
    CAPTURE(size);
    const std::string text = document(size);
    CHECK(Query(sql, values.update("doc")).bind_document(text).bind(1).change_one() == 1);
    detail::DocumentText read;
    Query select(sql, "select " + values.name("doc") + " from " + values.table + " where " +
                          values.name("id") + " = 1");
    select.fetch_with(
        [&](soci::statement& statement) {
          statement.exchange(soci::details::into_type_ptr(
              new detail::JsonInto<detail::DocumentText>(read, nullptr)));
        },
        [] {});
    CHECK(nlohmann::json::parse(read.text) == nlohmann::json::parse(text));
  }
  CHECK(Query(sql, values.update("doc")).bind_document("").bind(1).change_one() == 1);
  values.database.done();
  CHECK(values.count(values.name("doc") + " is null") == 2);
}

TEST_CASE("names of parameters inside of quotes are none, in a statement on one row") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  soci::session& sql = values.database.sql;
  Query query(sql, "update " + values.table + " set " + values.name("label") +
                       " = 'it''s %p9 or so' where " + values.name("id") + " = :p0");
  CHECK(query.bind(1).change_one() == 1);
  values.database.done();
  CHECK(values.count(values.name("label") + " = 'it''s %p9 or so'") == 1);
}

TEST_CASE("a statement on one row that finds several says so") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  soci::session& sql = values.database.sql;
  sql.begin();
  Query query(sql, "update " + values.table + " set " + values.name("label") + " = :p0 where " +
                       values.name("team") + " = :p1");
  CHECK(query.bind(std::string("x")).bind(7).change_one() > 1);
  sql.rollback();
  CHECK(values.count(values.name("label") + " = 'x'") == 0);
}

TEST_CASE("what a database refuses in a statement on one row is sorted as everywhere") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  const auto kind_of = [&](const std::string& text, auto... parameters) {
    try {
      Query query(values.database.sql, text);
      (query.bind(parameters), ...);
      query.change_one();
    } catch (const std::exception& error) {
      const DatabaseError kind = classify(error);
      CHECK(std::string(error.what()).size() > 10);
      detail::abandon_transaction(values.database.sql);
      return kind;
    }
    values.database.done();
    return DatabaseError::other;
  };
  const std::string insert = "insert into " + values.table + " (" + values.name("id") + ", " +
                             values.name("label") + ") values (:p0, :p1)";
  CHECK(kind_of(insert, 1, std::string("x")) == DatabaseError::unique);
  CHECK(kind_of("delete from affix_nowhere where id = :p0", 1) == DatabaseError::missing_object);
  const bool has_widths = target.engine != Engine::sqlite;
  const auto wide = kind_of(insert, 4, std::string(101, 'x'));
  CHECK(wide == (has_widths ? DatabaseError::too_large : DatabaseError::other));
}

TEST_CASE("the document of a row is read whole, however long it is") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Values values(target);
  soci::session& sql = values.database.sql;
  const ColumnField field{.table = values.table, .column = "doc", .key = "id"};
  const auto read = [&](const RowKey& key) {
    auto text = detail::read_row<detail::DocumentText>(sql, field, key, RowLock::none).text;
    values.database.done();
    return text;
  };
  CHECK(read(1).empty());
  CHECK(code_of([&] { read(3); }) == Errc::record_not_found);
  values.database.done();
  for (const std::size_t size : {10U, 8'000U, 8'191U, 8'192U, 20'000U, 32'765U, 100'000U}) {
    CAPTURE(size);
    const std::string text = document(size);
    CHECK(Query(sql, values.update("doc")).bind_document(text).bind(1).change_one() == 1);
    values.database.done();
    CHECK(nlohmann::json::parse(read(1)) == nlohmann::json::parse(text));
  }
  const ColumnField nowhere{.table = "affix_nowhere", .column = "doc", .key = "id"};
  const ColumnField several{.table = values.table, .column = "doc", .key = "team"};
  CHECK(code_of([&] { detail::read_row<detail::DocumentText>(sql, several, 7, RowLock::none); }) ==
        Errc::invalid_argument);
  values.database.done();
  CHECK(code_of([&] { detail::read_row<detail::DocumentText>(sql, nowhere, 7, RowLock::none); }) ==
        Errc::database);
}

TEST_CASE("a document is read from BLOBs of every kind and character set on Firebird") {
  std::vector<Target> found = targets();
  std::erase_if(found, [](const Target& target) { return target.engine != Engine::firebird; });
  if (found.empty()) return;
  const Target target = GENERATE_COPY(from_range(found));
  const std::string type = GENERATE("blob", "blob sub_type text character set none",
                                    "blob sub_type text character set utf8");
  CAPTURE(target, type);
  Database database(target);
  const std::string table = database.new_name("blobs");
  database.run("create table " + table + " (id integer not null primary key, doc " + type + ")");
  database.run("insert into " + table + " (id) values (1)");
  const ColumnField field{.table = table, .column = "doc", .key = "id"};
  for (const std::string text : {R"({"a":1})", "{\n \"a\": 2\n}", "{\n \"é\": \"ü ß\"\n}"}) {
    CAPTURE(text);
    Query update(database.sql, "update " + table + " set doc = :p0 where id = :p1");
    CHECK(update.bind_document(text).bind(1).change_one() == 1);
    const auto read = detail::read_row<detail::DocumentText>(database.sql, field, 1, RowLock::none);
    detail::DocumentText by_soci;
    Query select(database.sql, "select doc from " + table + " where id = 1");
    select.fetch_with(
        [&](soci::statement& statement) {
          statement.exchange(soci::details::into_type_ptr(
              new detail::JsonInto<detail::DocumentText>(by_soci, nullptr)));
        },
        [] {});
    CHECK(read.text == by_soci.text);
    CHECK(read.text == text);
  }
  database.done();
}

TEST_CASE("what a trigger finds several times is not taken for several rows on Firebird") {
  std::vector<Target> found = targets();
  std::erase_if(found, [](const Target& target) { return target.engine != Engine::firebird; });
  if (found.empty()) return;
  const Target target = GENERATE_COPY(from_range(found));
  CAPTURE(target);
  Values values(target);
  const std::string trigger = values.database.new_name("trigger");
  values.database.run("create trigger " + trigger + " for " + values.table +
                      " before insert or update as declare found integer; begin select team from " +
                      values.table + " where team = 7 into found; end");
  Query update(values.database.sql, values.update("team"));
  CHECK_THROWS_AS(update.bind(8).bind(1).change_one(), soci::soci_error);
  values.database.sql.rollback();
  values.database.run("drop trigger " + trigger);
}

TEST_CASE("the row whose document is read can be locked, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine == Engine::sqlite) return;  // There a transaction that writes locks everything.
  Values values(target);
  soci::session other;
  values.database.connect(other);
  const ColumnField field{.table = values.table, .column = "doc", .key = "id"};
  values.database.sql.begin();
  CHECK(detail::read_row<detail::DocumentText>(values.database.sql, field, 1, RowLock::wait)
            .text.empty());
  auto waiting = std::async(std::launch::async, [&] {
    other.begin();
    Query update(other, values.update("team"));
    const long long rows = update.bind(8).bind(1).change_one();
    other.commit();
    return rows;
  });
  CHECK(waiting.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
  values.database.sql.rollback();
  CHECK(waiting.get() == 1);
}

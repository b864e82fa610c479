#include "affix/orm/data_source.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <cstdlib>
#include <optional>
#include <thread>

#include "affix/persistence/ledger.hpp"
#include "affix/soci/session_state.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;

namespace {

class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

std::string file_in(const TemporaryDirectory& directory) {
  return (directory.path() / "with two  blanks, and=signs.db").string();
}

int number(soci::session& sql, const std::string& query) {
  int found = -1;
  sql << query, into(found);
  return found;
}

}  // namespace

TEST_CASE("settings come from the environment, and what is not there from the defaults") {
  const Variable host("AFFIX_TEST_HOST", "db.example");
  const Variable port("AFFIX_TEST_PORT", "4711");
  const Variable password("AFFIX_TEST_PASSWORD", "se cret");
  const Variable empty("AFFIX_TEST_USER", "");
  const auto settings = settings_from_environment(
      "AFFIX_TEST_", {.backend = "postgresql", .host = "localhost", .port = 5432, .user = "ada"});
  CHECK(settings.backend == "postgresql");
  CHECK(settings.host == "db.example");
  CHECK(settings.port == 4711);
  CHECK(settings.password == "se cret");
  CHECK(settings.user == "ada");
  CHECK(settings.database.empty());
  CHECK(settings_from_environment("AFFIX_OTHER_", {.port = 5432}).port == 5432);
}

TEST_CASE("every setting has a variable") {
  const Variable backend("AFFIX_TEST_BACKEND", "odbc");
  const Variable database("AFFIX_TEST_DATABASE", "shop");
  const Variable user("AFFIX_TEST_USER", "ada");
  const Variable file("AFFIX_TEST_FILE", "a.db");
  const Variable options("AFFIX_TEST_OPTIONS", "DSN=a");
  const auto settings = settings_from_environment("AFFIX_TEST_");
  CHECK(settings.backend == "odbc");
  CHECK(settings.database == "shop");
  CHECK(settings.user == "ada");
  CHECK(settings.file == "a.db");
  CHECK(settings.options == "DSN=a");
}

TEST_CASE("a port that is none is an error with the name of its variable") {
  for (const char* text : {"x", "0", "-1", "65536", "54 32", "5432x", "99999999999999999999"}) {
    CAPTURE(text);
    const Variable port("AFFIX_TEST_PORT", text);
    const auto error =
        error_of([] { static_cast<void>(settings_from_environment("AFFIX_TEST_")); });
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().member == "AFFIX_TEST_PORT");
  }
}

TEST_CASE("a data source opens its sessions when they are asked for, and as most expect them") {
  const TemporaryDirectory directory;
  const DataSource source("main", {.file = file_in(directory)});
  CHECK(source.name() == "main");
  CHECK(source.connection_string() == "sqlite3://db=\"" + file_in(directory) + "\"");
  CHECK_FALSE(std::filesystem::exists(file_in(directory)));
  const DataSession sql = source.session();
  CHECK(std::filesystem::exists(file_in(directory)));
  CHECK(number(*sql, "pragma foreign_keys") == 1);
  CHECK(number(*sql, "pragma busy_timeout") == 5000);
  CHECK(sql->get_backend_name() == "sqlite3");
  CHECK(source.dialect().engine() == Engine::sqlite);
  CHECK_NOTHROW(source.check());
}

TEST_CASE("the caller configures a session last") {
  const TemporaryDirectory directory;
  const DataSource source("main", {.file = file_in(directory), .options = "timeout=1"},
                          {.size = 1, .configure = [](soci::session& sql) {
                             CHECK(number(sql, "pragma foreign_keys") == 1);
                             sql << "pragma foreign_keys = off";
                           }});
  const DataSession sql = source.session();
  CHECK(number(*sql, "pragma foreign_keys") == 0);
  CHECK(number(*sql, "pragma busy_timeout") == 1000);
  CHECK(code_of([&] { static_cast<void>(source.session(std::chrono::milliseconds(0))); }) ==
        Errc::database);
}

TEST_CASE("a session of the caller's stays as it is") {
  soci::session own(soci::sqlite3, ":memory:");
  {
    const DataSource source("memory", own);
    CHECK(source.connection_string().empty());
    CHECK(&*source.session() == &own);
    CHECK(source.dialect().engine() == Engine::sqlite);
    source.check();
    own << "create table kept(n integer)";
    CHECK(number(*source.session(), "pragma foreign_keys") == 0);
  }
  CHECK(number(own, "select count(*) from kept") == 0);
  own.close();
  CHECK(code_of([&] { DataSource("closed", own).check(); }) == Errc::database);
}

TEST_CASE("a pool of the caller's lends its sessions, and has them back") {
  const TemporaryDirectory directory;
  SessionPool pool(soci::connection_parameters("sqlite3://db=\"" + file_in(directory) + "\""));
  DataSource first("main", pool);
  const DataSource source = std::move(first);
  CHECK(source.name() == "main");
  {
    DataSession lent = source.session();
    CHECK(pool.counts().lent == 1);
    const DataSession moved = std::move(lent);
    CHECK(number(*moved, "select 1") == 1);
    CHECK(pool.counts().lent == 1);
  }
  CHECK(pool.counts() == SessionCounts{.lent = 0, .idle = 1, .waiting = 0});
}

TEST_CASE("what is run by a data source has a session of it, also from many threads") {
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  const DataSource source("main", {.file = file_in(shop.directory), .options = "timeout=60"});
  ensure_schema(*source.session(), shop.files);
  *source.session() << "create table numbers(n integer)";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      source.run(shop.files, [](Transaction& tx) {
        tx.begin();
        tx.session() << "insert into numbers select count(*) from numbers";
        static_cast<void>(tx.create(Source::from_memory("text", "note.txt")));
      });
    });
  }
  for (std::thread& one : threads) one.join();
  CHECK(source.run(shop.files, [](Transaction& tx) {
    return number(tx.session(), "select count(distinct n) from numbers");
  }) == 4);
  CHECK(shop.stored().size() == 4);
}

TEST_CASE("settings that make no connection, or a pool without room, are refused at once") {
  CHECK(code_of([] { DataSource("main", DataSourceSettings{}); }) == Errc::invalid_argument);
  CHECK(code_of([] { DataSource("main", {.file = "a.db"}, {.size = 0}); }) ==
        Errc::invalid_argument);
}

TEST_CASE("a database that cannot be opened is an error when a session is asked for") {
  const DataSource source("main", {.file = "/no/such/folder/app.db"});
  CHECK(code_of([&] { source.check(); }) == Errc::database);
  CHECK(code_of([&] { static_cast<void>(source.dialect()); }) == Errc::database);
}

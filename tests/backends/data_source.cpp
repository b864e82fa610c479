#include "affix/orm/data_source.hpp"

#include <cstdlib>
#include <map>
#include <sstream>

#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr const char* wrong_password = "hush it's a \\ wrong one";

/// `name=value` of a connection string, with names in lower case.
std::map<std::string, std::string> values_of(const Target& target, std::string connection) {
  connection.erase(0, connection.find("://") + 3);
  std::istringstream text(connection);
  std::map<std::string, std::string> values;
  for (std::string part; std::getline(text, part, target.is_odbc() ? ';' : ' ');) {
    const std::size_t equals = part.find('=');
    if (equals == part.npos) continue;
    std::string name = part.substr(0, equals);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    values[name] = part.substr(equals + 1);
  }
  return values;
}

/// The settings of a server or a file, from the connection string that the tests have.
DataSourceSettings settings_of(const Target& target, const Database& db) {
  auto values = values_of(target, db.connection());
  const auto first = [&](std::initializer_list<const char*> names) {
    for (const char* one : names) {
      if (values.contains(one)) return values.at(one);
    }
    return std::string();
  };
  DataSourceSettings settings{.backend = target.is_odbc() ? "odbc" : target.name,
                              .host = first({"host", "server", "unix_socket"}),
                              .database = first({"dbname", "db", "database"}),
                              .user = first({"user", "uid"}),
                              .password = first({"password", "pwd"})};
  const std::string port = first({"port"});
  if (!port.empty()) settings.port = std::stoi(port);
  if (target.is_odbc()) settings.options = "Driver=" + values.at("driver");
  if (target.name == "odbc-mariadb") settings.options += ";CharSet=utf8mb4;Option=2";
  if (target.name == "sqlite3") {
    settings.file = db.connection().substr(14, db.connection().size() - 15);
  }
  if (target.engine != Engine::firebird) return settings;
  settings.backend = "firebird";
  const std::string service = values.at("service");
  const std::size_t colon = service.find(':');
  const std::size_t slash = service.find('/');
  settings.database = colon == service.npos ? service : service.substr(colon + 1);
  if (colon == service.npos) return settings;
  settings.host = service.substr(0, slash);
  settings.port = std::stoi(service.substr(slash + 1, colon - slash - 1));
  return settings;
}

bool tells(const Error& error, const std::string& word) {
  const Where& where = error.where();
  return std::string(error.what()).find(word) != std::string::npos ||
         error.cause().find(word) != std::string::npos ||
         where.member.find(word) != where.member.npos;
}

/// A user that only this test has, where the server has users. Named by what has to be quoted.
class OddUser {
 public:
  OddUser(const Target& target, Database& db) : target_(target), db_(db) {
    drop();
    if (target.engine == Engine::postgresql) {
      db.run("create role \"" + user() + "\" superuser login password 'none is asked'");
    } else if (target.engine == Engine::mariadb) {
      db.run("create user 'odd user'@'%' identified by '" + password_in_sql() + "'");
    } else {
      db.run("create user ODD_USER password '" + password_in_sql() + "'");
    }
  }
  OddUser(const OddUser&) = delete;
  OddUser& operator=(const OddUser&) = delete;
  ~OddUser() { drop(); }

  std::string user() const {
    if (target_.engine == Engine::postgresql && !target_.is_odbc()) return "odd 'user' \\";
    return target_.engine == Engine::firebird ? "ODD_USER" : "odd user";
  }
  std::string password() const {
    if (target_.engine == Engine::firebird) return "it's odd  & long";
    if (target_.engine == Engine::postgresql) return "it's odd  \\ %20+ ;=";
    return target_.is_odbc() ? "it's \" odd;= &% +" : "it's \" odd  \\ ;={}";
  }

 private:
  std::string password_in_sql() const {
    std::string text;
    for (const char c : password()) {
      if (c == '\'' || (c == '\\' && target_.engine == Engine::mariadb)) text += c;
      text += c;
    }
    return text;
  }
  void drop() {
    try {
      db_.run(target_.engine == Engine::mariadb    ? "drop user 'odd user'@'%'"
              : target_.engine == Engine::firebird ? "drop user ODD_USER"
                                                   : "drop role \"" + user() + "\"");
    } catch (const soci::soci_error&) {  // There is none.
      if (in_transaction(db_.sql)) db_.sql.rollback();
    }
  }

  const Target& target_;
  Database& db_;
};

}  // namespace

TEST_CASE("a data source of settings reaches each database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  const DataSourceSettings settings = settings_of(target, db);
  const DataSource source("main", settings);
  CAPTURE(source.connection_string());
  CHECK(source.dialect().engine() == target.engine);
  source.check();
  const DataSession sql = source.session();
  int count = -1;
  *sql << "select count(*) from " + table, soci::into(count);
  CHECK(count == 0);
  if (settings.password.size() > 5) {
    CHECK(source.connection_string().find(settings.password) == std::string::npos);
  }
}

TEST_CASE("names and passwords arrive at the server as they are") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Database db(target);
  const OddUser odd(target, db);
  DataSourceSettings settings = settings_of(target, db);
  settings.user = odd.user();
  settings.password = odd.password();
  if (target.engine == Engine::mariadb) settings.database.clear();  // It may see none.
  const DataSource source("main", settings);
  std::string name;
  const DataSession sql = source.session();
  if (target.engine == Engine::postgresql) {
    *sql << "select cast(current_user as varchar(60))", soci::into(name);
  } else if (target.engine == Engine::mariadb) {
    *sql << "select cast(substring_index(user(), '@', 1) as char(60))", soci::into(name);
  } else {
    *sql << "select trim(current_user) from rdb$database", soci::into(name);
  }
  CHECK(name == odd.user());
}

TEST_CASE("no error of a server that refuses a user has the password") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  // That of the tests lets everybody in on PostgreSQL, whatever the password.
  if (!target.has_server() || target.engine == Engine::postgresql) return;
  Database db(target);
  DataSourceSettings settings = settings_of(target, db);
  settings.password = wrong_password;
  const DataSource source("main", settings);
  const auto error = error_of([&] { source.check(); });
  REQUIRE(error);
  INFO(error->what());
  CHECK(error->code() == Errc::database);
  CHECK_FALSE(tells(*error, "hush"));
  CHECK_FALSE(tells(*error, "wrong one"));
}

TEST_CASE("no error of a server that cannot be reached has the password") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Database db(target);
  DataSourceSettings settings = settings_of(target, db);
  settings.host = "127.0.0.1";
  settings.port = 1;
  settings.password = wrong_password;
  const DataSource source("main", settings);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto error = error_of([&] { static_cast<void>(source.dialect()); });
    REQUIRE(error);
    INFO(error->what());
    CHECK(error->code() == Errc::database);
    CHECK_FALSE(tells(*error, "hush"));
    CHECK_FALSE(tells(*error, "wrong one"));
  }
}

TEST_CASE("a check notices that the server has gone away, and the next one has a new session") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Database db(target);
  const DataSource source("main", settings_of(target, db), {.size = 1});
  source.check();
  {
    const DataSession lent = source.session();
    db.end_session(*lent);
  }
  // Firebird's session was inside a transaction, so the pool has noticed before.
  if (target.engine != Engine::firebird) {
    CHECK(code_of([&] { source.check(); }) == Errc::database);
  }
  CHECK_NOTHROW(source.check());
}

#include "database.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace affix::tests {
namespace {

/// Before everything else: where this test has the second set of servers for itself, what reaches
/// them takes the place of what reaches the first.
bool take_second_servers() {
  const char* const file_name = std::getenv("AFFIX_SECOND_SERVERS");
  if (file_name == nullptr || std::getenv("AFFIX_USE_SECOND_SERVERS") == nullptr) return false;
  std::ifstream file(file_name);
  for (std::string line; std::getline(file, line);) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos) continue;
    setenv(line.substr(0, equals).c_str(), line.substr(equals + 1).c_str(), 1);
  }
  return true;
}
[[maybe_unused]] const bool has_second_servers = take_second_servers();

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw std::runtime_error(name + " is not set: start the servers with scripts/services.sh");
  }
  return value;
}

/// Firebird's own tool makes the database; SOCI cannot.
std::string embedded_firebird(const std::filesystem::path& file) {
  variable("FIREBIRD");  // Without it the library would use the system's own set-up.
  const std::string command = "echo \"create database '" + file.string() +
                              "' page_size 8192 default character set UTF8;\" | isql-fb -quiet "
                              "-bail -user SYSDBA";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("isql-fb made no database");
  return "firebird://service=" + file.string() + " user=SYSDBA charset=UTF8";
}

std::string connection_of(const Target& target, const std::filesystem::path& folder) {
  if (target.name == "sqlite3") return "sqlite3://db=\"" + (folder / "test.db").string() + "\"";
  if (target.name == "postgresql") return variable("AFFIX_PG");
  if (target.name == "mysql") return variable("AFFIX_MY");
  if (target.name == "firebird") return variable("AFFIX_FB");
  if (target.name == "firebird-embedded") return embedded_firebird(folder / "test.fdb");
  if (target.name == "odbc-postgresql") return variable("AFFIX_ODBC_PG");
  if (target.name == "odbc-mariadb") return variable("AFFIX_ODBC_MY");
  return "odbc://Driver={SQLite3};Timeout=200;Database=" + (folder / "test.db").string() + ";";
}

/// For the case that an earlier test has killed its server and then come to an end of its own.
bool start_server(const Target& target) {
  if (!target.has_server()) return false;
  const std::string command =
      "'" + variable("AFFIX_SERVICES") + "' start " + server_name(target) + " >/dev/null 2>&1";
  return std::system(command.c_str()) == 0;
}

/// How many of these sessions the server still has.
std::string count_of(soci::session& sql, const std::string& numbers) {
  switch (dialect_of(sql).engine()) {
    case Engine::postgresql:
      return "select count(*) from pg_stat_activity where pid in (" + numbers + ")";
    case Engine::firebird:
      return "select count(*) from mon$attachments where mon$attachment_id in (" + numbers + ")";
    default:
      return "select count(*) from information_schema.processlist where id in (" + numbers + ")";
  }
}

}  // namespace

std::vector<Target> targets() {
  const char* names = std::getenv("AFFIX_BACKENDS");
  std::istringstream words(names == nullptr ? "sqlite" : names);
  std::vector<Target> found;
  for (std::string word; words >> word;) {
    if (word == "sqlite") {
      found.push_back({"sqlite3", Engine::sqlite});
    } else if (word == "pg") {
      found.push_back({"postgresql", Engine::postgresql});
    } else if (word == "my") {
      found.push_back({"mysql", Engine::mariadb});
    } else if (word == "fb") {
      found.push_back({"firebird", Engine::firebird});
      found.push_back({"firebird-embedded", Engine::firebird});
    } else if (word == "odbc") {
      found.push_back({"odbc-sqlite", Engine::sqlite});
      found.push_back({"odbc-postgresql", Engine::postgresql});
      found.push_back({"odbc-mariadb", Engine::mariadb});
    } else {
      throw std::runtime_error("AFFIX_BACKENDS names what there is not: " + word);
    }
  }
  return found;
}

std::string server_name(const Target& target) {
  if (target.engine == Engine::postgresql) return "pg";
  return target.engine == Engine::firebird ? "fb" : "my";
}

std::string session_number(soci::session& sql) {
  std::string query = "select cast(connection_id() as char(20))";
  const Engine engine = dialect_of(sql).engine();
  if (engine == Engine::postgresql) {
    query = "select cast(pg_backend_pid() as varchar(20))";
  } else if (engine == Engine::firebird) {
    query = "select cast(current_connection as varchar(20)) from rdb$database";
  }
  std::string number;
  sql << query, soci::into(number);
  return number;
}

void await_end(soci::session& sql, const std::vector<std::string>& sessions) {
  std::string numbers;
  for (const std::string& one : sessions) {
    if (!one.empty()) numbers += (numbers.empty() ? "" : ", ") + one;
  }
  if (numbers.empty()) return;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (;;) {
    long long left = 0;
    sql << count_of(sql, numbers), soci::into(left);
    if (in_transaction(sql)) sql.commit();
    if (left == 0) return;
    if (std::chrono::steady_clock::now() > limit) {
      throw std::runtime_error("the server keeps the sessions of dead processes");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Database::Database(const Target& target)
    : target_(target), connection_(connection_of(target, directory_.path())) {
  try {
    connect(sql);
  } catch (const soci::soci_error&) {
    if (!start_server(target)) throw;
    connect(sql);
  }
}

Database::~Database() {
  try {
    drop_everything();
  } catch (const std::exception&) {  // The connection is gone, or a table is: as the test wanted.
  }
}

soci::connection_parameters Database::parameters() const {
  soci::connection_parameters parameters(connection_);
  parameters.set_option("odbc.driver_complete", "0");
  return parameters;
}

void Database::connect(soci::session& session) const {
  session.open(parameters());
  if (target_.name == "sqlite3") session << "pragma busy_timeout = 200";
}

std::string Database::new_name(const std::string& stem) {
  static std::atomic<int> counter = 0;
  tables_.push_back(stem + "_" + std::to_string(::getpid()) + "_" + std::to_string(++counter));
  return tables_.back();
}

std::string Database::documents() { return documents(std::string(dialect().json_type())); }

std::string Database::short_documents() {
  return target_.name == "odbc-sqlite" ? documents("varchar(4000)") : documents();
}

std::string Database::documents(std::string json_type) {
  const std::string name = new_name("documents");
  const std::vector<ColumnDefinition> columns{
      {.name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden},
      {.name = "doc", .type = std::move(json_type)},
      {.name = "name", .type = dialect().text_type(100)}};
  run(dialect().create_table(name, columns, std::vector<std::string>{"id"}));
  return name;
}

LedgerOptions Database::ledger() {
  return {.table = new_name("ledger"), .meta_table = new_name("meta")};
}

void Database::run(const std::string& statement) {
  sql << statement;
  done();
}

void Database::done() { done(sql); }

void Database::done(soci::session& session) {
  if (!dialect().traits().autocommits) session.commit();
}

long long Database::number(const std::string& query) {
  long long value = 0;
  soci::indicator state = soci::i_ok;
  sql << query, soci::into(value, state);
  done();
  return state == soci::i_null ? -1 : value;
}

void Database::end_session(soci::session& session) {
  const std::string number = session_number(session);
  soci::session killer;
  connect(killer);
  if (dialect().engine() == Engine::postgresql) {
    std::string ended;  // Waits until it is.
    killer << "select cast(pg_terminate_backend(" + number + ", 10000) as varchar(5))",
        soci::into(ended);
  } else if (dialect().engine() == Engine::firebird) {
    killer << "delete from mon$attachments where mon$attachment_id = " + number;
    killer.commit();
  } else {
    killer << "kill " + number;
  }
}

void Database::drop_everything() {
  if (in_transaction(sql)) sql.rollback();
  for (const std::string& table : tables_) {
    const bool there = dialect().has_table(sql, table);
    done();
    if (there) run("drop table " + dialect().identifier(table));
  }
}

}  // namespace affix::tests

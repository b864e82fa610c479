#include <soci/odbc/soci-odbc.h>

#include <algorithm>
#include <string>

#include "affix/soci/mysql_dialect.hpp"
#include "affix/soci/postgresql_dialect.hpp"
#include "affix/soci/sqlite_dialect.hpp"
#include "backend.hpp"
#include "session_failure.hpp"

namespace affix::detail {
namespace {

/// SOCI begins by switching the connection's autocommit off.
bool in_transaction(soci::session& session) {
  SQLUINTEGER autocommit = SQL_AUTOCOMMIT_ON;
  SQLGetConnectAttr(native<soci::odbc_session_backend>(session).hdbc_, SQL_ATTR_AUTOCOMMIT,
                    &autocommit, 0, nullptr);
  return autocommit == SQL_AUTOCOMMIT_OFF;
}

std::string product(soci::session& session) {
  char name[128] = "";
  SQLSMALLINT length = 0;
  SQLGetInfo(native<soci::odbc_session_backend>(session).hdbc_, SQL_DBMS_NAME, name, sizeof name,
             &length);
  return name;
}

/// What the driver knows by itself. PostgreSQL's takes the commit of a connection that it knows to
/// be lost, without an error.
bool is_lost(soci::session& session) {
  SQLUINTEGER dead = SQL_CD_FALSE;
  SQLGetConnectAttr(native<soci::odbc_session_backend>(session).hdbc_, SQL_ATTR_CONNECTION_DEAD,
                    &dead, 0, nullptr);
  return dead == SQL_CD_TRUE;
}

/// A driver does not tell when the server has ended a transaction by itself; MariaDB says it.
TransactionState transaction_state(soci::session& session) {
  if (!in_transaction(session)) return TransactionState::none;
  if (is_lost(session)) throw lost_connection();
  if (product(session) != "MariaDB") return TransactionState::open;
  int open = 0;
  session << "select @@in_transaction", soci::into(open);
  return open == 1 ? TransactionState::open : TransactionState::none;
}

const Dialect& dialect(soci::session& session) {
  static const PostgresqlDialect postgresql(Access::odbc);
  static const MysqlDialect mysql(Engine::mysql, Access::odbc);
  static const MysqlDialect mariadb(Engine::mariadb, Access::odbc);
  static const SqliteDialect sqlite(Access::odbc);
  const std::string name = product(session);
  if (name == "PostgreSQL") return postgresql;
  if (name == "MariaDB") return mariadb;
  if (name == "MySQL") return mysql;
  if (name == "SQLite") return sqlite;
  throw Error(Errc::unsupported, "There is no dialect for this product behind ODBC", {}, name);
}

/// What psqlodbc says, as HY000, of a server that went away during a statement: its own words or
/// those of libpq and the server.
constexpr std::string_view lost_server[] = {
    "internal SAVEPOINT failed",          "No query has been executed with that handle",
    "server closed the connection",       "terminating connection",
    "could not receive data from server", "could not send data to server",
    "no connection to the server",
};

std::optional<DatabaseError> classify(const std::exception& error) {
  const auto* odbc = dynamic_cast<const soci::odbc_soci_error*>(&error);
  if (odbc == nullptr) return std::nullopt;
  const std::string message = odbc->get_error_message();
  const auto says = [&](std::string_view word) { return message.find(word) != message.npos; };
  const int code = static_cast<int>(odbc->native_error_code());
  if (says("[SQLite]")) return from_sqlite_code(code, message);
  if (says("[ma-") || says("[MySQL]")) {
    const auto found = from_mysql_code(static_cast<unsigned>(code));
    if (found != DatabaseError::other) return found;
  }
  const std::string_view state = reinterpret_cast<const char*>(odbc->odbc_error_code());
  if (state == "HY000" && std::ranges::any_of(lost_server, says)) {
    return DatabaseError::connection_lost;
  }
  return from_sqlstate(state);
}

}  // namespace

const Backend odbc_backend{"odbc", in_transaction, transaction_state, dialect, classify};

}  // namespace affix::detail

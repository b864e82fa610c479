#include <soci/mysql/soci-mysql.h>

#include <string_view>

#include "affix/soci/mysql_dialect.hpp"
#include "affix/value/error.hpp"
#include "backend.hpp"

namespace affix::detail {
namespace {

bool has_open_transaction(const MYSQL& connection) {
  return (connection.server_status & SERVER_STATUS_IN_TRANS) != 0;
}

/// The answer of a failed statement does not carry the server's state: after a deadlock, which ends
/// the transaction, the client still has the old one until it asks for something. If it cannot ask,
/// the connection is lost, and what comes next says so.
bool in_transaction(soci::session& session) {
  MYSQL* const connection = native<soci::mysql_session_backend>(session).conn_;
  if (mysql_errno(connection) != 0 && mysql_query(connection, "select 1") == 0) {
    mysql_free_result(mysql_store_result(connection));
  }
  return has_open_transaction(*connection);
}

/// The server has the last word: it may have ended the transaction by itself.
TransactionState transaction_state(soci::session& session) {
  int answer = 0;
  session << "select 1", soci::into(answer);
  return has_open_transaction(*native<soci::mysql_session_backend>(session).conn_)
             ? TransactionState::open
             : TransactionState::none;
}

/// A client that connects again by itself runs the rest of a transaction outside of any.
void refuse_silent_reconnection(MYSQL* connection) {
  char reconnects = 0;
  mysql_get_option(connection, MYSQL_OPT_RECONNECT, &reconnects);
  if (reconnects == 0) return;
  throw Error(Errc::invalid_argument,
              "A session that connects again by itself can lose a transaction in silence; leave "
              "reconnect=1 out of the connection string");
}

const Dialect& dialect(soci::session& session) {
  MYSQL* connection = native<soci::mysql_session_backend>(session).conn_;
  refuse_silent_reconnection(connection);
  static const MysqlDialect mysql(Engine::mysql);
  static const MysqlDialect mariadb(Engine::mariadb);
  const std::string_view version = mysql_get_server_info(connection);
  return version.find("MariaDB") == std::string_view::npos ? mysql : mariadb;
}

std::optional<DatabaseError> classify(const std::exception& error) {
  const auto* mysql = dynamic_cast<const soci::mysql_soci_error*>(&error);
  if (mysql == nullptr) return std::nullopt;
  return from_mysql_code(mysql->err_num_);
}

}  // namespace

const Backend mysql_backend{"mysql", in_transaction, transaction_state, dialect, classify};

}  // namespace affix::detail

#include <soci/sqlite3/soci-sqlite3.h>

#include "affix/soci/sqlite_dialect.hpp"
#include "backend.hpp"

namespace affix::detail {
namespace {

bool in_transaction(soci::session& session) {
  return sqlite_api::sqlite3_get_autocommit(native<soci::sqlite3_session_backend>(session).conn_) ==
         0;
}

TransactionState transaction_state(soci::session& session) {
  return in_transaction(session) ? TransactionState::open : TransactionState::none;
}

const Dialect& dialect(soci::session&) {
  static const SqliteDialect sqlite;
  return sqlite;
}

std::optional<DatabaseError> classify(const std::exception& error) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  if (sqlite == nullptr) return std::nullopt;
  return from_sqlite_code(sqlite->result(), sqlite->get_error_message());
}

}  // namespace

const Backend sqlite3_backend{"sqlite3", in_transaction, transaction_state, dialect, classify};

}  // namespace affix::detail

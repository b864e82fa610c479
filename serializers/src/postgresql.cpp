#include <soci/postgresql/soci-postgresql.h>

#include "affix/soci/postgresql_dialect.hpp"
#include "backend.hpp"

namespace affix::detail {
namespace {

TransactionState transaction_state(soci::session& session) {
  switch (PQtransactionStatus(native<soci::postgresql_session_backend>(session).conn_)) {
    case PQTRANS_ACTIVE:
    case PQTRANS_INTRANS:
      return TransactionState::open;
    case PQTRANS_INERROR:
      return TransactionState::failed;
    default:
      return TransactionState::none;
  }
}

bool in_transaction(soci::session& session) {
  return transaction_state(session) != TransactionState::none;
}

const Dialect& dialect(soci::session&) {
  static const PostgresqlDialect postgresql;
  return postgresql;
}

std::optional<DatabaseError> classify(const std::exception& error) {
  const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  if (postgresql == nullptr) return std::nullopt;
  return from_sqlstate(postgresql->sqlstate());
}

}  // namespace

const Backend postgresql_backend{"postgresql", in_transaction, transaction_state, dialect,
                                 classify};

}  // namespace affix::detail

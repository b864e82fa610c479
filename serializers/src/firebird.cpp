#include <soci/firebird/soci-firebird.h>

#include "affix/soci/firebird_dialect.hpp"
#include "backend.hpp"
#include "firebird_at_once.hpp"

namespace affix::detail {
namespace {

// SOCI keeps the transaction's handle private, and the function that gives it starts one. Explicit
// instantiation may name private members.
template <isc_tr_handle soci::firebird_session_backend::*Member>
struct Handle {
  friend isc_tr_handle& transaction_of(soci::firebird_session_backend& session) {
    return session.*Member;
  }
};
isc_tr_handle& transaction_of(soci::firebird_session_backend& session);
template struct Handle<&soci::firebird_session_backend::trhp_>;

bool in_transaction(soci::session& session) {
  return transaction_of(native<soci::firebird_session_backend>(session)) != 0;
}

TransactionState transaction_state(soci::session& session) {
  return in_transaction(session) ? TransactionState::open : TransactionState::none;
}

const Dialect& dialect(soci::session&) {
  static const FirebirdDialect firebird;
  return firebird;
}

std::optional<DatabaseError> meaning(ISC_STATUS code) {
  switch (code) {
    case isc_unique_key_violation:
    case isc_no_dup:
      return DatabaseError::unique;
    case isc_foreign_key:
    case isc_not_valid:
    case isc_check_constraint:
      return DatabaseError::constraint;
    case isc_deadlock:
    case isc_update_conflict:
      return DatabaseError::conflict;
    case isc_lock_conflict:
    case isc_lock_timeout:
      return DatabaseError::lock_timeout;
    case isc_string_truncation:
    case isc_blobtoobig:
      return DatabaseError::too_large;
    case isc_dsql_relation_err:
    case isc_dsql_field_err:
    case isc_dsql_table_not_found:
    case isc_dyn_column_does_not_exist:
      return DatabaseError::missing_object;
    case isc_network_error:
    case isc_net_read_err:
    case isc_net_write_err:
    case isc_lost_db_connection:
    case isc_att_shutdown:
      return DatabaseError::connection_lost;
    default:
      return std::nullopt;
  }
}

/// The status vector is pairs of a kind and a value, the codes of the engine among texts and
/// numbers; the most telling one need not be the first.
std::optional<DatabaseError> classify(const std::exception& error) {
  const auto* firebird = dynamic_cast<const soci::firebird_soci_error*>(&error);
  if (firebird == nullptr) return std::nullopt;
  for (std::size_t i = 0; i + 1 < firebird->status_.size(); ++i) {
    if (firebird->status_[i] != isc_arg_gds) continue;
    if (const auto found = meaning(firebird->status_[i + 1])) return found;
  }
  return DatabaseError::other;
}

/// The destructor would free it on the server, and throw.
void let_go(soci::statement& statement) {
  static_cast<soci::firebird_statement_backend*>(statement.get_backend())->stmtp_ = 0;
}

std::optional<int> change_one(soci::session& session, const std::string& text,
                              std::span<const Parameter> parameters) {
  if (!in_transaction(session)) session.begin();
  auto& firebird = native<soci::firebird_session_backend>(session);
  return change_one_on_firebird(session, transaction_of(firebird), text, parameters);
}

std::optional<FoundCell> read_one(soci::session& session, const std::string& column,
                                  const std::string& source,
                                  std::span<const Parameter> parameters) {
  if (!in_transaction(session)) session.begin();
  auto& firebird = native<soci::firebird_session_backend>(session);
  return read_one_on_firebird(session, transaction_of(firebird), column, source, parameters);
}

}  // namespace

const Backend firebird_backend{"firebird", in_transaction, transaction_state, dialect,
                               classify,   let_go,         change_one,        read_one};

}  // namespace affix::detail

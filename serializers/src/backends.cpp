#include <array>

#include "affix/soci/session_state.hpp"
#include "affix/value/error.hpp"
#include "backend.hpp"
#include "session_failure.hpp"

namespace affix {
namespace {

const detail::Backend& backend_of(soci::session& session) {
  if (session.get_backend() == nullptr) throw detail::lost_connection();
  const std::string name = session.get_backend_name();
  for (const detail::Backend* backend : detail::backends()) {
    if (backend->name == name) return *backend;
  }
  throw Error(Errc::unsupported, "affix was built without this backend of SOCI", {}, name);
}

}  // namespace

std::span<const detail::Backend* const> detail::backends() noexcept {
  static const std::array all{
#ifdef AFFIX_WITH_SQLITE3
      &sqlite3_backend,
#endif
#ifdef AFFIX_WITH_POSTGRESQL
      &postgresql_backend,
#endif
#ifdef AFFIX_WITH_MYSQL
      &mysql_backend,
#endif
#ifdef AFFIX_WITH_FIREBIRD
      &firebird_backend,
#endif
#ifdef AFFIX_WITH_ODBC
      &odbc_backend,
#endif
  };
  return all;
}

void detail::let_go(soci::session& session, soci::statement& statement) noexcept {
  try {
    const Backend& backend = backend_of(session);
    if (backend.let_go != nullptr && !session.is_connected()) backend.let_go(statement);
  } catch (...) {  // No backend of ours, or it is closed.
  }
}

std::optional<int> detail::change_one_at_once(soci::session& session, const std::string& text,
                                              std::span<const Parameter> parameters) {
  const Backend& backend = backend_of(session);
  if (backend.change_one == nullptr) return std::nullopt;
  return backend.change_one(session, text, parameters);
}

std::optional<detail::FoundCell> detail::read_one_at_once(soci::session& session,
                                                          const std::string& column,
                                                          const std::string& source,
                                                          std::span<const Parameter> parameters) {
  const Backend& backend = backend_of(session);
  if (backend.read_one == nullptr) return std::nullopt;
  return backend.read_one(session, column, source, parameters);
}

bool in_transaction(soci::session& session) { return backend_of(session).in_transaction(session); }

TransactionState transaction_state(soci::session& session) {
  return backend_of(session).transaction_state(session);
}

const Dialect& dialect_of(soci::session& session) { return backend_of(session).dialect(session); }

DatabaseError classify(const std::exception& error) noexcept {
  for (const detail::Backend* backend : detail::backends()) {
    if (const auto found = backend->classify(error)) return *found;
  }
  return DatabaseError::other;
}

std::string_view name(DatabaseError error) noexcept {
  switch (error) {
    case DatabaseError::unique:
      return "unique";
    case DatabaseError::constraint:
      return "constraint";
    case DatabaseError::conflict:
      return "conflict";
    case DatabaseError::lock_timeout:
      return "lock_timeout";
    case DatabaseError::connection_lost:
      return "connection_lost";
    case DatabaseError::too_large:
      return "too_large";
    case DatabaseError::missing_object:
      return "missing_object";
    case DatabaseError::aborted:
      return "aborted";
    case DatabaseError::other:
      return "other";
  }
  return {};
}

}  // namespace affix

#pragma once

#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "affix/soci/database_error.hpp"
#include "affix/soci/dialect.hpp"
#include "affix/soci/session_state.hpp"
#include "at_once.hpp"

namespace affix::detail {

/// What affix asks of one backend of SOCI through the backend's own header. One object for each
/// backend that affix was built with, each in a file of its own.
struct Backend {
  std::string_view name;  ///< SOCI's name of it.
  bool (*in_transaction)(soci::session&);
  TransactionState (*transaction_state)(soci::session&);
  const Dialect& (*dialect)(soci::session&);
  /// Nothing if the exception is not this backend's.
  std::optional<DatabaseError> (*classify)(const std::exception&);
  /// Makes a statement of a lost connection safe to destroy; null where it is already.
  void (*let_go)(soci::statement&) = nullptr;
  /// As `change_one_at_once` and `read_one_at_once`; null where SOCI does it.
  std::optional<int> (*change_one)(soci::session&, const std::string&,
                                   std::span<const Parameter>) = nullptr;
  std::optional<FoundCell> (*read_one)(soci::session&, const std::string&, const std::string&,
                                       std::span<const Parameter>) = nullptr;
};

std::span<const Backend* const> backends() noexcept;

/// After a statement has failed: makes it safe to destroy, also if the connection is lost.
void let_go(soci::session& session, soci::statement& statement) noexcept;

/// The five characters of SQL's standard, for the backends that have them.
DatabaseError from_sqlstate(std::string_view state) noexcept;
DatabaseError from_sqlite_code(int code, std::string_view message) noexcept;
DatabaseError from_mysql_code(unsigned code) noexcept;

/// SOCI does not export the type information of its sessions; who knows the name knows the type.
template <class Session>
Session& native(soci::session& session) {
  return *static_cast<Session*>(session.get_backend());
}

extern const Backend sqlite3_backend;
extern const Backend postgresql_backend;
extern const Backend mysql_backend;
extern const Backend firebird_backend;
extern const Backend odbc_backend;

}  // namespace affix::detail

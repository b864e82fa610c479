#pragma once

#include <string>
#include <string_view>

#include "affix/soci/database_error.hpp"
#include "manager/manager_core.hpp"
#include "session_failure.hpp"

namespace affix::detail {

inline constexpr std::string_view ledger_unreadable = "The ledger could not be read";
inline constexpr std::string_view ledger_unwritable = "The ledger could not be written";

/// Runs a statement of affix under its name; what the backend throws becomes an `Error` with this
/// message.
template <class Statement>
void run_statement(const ManagerCore& core, std::string_view name, std::string_view message,
                   const Where& where, Statement statement) {
  try {
    core.statement(name, statement);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw database_error(message, error, where);
  }
}

/// Whether a statement has failed since somebody else holds a lock: later it will not.
inline bool is_locked(const Error& error) {
  return error.cause().starts_with(std::string(name(DatabaseError::lock_timeout)) + ": ") ||
         error.cause().starts_with(std::string(name(DatabaseError::conflict)) + ": ");
}

}  // namespace affix::detail

#pragma once

#include <exception>
#include <string_view>

namespace affix {

/// What went wrong in a statement, for those who must react to it.
enum class DatabaseError {
  unique,           ///< A key is there already.
  constraint,       ///< Another constraint: NOT NULL, CHECK, foreign key.
  conflict,         ///< Serialization failure or deadlock: the whole transaction may be repeated.
  lock_timeout,     ///< Somebody else holds a lock; the statement may be repeated.
  connection_lost,  ///< Reconnect. If it was a commit, its outcome is unknown.
  too_large,        ///< A value does not fit the column, or a packet.
  missing_object,   ///< A table or column is not there.
  aborted,          ///< An earlier statement of the transaction failed: roll back.
  other,
};

/// `unique`, `connection_lost` …
std::string_view name(DatabaseError error) noexcept;

/// Sorts what a SOCI backend threw. SOCI's own categories know few of these, so each backend's
/// error class is asked for its native code. An exception of a backend that affix was built
/// without, or of nobody's, is `other`. Part of `affix::soci`.
DatabaseError classify(const std::exception& error) noexcept;

}  // namespace affix

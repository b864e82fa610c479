#pragma once

#include "affix/soci/isolation_level.hpp"

namespace affix {

/// What a `Transaction` does with a database transaction that is open when it begins.
enum class Join {
  /// Joins it, unless the database has no autocommit (Firebird): there a SELECT opens one, too, and
  /// nobody can tell whether you are going to commit it. That is `Errc::invalid_state`.
  automatic,
  /// Joins it on every database; `Errc::invalid_state` if none is open.
  required,
};

/// How a `Transaction` begins its database transaction. One that is joined is what it is: to ask it
/// for another isolation, or to refuse writes, is `Errc::invalid_state`.
struct TransactionOptions {
  Join join = Join::automatic;
  /// At least this, else `Errc::unsupported` when it begins. SQLite is always `serializable`.
  /// Firebird always gives a snapshot through SOCI, which is a little more than `repeatable_read`;
  /// it has no `serializable`. Without `as_is`, a statement that cannot keep to it fails with a
  /// conflict, and on PostgreSQL the commit may, too: `run` does everything again then.
  IsolationLevel isolation = IsolationLevel::as_is;
  /// `refused`: what affix would change is `Errc::invalid_state` before a file is stored. The
  /// statements of others are refused by PostgreSQL, MySQL and MariaDB, not by SQLite and Firebird.
  /// On SQLite such a transaction waits for no writer, and stops none.
  Writes writes = Writes::allowed;
};

}  // namespace affix

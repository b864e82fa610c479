#pragma once

#include "affix/soci/dialect.hpp"

// Questions that only a backend's own client library can answer. Part of `affix::soci`, which has
// one file for each backend whose library was found when it was built; for others all of this is
// `Errc::unsupported`. A session that is closed is `Errc::database`, as if it had been lost.

namespace affix {

/// Whether the session is inside a transaction, whoever began it. Asks the client library, not the
/// server; that of MySQL and MariaDB does not know after a statement that has failed, and then the
/// server is asked. Through ODBC nobody knows: then true until a commit or rollback. On Firebird
/// every statement begins one if there is none.
bool in_transaction(soci::session& session);

enum class TransactionState {
  none,    ///< Nothing was begun, or it is over, perhaps by the server's own decision.
  open,    ///< A commit would commit.
  failed,  ///< A statement has failed, and the server would turn a commit into a rollback.
};

/// How it stands with the session's transaction. PostgreSQL takes the commit of a failed one
/// without an error, MySQL and MariaDB that of one which a deadlock has ended: who commits must ask
/// first. One round trip to the server where the client library does not know (MySQL, MariaDB), and
/// then what a lost connection makes SOCI throw.
TransactionState transaction_state(soci::session& session);

/// The dialect of the engine that the session is connected to, also behind ODBC. Asks the client
/// library, not the server. Also `Errc::unsupported` for a product behind ODBC without a dialect,
/// and `Errc::invalid_argument` for a MySQL or MariaDB session with `reconnect=1`: when it loses
/// its connection, it runs the rest of a transaction outside of any.
const Dialect& dialect_of(soci::session& session);

}  // namespace affix

#include "affix/soci/session_state.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "affix/value/error.hpp"

namespace affix {

bool in_transaction(soci::session& session) {
  // Told apart by name: SOCI does not export the type information of its backends.
  if (session.get_backend_name() == "sqlite3") {
    const auto* sqlite = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
    return sqlite_api::sqlite3_get_autocommit(sqlite->conn_) == 0;
  }
  throw Error(Errc::unsupported, "This build cannot ask this backend of SOCI for its transaction",
              {}, session.get_backend_name());
}

}  // namespace affix

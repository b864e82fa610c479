#pragma once

#include <soci/soci.h>

#include <exception>
#include <string>
#include <string_view>

#include "affix/value/error.hpp"

namespace affix::detail {

/// Rolls back what is open, if that is possible at all. Also for a dead connection: SOCI's Firebird
/// sessions end the process when they are destroyed inside a transaction of one. Whether nothing
/// failed; otherwise the session is not to be trusted.
bool abandon_transaction(soci::session& sql) noexcept;

/// `Errc::database` with a cause of the class `connection_lost`.
Error lost_connection();

/// Throws `lost_connection` if the server does not answer (a round trip).
void require_connection(const soci::session& sql);

/// `Errc::conflict` if the database says that another transaction was in the way, else
/// `Errc::database`; with `cause_of`.
Error database_error(std::string_view message, const std::exception& cause, Where where = {});

/// What the backend said, after the name of its `DatabaseError`: `lock_timeout: database is …`.
/// Without the values that SOCI adds to `what()`.
std::string cause_of(const std::exception& error);

}  // namespace affix::detail

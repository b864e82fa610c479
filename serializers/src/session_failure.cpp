#include "session_failure.hpp"

#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"

namespace affix::detail {

bool abandon_transaction(soci::session& sql) noexcept {
  constexpr int enough = 4;  // Firebird's client gives a dead connection up at the third time.
  for (int attempt = 0; attempt < enough; ++attempt) {
    try {
      if (in_transaction(sql)) sql.rollback();
      return attempt == 0;
    } catch (...) {  // Whatever made it necessary says more.
    }
  }
  return false;
}

Error lost_connection() {
  return Error(Errc::database, "There is no connection to the database", {},
               "connection_lost: it was closed, or the server does not answer");
}

void require_connection(const soci::session& sql) {
  if (!sql.is_connected()) throw lost_connection();
}

Error database_error(std::string_view message, const std::exception& cause, Where where) {
  const bool conflict = classify(cause) == DatabaseError::conflict;
  return Error(conflict ? Errc::conflict : Errc::database, message, std::move(where),
               cause_of(cause));
}

std::string cause_of(const std::exception& error) {
  const auto* soci_error = dynamic_cast<const soci::soci_error*>(&error);
  return std::string(name(classify(error))) + ": " +
         (soci_error ? soci_error->get_error_message() : error.what());
}

}  // namespace affix::detail

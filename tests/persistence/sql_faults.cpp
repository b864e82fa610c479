#include "sql_faults.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

// SOCI's header puts SQLite's functions into this namespace, constants are macros.
using namespace sqlite_api;

namespace affix::tests {
namespace {

sqlite3* connection(soci::session& sql) {
  return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
}

bool begins_statement(int action) {
  return action == SQLITE_TRANSACTION || action == SQLITE_SELECT || action == SQLITE_UPDATE ||
         action == SQLITE_INSERT || action == SQLITE_DELETE;
}

int authorize(void* faults, int action, const char*, const char*, const char*, const char*) {
  const bool refused = begins_statement(action) && static_cast<SqlFaults*>(faults)->refuses_next();
  return refused ? SQLITE_DENY : SQLITE_OK;
}

}  // namespace

SqlFaults::SqlFaults(soci::session& sql) : sql_(sql) {
  sqlite3_set_authorizer(connection(sql), &authorize, this);
}

SqlFaults::~SqlFaults() { sqlite3_set_authorizer(connection(sql_), nullptr, nullptr); }

void SqlFaults::fail_at(int n) {
  left_ = n;
  tripped_ = false;
}

bool SqlFaults::refuses_next() {
  if (left_ == 0) return false;
  --left_;
  tripped_ = tripped_ || left_ == 0;
  return left_ == 0;
}

CommitRefusal::CommitRefusal(soci::session& sql) : sql_(sql) {
  sqlite3_commit_hook(
      connection(sql), [](void*) { return 1; }, nullptr);
}

CommitRefusal::~CommitRefusal() { sqlite3_commit_hook(connection(sql_), nullptr, nullptr); }

}  // namespace affix::tests

#pragma once

#include <soci/soci.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "affix/manager/ledger_options.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/soci/session_state.hpp"
#include "support/temporary_directory.hpp"

namespace affix::tests {

/// A database that the tests of this folder run against.
struct Target {
  std::string name;  ///< SOCI's backend, or `odbc-` and the engine, or `firebird-embedded`.
  Engine engine;

  bool has_server() const { return engine != Engine::sqlite && name != "firebird-embedded"; }
  bool is_odbc() const { return name.starts_with("odbc"); }
};

inline std::ostream& operator<<(std::ostream& stream, const Target& target) {
  return stream << target.name;
}

/// The targets of AFFIX_BACKENDS (`sqlite pg my fb odbc`, see scripts/test.sh); without it, SQLite
/// alone. What is named is not left out: without its server the test fails.
std::vector<Target> targets();

/// What scripts/services.sh calls the server of a target that has one.
std::string server_name(const Target& target);

/// How the server calls a session, by which another can end it.
std::string session_number(soci::session& sql);

/// Waits until the server has noticed that these sessions have nobody any more: until then it may
/// still be working at their last statement.
void await_end(soci::session& sql, const std::vector<std::string>& sessions);

/// A target, connected. What a test makes in it is dropped in the end.
class Database {
 public:
  explicit Database(const Target& target);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// For sessions of the test's own.
  soci::connection_parameters parameters() const;
  /// One more session.
  void connect(soci::session& session) const;
  /// SOCI's, for other processes.
  const std::string& connection() const { return connection_; }
  const Dialect& dialect() { return dialect_of(sql); }

  /// A name of a table that no other test uses, also in another process.
  std::string new_name(const std::string& stem);
  /// A new table with `id` (integer, the key), `doc` (the dialect's JSON) and `name` (100 wide).
  std::string documents();
  /// The same for documents of at most 4,000 bytes, for tests that read many of them: an unbounded
  /// column takes SOCI a tenth of a second through SQLite's ODBC driver.
  std::string short_documents();
  /// New names for the ledger's tables.
  LedgerOptions ledger();

  /// Runs a statement of its own, committed.
  void run(const std::string& statement);
  /// Ends the transaction that a statement has opened, where there is no autocommit.
  void done();
  void done(soci::session& session);

  /// The first column of the first row; -1 for NULL.
  long long number(const std::string& query);

  /// Has the server end a session, while it may be in a transaction.
  void end_session() { end_session(sql); }
  void end_session(soci::session& session);

  soci::session sql;

 private:
  std::string documents(std::string json_type);
  void drop_everything();

  Target target_;
  TemporaryDirectory directory_;
  std::string connection_;
  std::vector<std::string> tables_;
};

}  // namespace affix::tests

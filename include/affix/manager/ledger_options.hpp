#pragma once

#include <string>

namespace affix {

/// How the application's database remembers which files it has. All processes that use one
/// database, and all their releases, need the same.
struct LedgerOptions {
  enum class Mode {
    /// Two small tables in the same database as the rows, made by `ensure_schema`. Files follow the
    /// transaction through a crash, and `reap` removes what no row has.
    on,
    /// For those who cannot have a table. Old files are removed by the program itself after its
    /// commit, and a crash leaves markers that nobody works through: see docs/lifecycle.md.
    off,
  } mode = Mode::on;
  std::string table = "affix_ledger";     ///< May have a schema before a dot.
  std::string meta_table = "affix_meta";  ///< May have a schema before a dot.
  /// Which environment this program belongs to, such as `production`: at most 64 characters of
  /// `[A-Za-z0-9_-]`. The database and the disks carry the same, so that a copy of production's
  /// database in a test environment removes nothing of production's files. Empty: not compared,
  /// and the database makes up one of its own.
  std::string token{};
};

}  // namespace affix

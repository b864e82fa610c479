#pragma once

#include <string>
#include <string_view>

namespace affix {

/// Where a database is, and who asks. What is empty or 0 is not said, and the client of the
/// database takes what it takes by itself.
///
/// Each value is quoted as its backend reads it. What cannot be written so that it arrives as it is
/// is `Errc::invalid_argument` with the member in `where()`, and without the value.
struct DataSourceSettings {
  /// SOCI's: `sqlite3`, `postgresql`, `mysql`, `firebird` or `odbc`.
  std::string backend = "sqlite3";
  /// A path that starts with `/` is a unix socket: its folder for PostgreSQL, its file for MySQL
  /// and MariaDB. The others have none.
  std::string host{};
  int port = 0;
  std::string database{};  ///< Firebird: a file on the server, or an alias.
  std::string user{};
  std::string password{};
  /// SQLite's file, which is made if it is not there, also through ODBC. `:memory:` is a database
  /// for each session: use it with a pool of one, or a session of your own.
  std::string file{};
  /// Added as it is, in the backend's own form: `sslmode=require connect_timeout=5`. Through ODBC
  /// it has to name the driver or the data source: `Driver={MariaDB Unicode};CharSet=utf8mb4`.
  std::string options{};
};

/// The settings of the variables `<prefix>BACKEND`, `HOST`, `PORT`, `DATABASE`, `USER`, `PASSWORD`,
/// `FILE` and `OPTIONS`; one that is not there, or empty, leaves what `defaults` says.
/// `Errc::invalid_argument` with the variable in `where()` for a port that is none. Not while
/// another thread changes the environment.
///
///     settings_from_environment("POSTGRES_", {.backend = "postgresql", .port = 5432})
[[nodiscard]] DataSourceSettings settings_from_environment(std::string_view prefix,
                                                           DataSourceSettings defaults = {});

}  // namespace affix

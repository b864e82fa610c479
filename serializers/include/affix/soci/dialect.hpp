#pragma once

#include <soci/soci.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "affix/value/error.hpp"

namespace affix {

/// What differs between the database engines, as far as affix needs it: text and statements, no
/// backend's header. Stateless; safe from many threads.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// `sqlite` …
  virtual std::string_view engine() const noexcept = 0;

  /// The type to declare for a column that holds an attachment.
  virtual std::string_view json_column_type() const noexcept = 0;

  /// Starts a transaction that is going to write: one that waits for its turn now instead of
  /// failing at its first write.
  virtual void begin_for_write(soci::session& session) const = 0;

  /// What a SELECT ends with to lock the row that it reads until the end of the transaction; empty
  /// where `begin_for_write` has locked already.
  virtual std::string_view row_lock() const noexcept = 0;

  /// A name for use in SQL, quoted; each part of `schema.table` for itself. Throws
  /// `Errc::invalid_argument` for a name that is empty or has quotes, brackets, control
  /// characters, or one of `:?;#\` (SOCI would see a parameter or a comment in it).
  std::string identifier(std::string_view name) const {
    std::string quoted;
    for (std::size_t start = 0;; ++start) {
      const std::size_t dot = std::min(name.find('.', start), name.size());
      quoted += quote(checked(name.substr(start, dot - start), name));
      if (dot == name.size()) return quoted;
      quoted += '.';
      start = dot;
    }
  }

 private:
  virtual std::string quote(std::string_view name) const = 0;

  static std::string_view checked(std::string_view part, std::string_view whole) {
    bool good = !part.empty();
    for (const char c : part) {
      good = good && static_cast<unsigned char>(c) >= 0x20 &&
             std::string_view("\"'`[]:?;#\\\x7f").find(c) == std::string_view::npos;
    }
    if (!good) {
      throw Error(Errc::invalid_argument, "A name of a table or column has a wrong character",
                  {.member = std::string(whole)});
    }
    return part;
  }
};

/// SQLite 3 through SOCI's sqlite3 backend.
class SqliteDialect final : public Dialect {
 public:
  std::string_view engine() const noexcept override { return "sqlite"; }
  std::string_view json_column_type() const noexcept override { return "text"; }
  // A plain BEGIN takes a read lock first and fails when two of them turn into writers.
  void begin_for_write(soci::session& session) const override { session << "begin immediate"; }
  std::string_view row_lock() const noexcept override { return {}; }

 private:
  // Not in double quotes: SQLite takes such a name for a text when no column is called so.
  std::string quote(std::string_view name) const override {
    std::string quoted = "`";
    quoted += name;
    return quoted += '`';
  }
};

/// The dialect of a session's backend. `Errc::unsupported` for a backend without one.
inline const Dialect& dialect_of(soci::session& session) {
  static const SqliteDialect sqlite;
  if (session.get_backend_name() == "sqlite3") return sqlite;
  throw Error(Errc::unsupported, "There is no dialect for this backend of SOCI", {},
              session.get_backend_name());
}

}  // namespace affix

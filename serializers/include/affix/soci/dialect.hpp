#pragma once

#include <soci/soci.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/soci/isolation_level.hpp"
#include "affix/value/error.hpp"

namespace affix {

/// What understands the SQL. MySQL and MariaDB are told apart, though their dialects are the same
/// but for the name.
enum class Engine { sqlite, postgresql, mysql, mariadb, firebird };

/// `sqlite`, `postgresql` …
inline std::string_view name(Engine engine) noexcept {
  switch (engine) {
    case Engine::sqlite:
      return "sqlite";
    case Engine::postgresql:
      return "postgresql";
    case Engine::mysql:
      return "mysql";
    case Engine::mariadb:
      return "mariadb";
    case Engine::firebird:
      return "firebird";
  }
  return {};
}

/// What an engine, reached through SOCI, can do and where it differs.
struct DialectTraits {
  /// Statements outside of a transaction are one by themselves. Without it (Firebird) the first
  /// statement opens a transaction, nothing is seen by others before a commit.
  bool autocommits = true;
  /// DDL can be rolled back. Where it cannot (MySQL), it commits what was done before.
  bool transactional_ddl = true;
  /// A new table or column can be used only after a commit.
  bool ddl_needs_commit = false;
  /// After a failed statement only a rollback, also to a savepoint, goes on.
  bool error_aborts_transaction = false;
  /// When the server ends a transaction by itself, as MySQL does with a deadlock, the driver learns
  /// of it. Through ODBC the next statement begins another one.
  bool notices_rollbacks = true;
  /// A savepoint lasts until its transaction ends. psqlodbc puts every statement into one of its
  /// own, and the next statement destroys those that were made inside.
  bool savepoints = true;
  /// `INSERT … RETURNING` works through SOCI.
  bool returning = false;
  /// A SELECT can lock its rows; without it, `begin_for_write` locks everything.
  bool row_locks = true;
  /// A SELECT can pass over rows that others have locked.
  bool skip_locked = false;
  /// SQL can look into JSON.
  bool json_members = true;
  /// One named parameter may occur twice in a statement.
  bool repeated_parameters = true;
  /// `into(std::vector<std::string>)` is safe; SOCI's ODBC backend reads beyond its buffer. With
  /// documents it is refused there.
  bool bulk_fetch = true;
  std::size_t max_identifier = 63;   ///< Bytes.
  std::size_t max_index_text = 255;  ///< Characters of UTF-8 text that one index column may have.
};

/// One column for `Dialect::create_table` and `add_column`.
struct ColumnDefinition {
  std::string name{};
  std::string type{};           ///< SQL, from the functions of the dialect.
  std::string default_value{};  ///< SQL; empty: none.
  enum class Null { allowed, forbidden } null = Null::allowed;
};

/// One column of a table as the catalogue has it.
struct ColumnInfo {
  std::string name{};  ///< As stored: folded to lower (PostgreSQL) or upper case (Firebird).
  std::string type{};  ///< The engine's own words, e.g. `jsonb`, `character varying(255)`.
  ColumnDefinition::Null null = ColumnDefinition::Null::allowed;
};

/// What a SELECT does about the rows that it reads.
enum class RowLock {
  none,         ///< Reads only.
  wait,         ///< Locks them until the transaction ends; waits for those that others have locked.
  skip_locked,  ///< Locks them; those that others have locked are as if they were not there.
};

/// What differs between the database engines, as far as affix needs it: text and statements, no
/// backend's header. Stateless; safe from many threads. There is one constant object for each
/// engine, and `dialect_of` finds the one of a session.
class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual Engine engine() const noexcept = 0;
  virtual const DialectTraits& traits() const noexcept = 0;

  // ---- names -----------------------------------------------------------------------------------
  /// A name for use in SQL, quoted, each part of `schema.table` for itself. Where quotes make case
  /// count (PostgreSQL, Firebird), a plain word that is not reserved stays bare, so that the engine
  /// folds it as it does in everybody's statements; one that comes in double quotes is always
  /// quoted, in the engine's way. Throws `Errc::invalid_argument` for a name that is empty, too
  /// long, or has other quotes, brackets, control characters, or one of `:?;#\` (SOCI would see a
  /// parameter or a comment in it).
  std::string identifier(std::string_view name) const {
    std::string text;
    for (std::size_t start = 0;; ++start) {
      const std::size_t dot = std::min(name.find('.', start), name.size());
      const std::string_view part = name.substr(start, dot - start);
      const std::string_view word = unquoted(part);
      check_name(word, name);
      text += part == word && stays_bare(word) ? std::string(word) : quote(word);
      if (dot == name.size()) return text;
      text += '.';
      start = dot;
    }
  }
  /// A text in single quotes. Throws `Errc::invalid_argument` for NUL and backslash (MySQL).
  static std::string literal(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
      if (c == '\0' || c == '\\') {
        throw Error(Errc::invalid_argument, "A literal has a NUL or a backslash");
      }
      quoted += c == '\'' ? "''" : std::string(1, c);
    }
    return quoted + "'";
  }
  /// The pattern of `LIKE … ESCAPE '!'` for texts that start with `prefix`.
  static std::string prefix_pattern(std::string_view prefix) {
    std::string pattern;
    for (const char c : prefix) {
      if (c == '%' || c == '_' || c == '!') pattern += '!';
      pattern += c;
    }
    return pattern + '%';
  }

  // ---- types -----------------------------------------------------------------------------------
  /// For a column that holds an attachment or a list.
  virtual std::string_view json_type() const noexcept = 0;
  /// For texts that are compared as they are written, with case and accents.
  virtual std::string text_type(std::size_t characters) const {
    return "varchar(" + std::to_string(characters) + ")";
  }
  /// For a key that the database numbers by itself.
  virtual std::string_view identity_type() const noexcept = 0;
  /// Why a column of this type (from `columns`) must not hold attachments: too small, or it would
  /// be emptied or cut through SOCI. Nothing if it may.
  virtual std::optional<std::string_view> unfit_for_json(std::string_view catalogue_type) const = 0;

  /// SQL for the time by the database's clock: whole milliseconds since 1970, UTC. On Firebird 3,
  /// which knows no time zones, in the server's local time.
  virtual std::string_view now_milliseconds() const noexcept = 0;

  // ---- catalogue -------------------------------------------------------------------------------
  // Where the engine does not autocommit, these open a transaction as every statement does.

  /// Also true for a view.
  virtual bool has_table(soci::session& session, std::string_view table) const {
    return !columns(session, table).empty();
  }
  /// In their order; empty if there is no such table.
  virtual std::vector<ColumnInfo> columns(soci::session& session, std::string_view table) const = 0;
  /// Whether the table has an index of this name.
  virtual bool has_index(soci::session& session, std::string_view table,
                         std::string_view index) const = 0;
  /// Whether it is this column that `identifier(name)` means.
  virtual bool is_named(const ColumnInfo& column, std::string_view name) const {
    return lower(column.name) == lower(unquoted(name));
  }

  // ---- statements ------------------------------------------------------------------------------
  std::string create_table(std::string_view table, std::span<const ColumnDefinition> columns,
                           std::span<const std::string> primary_key) const {
    std::string body;
    for (const ColumnDefinition& column : columns) {
      body += (body.empty() ? "" : ", ") + definition(column);
    }
    if (!primary_key.empty()) body += ", primary key (" + list(primary_key) + ")";
    return "create table " + identifier(table) + " (" + body + ")";
  }
  /// A column that is neither nullable nor has a default cannot be added to rows that are there:
  /// `Errc::invalid_argument`, since some engines would invent a value.
  std::string add_column(std::string_view table, const ColumnDefinition& column) const {
    if (column.null == ColumnDefinition::Null::forbidden && column.default_value.empty()) {
      throw Error(Errc::invalid_argument,
                  "A column to be added needs a default or must be nullable",
                  {.table = std::string(table), .column = column.name});
    }
    return "alter table " + identifier(table) + " add " + definition(column);
  }
  /// Inserts a row, or updates the named columns of the one that has the keys (a unique index of
  /// the table must have just these); other columns stay. MySQL and MariaDB do not look at the
  /// keys: there a row that has the values of any other unique index is updated, too. Parameters
  /// `:p0` … in the order of `columns`, to be bound by position.
  virtual std::string upsert(std::string_view table, std::span<const std::string> columns,
                             std::span<const std::string> keys) const = 0;
  /// What follows ORDER BY.
  virtual std::string page(std::size_t limit, std::size_t offset) const {
    return " limit " + std::to_string(limit) + " offset " + std::to_string(offset);
  }
  /// What follows everything else in a SELECT. Empty where the engine has no row locks: there
  /// `begin_for_write` has locked everything. `skip_locked` is `Errc::unsupported` where the engine
  /// has row locks and cannot pass over those of others.
  virtual std::string row_lock(RowLock lock) const {
    if (lock == RowLock::none || !traits().row_locks) return {};
    if (lock == RowLock::wait) return " for update";
    if (traits().skip_locked) return " for update skip locked";
    throw Error(Errc::unsupported, "This database cannot pass over locked rows", {},
                name(engine()));
  }
  /// SQL for the first characters of a JSON column as text, without its blanks, which some engines
  /// add: for comparing how documents start. NULL is NULL.
  virtual std::string document_start(std::string_view column, std::size_t characters) const {
    std::string text = "replace(substr(";
    text += identifier(column) + ", 1, " + std::to_string(characters);
    return text += "), ' ', '')";
  }
  /// SQL for a member of a JSON column, as text: NULL where it is not there, or null. A path has
  /// names (of letters, digits, `_` and `-`, not beginning with a digit or `-`) and numbers, which
  /// count an array's items from 0, else `Errc::invalid_argument`. `Errc::unsupported` where SQL
  /// cannot do it.
  virtual std::string json_member(std::string_view column,
                                  std::span<const std::string> path) const = 0;
  /// The same for a number; NULL if it is none.
  virtual std::string json_number(std::string_view column,
                                  std::span<const std::string> path) const = 0;

  // ---- transactions ----------------------------------------------------------------------------
  /// Starts a transaction that is going to write: one that waits for its turn now instead of
  /// failing at its first write.
  virtual void begin_for_write(soci::session& session) const { session.begin(); }
  /// Starts a transaction that isolates at least so well; `Errc::unsupported` if the engine does
  /// not. With `IsolationLevel::as_is` and `Writes::allowed` the same as `begin_for_write`. What
  /// `Writes::refused` refuses is up to the engine: SQLite and Firebird refuse nothing.
  void begin(soci::session& session, IsolationLevel isolation, Writes writes) const {
    const bool is_plain = isolation == IsolationLevel::as_is && writes == Writes::allowed;
    is_plain ? begin_for_write(session) : begin_as(session, isolation, writes);
  }
  /// These three are statements; `Errc::unsupported` without `DialectTraits::savepoints`.
  std::string savepoint(std::string_view name) const { return "savepoint " + savepoint_name(name); }
  std::string rollback_to(std::string_view name) const {
    return "rollback to savepoint " + savepoint_name(name);
  }
  std::string release(std::string_view name) const {
    return "release savepoint " + savepoint_name(name);
  }

 protected:
  /// `isolation level …, read only`: what follows BEGIN or SET TRANSACTION.
  static std::string transaction_mode(IsolationLevel isolation, Writes writes) {
    std::string mode;
    if (isolation == IsolationLevel::read_committed) mode = "isolation level read committed";
    if (isolation == IsolationLevel::repeatable_read) mode = "isolation level repeatable read";
    if (isolation == IsolationLevel::serializable) mode = "isolation level serializable";
    if (writes == Writes::refused) mode += mode.empty() ? "read only" : ", read only";
    return mode;
  }

  // Appended to, since g++ 12 warns without reason when a text is put before another.
  static std::string between(char mark, std::string_view name) {
    std::string text(1, mark);
    text += name;
    return text += mark;
  }

  /// `name, name, …`
  std::string list(std::span<const std::string> names) const {
    return joined(names, [&](const std::string& one) { return identifier(one); });
  }

  /// `insert into table (names) values (:p0, …)`
  std::string insert(std::string_view table, std::span<const std::string> columns) const {
    std::size_t number = 0;
    const std::string parameters =
        joined(columns, [&](const std::string&) { return ":p" + std::to_string(number++); });
    return "insert into " + identifier(table) + " (" + list(columns) + ") values (" + parameters +
           ")";
  }

  /// `column = <text of the engine>` for every column that is no key; empty if there is none.
  template <class Text>
  std::string updates(std::span<const std::string> columns, std::span<const std::string> keys,
                      Text text) const {
    std::vector<std::string> others;
    for (const std::string& column : columns) {
      if (std::ranges::find(keys, column) == keys.end()) others.push_back(column);
    }
    return joined(others, [&](const std::string& column) {
      return identifier(column) + " = " + text(identifier(column));
    });
  }

  /// The last part of `schema.table`, and what is before it; empty if there is nothing.
  struct QualifiedName {
    std::string schema{};
    std::string table{};
  };
  static QualifiedName qualified(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return {.table = std::string(name)};
    return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
  }

  /// What is between the double quotes of a name that comes in them; any other name as it is.
  static std::string_view unquoted(std::string_view name) {
    const bool quoted = name.size() > 2 && name.front() == '"' && name.back() == '"';
    return quoted ? name.substr(1, name.size() - 2) : name;
  }

  /// Whether `identifier` leaves the name without quotes, so that the engine folds it.
  bool stays_bare(std::string_view name) const {
    return is_plain(name) && !must_quote(lower(name));
  }

  /// The name as an engine that folds to upper case has it in its catalogue.
  std::string upper_unless_quoted(std::string_view name) const {
    return stays_bare(name) ? upper(name) : std::string(unquoted(name));
  }

  template <class Text>
  static std::string joined(std::span<const std::string> parts, Text text) {
    std::string all;
    for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + text(part);
    return all;
  }

  static std::string lower(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return folded;
  }
  static std::string upper(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return folded;
  }

  /// Whether a text of words, a blank before and after each, has this one.
  static bool is_among(std::string_view words, std::string_view word) {
    return words.find(" " + std::string(word) + " ") != std::string_view::npos;
  }

  /// `$."a"[0]`. Only words and numbers: others could end their own quotes.
  static std::string json_path(std::span<const std::string> path) {
    std::string text = "$";
    for (const std::string& member : path) {
      const bool number = is_digit(checked_member(member).front());
      text += (number ? "[" : ".\"") + member + (number ? "]" : "\"");
    }
    return text;
  }
  static const std::string& checked_member(const std::string& member) {
    const bool number = !member.empty() && std::ranges::all_of(member, is_digit);
    const bool word = !member.empty() && member.front() != '-' && !is_digit(member.front()) &&
                      std::ranges::all_of(member, [](char c) {
                        return is_letter(c) || is_digit(c) || c == '_' || c == '-';
                      });
    if (number || word) return member;
    throw Error(Errc::invalid_argument, "A member's name has a wrong character",
                {.member = member});
  }

  /// Whether `query` counts something; it has the parameters `:t` and `:i`.
  static bool catalogue_has(soci::session& session, const std::string& query,
                            const std::string& table, const std::string& index) {
    int found = 0;
    session << query, soci::use(table), soci::use(index), soci::into(found);
    return found > 0;
  }

  /// Reads name, type, and 1 for what is not nullable; `query` has the parameter `:name`.
  static std::vector<ColumnInfo> catalogue_columns(soci::session& session, const std::string& query,
                                                   const std::string& table) {
    ColumnInfo column;
    int never_null = 0;
    soci::statement statement =
        (session.prepare << query, soci::use(table), soci::into(column.name),
         soci::into(column.type), soci::into(never_null));
    statement.execute();
    std::vector<ColumnInfo> columns;
    while (statement.fetch()) {
      column.null =
          never_null == 1 ? ColumnDefinition::Null::forbidden : ColumnDefinition::Null::allowed;
      columns.push_back(column);
    }
    return columns;
  }

 private:
  virtual void begin_as(soci::session& session, IsolationLevel isolation, Writes writes) const = 0;
  virtual std::string quote(std::string_view name) const { return between('"', name); }
  /// Whether a plain word must be quoted: it is reserved, or quoting changes nothing but that.
  virtual bool must_quote(std::string_view lower_case_word) const = 0;

  std::string savepoint_name(std::string_view name) const {
    if (traits().savepoints) return identifier(name);
    throw Error(Errc::unsupported, "This driver does not keep savepoints");
  }

  std::string definition(const ColumnDefinition& column) const {
    std::string text = identifier(column.name) + " " + column.type;
    if (!column.default_value.empty()) text += " default " + column.default_value;
    if (column.null == ColumnDefinition::Null::forbidden) text += " not null";
    return text;  // The default before the NOT NULL: the order that suits every engine.
  }

  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  /// An ASCII word: a letter, then letters, digits and underscores.
  static bool is_plain(std::string_view name) {
    return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, [](char c) {
      return is_letter(c) || is_digit(c) || c == '_';
    });
  }

  void check_name(std::string_view part, std::string_view whole) const {
    bool good = !part.empty() && part.size() <= traits().max_identifier;
    for (const char c : part) {
      good = good && static_cast<unsigned char>(c) >= 0x20 &&
             std::string_view("\"'`[]:?;#\\\x7f").find(c) == std::string_view::npos;
    }
    if (!good) {
      throw Error(Errc::invalid_argument,
                  "A name of a table or column is too long or has a wrong character",
                  {.member = std::string(whole)});
    }
  }
};

}  // namespace affix

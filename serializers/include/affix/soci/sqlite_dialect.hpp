#pragma once

#include "affix/soci/access.hpp"
#include "affix/soci/dialect.hpp"

namespace affix {

/// SQLite 3, through SOCI's sqlite3 backend or sqliteodbc.
class SqliteDialect final : public Dialect {
 public:
  explicit SqliteDialect(Access access = Access::native)
      : access_(access),
        traits_{.returning = access == Access::native,
                .row_locks = false,
                .repeated_parameters = access == Access::native,
                .bulk_fetch = access == Access::native,
                .max_identifier = 128,
                .max_index_text = 1000} {}

  Engine engine() const noexcept override { return Engine::sqlite; }
  const DialectTraits& traits() const noexcept override { return traits_; }
  // Never `json`: sqliteodbc cuts columns of a type that it does not know at 255 bytes.
  std::string_view json_type() const noexcept override { return "text"; }
  std::string_view identity_type() const noexcept override { return "integer"; }

  std::string_view now_milliseconds() const noexcept override {
    return "cast((julianday('now') - 2440587.5) * 86400000 as integer)";
  }

  std::optional<std::string_view> unfit_for_json(std::string_view type) const override {
    // SQLite itself enforces no length; its ODBC driver reads long values of few types only.
    const std::string word = lower(type);
    if (access_ == Access::native || word == "text" || word == "longvarchar") return std::nullopt;
    return "sqliteodbc cuts values of this type at 255 bytes; declare the column as text";
  }

  std::vector<ColumnInfo> columns(soci::session& session, std::string_view table) const override {
    const QualifiedName name = qualified(table);
    const std::string arguments = name.schema.empty() ? ":name" : ":name, " + literal(name.schema);
    // The casts are for sqliteodbc, which gives expressions without a type no room.
    return catalogue_columns(session,
                             "select cast(name as varchar(128)), cast(type as varchar(128)), "
                             "cast(`notnull` as integer) from pragma_table_info(" +
                                 arguments + ")",
                             name.table);
  }

  bool has_index(soci::session& session, std::string_view table,
                 std::string_view index) const override {
    const QualifiedName name = qualified(table);
    const std::string schema = name.schema.empty() ? "" : identifier(name.schema) + ".";
    return catalogue_has(session,
                         "select count(*) from " + schema +
                             "sqlite_master where type = 'index' and lower(tbl_name) = lower(:t) "
                             "and lower(name) = lower(:i)",
                         name.table, std::string(index));
  }

  std::string upsert(std::string_view table, std::span<const std::string> columns,
                     std::span<const std::string> keys) const override {
    const std::string set =
        updates(columns, keys, [](const std::string& column) { return "excluded." + column; });
    return insert(table, columns) + " on conflict (" + list(keys) + ") do " +
           (set.empty() ? "nothing" : "update set " + set);
  }

  std::string json_member(std::string_view column,
                          std::span<const std::string> path) const override {
    return "cast(json_extract(" + identifier(column) + ", " + literal(json_path(path)) +
           ") as text)";
  }
  std::string json_number(std::string_view column,
                          std::span<const std::string> path) const override {
    const std::string member = "(" + identifier(column) + ", " + literal(json_path(path)) + ")";
    return "case when json_type" + member + " in ('integer', 'real') then json_extract" + member +
           " end";
  }

  // A plain BEGIN takes a read lock first and fails when two of them turn into writers.
  void begin_for_write(soci::session& session) const override {
    if (access_ == Access::native) {
      session << "begin immediate";
    } else {
      begin_through_driver(session);
    }
  }

 private:
  void begin_as(soci::session& session, IsolationLevel, Writes writes) const override {
    writes == Writes::refused ? session.begin() : begin_for_write(session);
  }
  // Not in double quotes: SQLite takes such a name for a text when no column is called so.
  std::string quote(std::string_view name) const override { return between('`', name); }
  // Quoted or not, case never counts.
  bool must_quote(std::string_view) const override { return true; }

  // sqliteodbc begins with a plain BEGIN. Of the statements that take the lock of a writer and name
  // no table this one does least: it gives one free page back, and that only in a database which
  // was made with `auto_vacuum = incremental`.
  static void begin_through_driver(soci::session& session) {
    session.begin();
    try {
      session << "pragma incremental_vacuum(1)";
    } catch (...) {
      session.rollback();
      throw;
    }
  }

  Access access_;
  DialectTraits traits_;
};

}  // namespace affix

#pragma once

#include "affix/soci/access.hpp"
#include "affix/soci/dialect.hpp"

namespace affix {

/// PostgreSQL, through SOCI's postgresql backend or psqlodbc.
class PostgresqlDialect final : public Dialect {
 public:
  explicit PostgresqlDialect(Access access = Access::native)
      : access_(access),
        traits_{// psqlodbc puts every statement into a savepoint of its own.
                .error_aborts_transaction = access == Access::native,
                .savepoints = access == Access::native,
                .returning = true,
                .skip_locked = true,
                .repeated_parameters = access == Access::native,
                .bulk_fetch = access == Access::native,
                .max_identifier = 63,
                .max_index_text = 600} {}

  Engine engine() const noexcept override { return Engine::postgresql; }
  const DialectTraits& traits() const noexcept override { return traits_; }
  std::string_view json_type() const noexcept override { return "jsonb"; }

  std::string_view now_milliseconds() const noexcept override {
    return "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
  }

  std::optional<std::string_view> unfit_for_json(std::string_view type) const override {
    if (type == "jsonb" || type == "json" || type == "text") return std::nullopt;
    if (type == "character varying" && access_ == Access::native) return std::nullopt;
    if (type == "character varying") return "psqlodbc cuts values of this type; declare it as text";
    return "a document does not fit this type; declare the column as jsonb, json or text";
  }

  bool has_table(soci::session& session, std::string_view table) const override {
    const std::string wanted = identifier(table);
    int found = 0;
    session << "select count(*) from pg_class where oid = to_regclass(:name) and relkind in "
               "('r', 'p', 'v', 'm', 'f')",
        soci::use(wanted), soci::into(found);
    return found == 1;
  }

  std::vector<ColumnInfo> columns(soci::session& session, std::string_view table) const override {
    return catalogue_columns(
        session,
        "select cast(attname as varchar(128)), cast(format_type(atttypid, atttypmod) as "
        "varchar(128)), case when attnotnull then 1 else 0 end from pg_attribute where attrelid = "
        "to_regclass(:name) and attnum > 0 and not attisdropped order by attnum",
        identifier(table));
  }

  bool has_index(soci::session& session, std::string_view table,
                 std::string_view index) const override {
    return catalogue_has(session,
                         "select count(*) from pg_index x join pg_class i on i.oid = x.indexrelid "
                         "where x.indrelid = to_regclass(:t) and lower(i.relname) = lower(:i)",
                         identifier(table), std::string(index));
  }

  bool is_named(const ColumnInfo& column, std::string_view name) const override {
    return column.name == (stays_bare(name) ? lower(name) : std::string(unquoted(name)));
  }

  std::string upsert(std::string_view table, std::span<const std::string> columns,
                     std::span<const std::string> keys) const override {
    const std::string set =
        updates(columns, keys, [](const std::string& column) { return "excluded." + column; });
    return insert(table, columns) + " on conflict (" + list(keys) + ") do " +
           (set.empty() ? "nothing" : "update set " + set);
  }

  // Neither `->>` with its `?` and `#` relatives nor `::`: SOCI's ODBC backend misreads them.
  std::string json_member(std::string_view column,
                          std::span<const std::string> path) const override {
    std::string members;
    for (const std::string& member : path) members += ", " + literal(checked_member(member));
    return "jsonb_extract_path_text(cast(" + identifier(column) + " as jsonb)" + members + ")";
  }

 private:
  void begin_as(soci::session& session, IsolationLevel isolation, Writes writes) const override {
    const std::string mode = transaction_mode(isolation, writes);
    if (access_ == Access::native) {
      session << "begin " + mode;
      return;
    }
    // psqlodbc puts even the first statement into a savepoint, where a transaction's mode cannot be
    // set any more: another one has to take the place of that which it has begun.
    session.begin();
    try {
      session << "rollback; begin " + mode;
    } catch (...) {
      session.rollback();
      throw;
    }
  }

  // What pg_get_keywords() of version 15 calls reserved.
  bool must_quote(std::string_view word) const override {
    return is_among(
        " all analyse analyze and any array as asc asymmetric authorization binary both case "
        "cast check collate collation column concurrently constraint create cross "
        "current_catalog current_date current_role current_schema current_time "
        "current_timestamp current_user default deferrable desc distinct do else end except "
        "false fetch for foreign freeze from full grant group having ilike in initially inner "
        "intersect into is isnull join lateral leading left like limit localtime "
        "localtimestamp natural not notnull null offset on only or order outer overlaps "
        "placing primary references returning right select session_user similar some "
        "symmetric table tablesample then to trailing true union unique user using variadic "
        "verbose when where window with ",
        word);
  }

  Access access_;
  DialectTraits traits_;
};

}  // namespace affix

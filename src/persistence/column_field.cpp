#include "affix/persistence/column_field.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

/// Ends the transaction that a statement opens by itself where there is no autocommit.
class OpenedByStatement {
 public:
  explicit OpenedByStatement(soci::session& sql)
      : sql_(sql), ours_(!dialect_of(sql).traits().autocommits && !in_transaction(sql)) {}
  OpenedByStatement(const OpenedByStatement&) = delete;
  OpenedByStatement& operator=(const OpenedByStatement&) = delete;
  ~OpenedByStatement() {
    if (ours_) detail::abandon_transaction(sql_);
  }

 private:
  soci::session& sql_;
  bool ours_;
};

void check_columns(const ColumnField& field, const Dialect& dialect,
                   const std::vector<ColumnInfo>& columns) {
  const auto find = [&](std::string_view name) {
    return std::ranges::find_if(columns,
                                [&](const auto& one) { return dialect.is_named(one, name); });
  };
  if (columns.empty()) throw Error(Errc::invalid_argument, "There is no such table");
  if (find(field.key) == columns.end()) {
    throw Error(Errc::invalid_argument, "The table has no such key column",
                {.column = std::string(field.key)});
  }
  const auto column = find(field.column);
  if (column == columns.end()) {
    throw Error(Errc::invalid_argument, "The table has no such column");
  }
  if (const auto reason = dialect.unfit_for_json(column->type)) {
    throw Error(Errc::invalid_argument, "The column's type is unfit for attachments", {}, *reason);
  }
  if (column->null == ColumnDefinition::Null::forbidden) {
    throw Error(Errc::invalid_argument, "The column of a field must be nullable", {},
                "NULL is what a row without a file has");
  }
}

}  // namespace

std::optional<Attachment> ColumnField::load(soci::session& sql, const RowKey& key_value) const {
  const OpenedByStatement opened(sql);
  return detail::read_row(sql, *this, key_value, RowLock::none);
}

void ColumnField::check(soci::session& sql) const {
  const Where place{.table = std::string(table), .column = std::string(column)};
  try {
    const OpenedByStatement opened(sql);
    const Dialect& dialect = dialect_of(sql);
    check_columns(*this, dialect, dialect.columns(sql, table));
  } catch (const Error& error) {
    throw error.with(place);
  } catch (const std::exception& error) {
    throw detail::database_error("The catalogue could not be read", error, place);
  }
}

}  // namespace affix

#include "affix/persistence/column_field.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "affix/soci/attachment.hpp"
#include "affix/soci/session_pool.hpp"
#include "affix/soci/session_state.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

using OneAttachment = std::optional<Attachment>;

constexpr std::size_t rows_of_a_page = 500;

template <class Value>
struct Row {
  RowKey key;
  Value value;
};

/// Whether the key column holds texts, going by the catalogue.
bool has_text_key(soci::session& sql, const ColumnField& field) {
  const detail::OpenedByStatement opened(sql);
  const Dialect& dialect = dialect_of(sql);
  for (const ColumnInfo& column : dialect.columns(sql, field.table)) {
    if (!dialect.is_named(column, field.key)) continue;
    std::string type = column.type;
    std::ranges::transform(type, type.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool firebird_text = type == "14" || type == "37";
    return firebird_text || type.find("char") != type.npos || type.find("text") != type.npos ||
           type.find("uuid") != type.npos;
  }
  return false;
}

/// The rows behind `after`, or the first ones.
template <class Value, class Key>
std::vector<Row<Value>> read_page(soci::session& sql, const ColumnField& field,
                                  const std::optional<Key>& after) {
  const detail::OpenedByStatement opened(sql);
  const Dialect& dialect = dialect_of(sql);
  const std::string key = dialect.identifier(field.key);
  const std::string column = dialect.identifier(field.column);
  std::string query = "select " + key + ", " + column + " from " + dialect.identifier(field.table) +
                      " where " + column + " is not null";
  if (after) query += " and " + key + " > :row_key";
  query += " order by " + key + dialect.page(rows_of_a_page, 0);
  Key found{};
  Value value;
  std::vector<Row<Value>> rows;
  soci::statement statement(sql);
  const StatementGuard guard(sql, statement);
  statement.exchange(soci::into(found));
  statement.exchange(soci::into(value));
  if (after) statement.exchange(soci::use(*after));
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) rows.push_back({found, value});
  return rows;
}

template <class Value, class Key>
void visit_all(soci::session& sql, const ColumnField& field,
               const std::function<void(const RowKey&, const Value&)>& visit) {
  std::optional<Key> after;
  while (true) {
    const Where place{.table = std::string(field.table), .column = std::string(field.column)};
    const auto rows =
        detail::run_at(place, [&] { return read_page<Value, Key>(sql, field, after); });
    for (const auto& row : rows) visit(row.key, row.value);
    if (rows.size() < rows_of_a_page) return;
    after = std::get<Key>(rows.back().key.value());
  }
}

template <class Value>
void visit_rows(soci::session& sql, const ColumnField& field,
                const std::function<void(const RowKey&, const Value&)>& visit) {
  if (has_text_key(sql, field)) return visit_all<Value, std::string>(sql, field, visit);
  visit_all<Value, long long>(sql, field, visit);
}

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

OneAttachment ColumnField::load(soci::session& sql, const RowKey& key_value) const {
  const detail::OpenedByStatement opened(sql);
  return detail::read_row<OneAttachment>(sql, *this, key_value, RowLock::none);
}

void ColumnField::each(soci::session& sql,
                       const std::function<void(const RowKey&, const Attachment&)>& visit) const {
  visit_rows<OneAttachment>(sql, *this, [&](const RowKey& row, const OneAttachment& value) {
    if (value) visit(row, *value);  // Not for the texts that stand for NULL.
  });
}

AttachmentList ColumnListField::load(soci::session& sql, const RowKey& key_value) const {
  const detail::OpenedByStatement opened(sql);
  return detail::read_row<AttachmentList>(sql, column, key_value, RowLock::none);
}

void ColumnListField::each(
    soci::session& sql,
    const std::function<void(const RowKey&, const AttachmentList&)>& visit) const {
  visit_rows<AttachmentList>(sql, column, [&](const RowKey& row, const AttachmentList& value) {
    if (!value.empty()) visit(row, value);
  });
}

void ColumnField::check(soci::session& sql) const {
  const Where place{.table = std::string(table), .column = std::string(column)};
  detail::run_at(place, [&] {
    const detail::OpenedByStatement opened(sql);
    const Dialect& dialect = dialect_of(sql);
    check_columns(*this, dialect, dialect.columns(sql, table));
  });
}

}  // namespace affix

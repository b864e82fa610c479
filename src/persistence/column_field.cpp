#include "affix/persistence/column_field.hpp"

#include <algorithm>
#include <vector>

#include "affix/persistence/transaction.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/soci/session_state.hpp"
#include "persistence/row_access.hpp"
#include "persistence/row_pages.hpp"

namespace affix {
namespace {

using OneAttachment = std::optional<Attachment>;

template <class Value>
void visit_rows(soci::session& sql, const ColumnField& field,
                const std::function<void(const RowKey&, const Value&)>& visit) {
  detail::visit_pages<Value>(sql, field, [&](std::span<const detail::PagedRow<Value>> rows) {
    for (const auto& row : rows) {
      if (row.error) throw row.error->with(detail::place_of(field, row.key));
      visit(row.key, row.value);
    }
  });
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

Attachment ColumnField::put(Transaction& tx, const RowKey& key_value, Source source,
                            CreateOptions options) const {
  return tx.replace(*this, key_value, std::move(source), std::move(options));
}

Attachment ColumnField::put(Transaction& tx, const RowKey& key_value,
                            PendingAttachment pending) const {
  return tx.replace(*this, key_value, std::move(pending));
}

void ColumnField::clear(Transaction& tx, const RowKey& key_value) const {
  tx.clear(*this, key_value);
}

Attachment ColumnField::ensure_variants(Transaction& tx, const RowKey& key_value,
                                        std::vector<std::string> names) const {
  return tx.ensure_variants(*this, key_value, std::move(names));
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

Attachment ColumnListField::append(Transaction& tx, const RowKey& key_value, Source source,
                                   CreateOptions options) const {
  return tx.append(*this, key_value, std::move(source), std::move(options));
}

Attachment ColumnListField::append(Transaction& tx, const RowKey& key_value,
                                   PendingAttachment pending) const {
  return tx.append(*this, key_value, std::move(pending));
}

void ColumnListField::remove(Transaction& tx, const RowKey& key_value, std::string_view id) const {
  tx.remove(*this, key_value, id);
}

void ColumnListField::clear(Transaction& tx, const RowKey& key_value) const {
  tx.clear(*this, key_value);
}

Attachment ColumnListField::ensure_variants(Transaction& tx, const RowKey& key_value,
                                            std::string_view id,
                                            std::vector<std::string> names) const {
  return tx.ensure_variants(*this, key_value, id, std::move(names));
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

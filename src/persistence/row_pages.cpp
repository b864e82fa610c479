#include "persistence/row_pages.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "affix/soci/attachment.hpp"
#include "affix/soci/session_pool.hpp"
#include "affix/soci/session_state.hpp"
#include "document_text.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

/// What a column holds: one document that is wrong must not hide the others.
template <class Value>
struct Document {
  Value value{};
  std::optional<Error> error{};
};

}  // namespace

template <class Value>
struct JsonColumn<Document<Value>> {
  static Document<Value> from_text(std::string_view text) {
    try {
      return {JsonColumn<Value>::from_text(text)};
    } catch (const Error& error) {
      return {{}, error};
    }
  }
  static Document<Value> from_null() { return {}; }
};

namespace detail {
namespace {

constexpr std::size_t rows_of_a_page = 500;

/// The rows behind `after`, or the first ones.
template <class Value, class Key>
std::vector<PagedRow<Value>> read_page(soci::session& sql, const ColumnField& field,
                                       const std::optional<Key>& after) {
  const OpenedByStatement opened(sql);
  const Dialect& dialect = dialect_of(sql);
  const std::string key = dialect.identifier(field.key);
  const std::string column = dialect.identifier(field.column);
  std::string query = "select " + key + ", " + column + " from " + dialect.identifier(field.table) +
                      " where " + column + " is not null";
  if (after) query += " and " + key + " > :row_key";
  query += " order by " + key + dialect.page(rows_of_a_page, 0);
  Key found{};
  Document<Value> document;
  std::vector<PagedRow<Value>> rows;
  soci::statement statement(sql);
  const StatementGuard guard(sql, statement);
  statement.exchange(soci::into(found));
  statement.exchange(
      soci::details::into_type_ptr(new JsonInto<Document<Value>>(document, nullptr)));
  if (after) statement.exchange(soci::use(*after));
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) rows.push_back({found, document.value, document.error});
  return rows;
}

template <class Value, class Key>
void visit_all(soci::session& sql, const ColumnField& field,
               const std::function<void(std::span<const PagedRow<Value>>)>& visit,
               const ManagerCore* core) {
  std::optional<Key> after;
  while (true) {
    const Where place{.table = std::string(field.table), .column = std::string(field.column)};
    std::vector<PagedRow<Value>> rows;
    const auto read = [&] { rows = read_page<Value, Key>(sql, field, after); };
    run_at(place, [&] { core ? core->statement("row.page", read) : read(); });
    if (!rows.empty()) visit(rows);
    if (rows.size() < rows_of_a_page) return;
    after = std::get<Key>(rows.back().key.value());
  }
}

}  // namespace

bool has_text_key(soci::session& sql, std::string_view table, std::string_view key) {
  const OpenedByStatement opened(sql);
  const Dialect& dialect = dialect_of(sql);
  for (const ColumnInfo& column : dialect.columns(sql, table)) {
    if (!dialect.is_named(column, key)) continue;
    std::string type = column.type;
    std::ranges::transform(type, type.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool firebird_text = type == "14" || type == "37";
    return firebird_text || type.find("char") != type.npos || type.find("text") != type.npos ||
           type.find("uuid") != type.npos;
  }
  return false;
}

template <class Value>
void visit_pages(soci::session& sql, const ColumnField& field,
                 const std::function<void(std::span<const PagedRow<Value>>)>& visit,
                 const ManagerCore* core) {
  if (has_text_key(sql, field.table, field.key))
    return visit_all<Value, std::string>(sql, field, visit, core);
  visit_all<Value, long long>(sql, field, visit, core);
}

template <class Value>
using Visit = std::function<void(std::span<const PagedRow<Value>>)>;
using OneAttachment = std::optional<Attachment>;
template void visit_pages(soci::session&, const ColumnField&, const Visit<OneAttachment>&,
                          const ManagerCore*);
template void visit_pages(soci::session&, const ColumnField&, const Visit<AttachmentList>&,
                          const ManagerCore*);
template void visit_pages(soci::session&, const ColumnField&, const Visit<DocumentText>&,
                          const ManagerCore*);

}  // namespace detail
}  // namespace affix

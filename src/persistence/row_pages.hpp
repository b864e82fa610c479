#pragma once

#include <functional>
#include <optional>
#include <span>

#include "affix/persistence/column_field.hpp"
#include "manager/manager_core.hpp"

namespace affix::detail {

/// A row whose column is not NULL, or why its document is none.
template <class Value>
struct PagedRow {
  RowKey key;
  Value value;
  std::optional<Error> error{};
};

/// Whether a table's key column holds texts, going by the catalogue.
bool has_text_key(soci::session& sql, std::string_view table, std::string_view key);

/// Calls `visit` for all rows of a field, page by page in the order of the keys. `Value` is an
/// `std::optional<Attachment>`, an `AttachmentList`, or a `DocumentText`. `visit` may use the
/// session. With a `core` each page is a statement of affix.
template <class Value>
void visit_pages(soci::session& sql, const ColumnField& field,
                 const std::function<void(std::span<const PagedRow<Value>>)>& visit,
                 const ManagerCore* core = nullptr);

}  // namespace affix::detail

#include "affix/persistence/column_field.hpp"

#include "persistence/row_access.hpp"

namespace affix {

std::optional<Attachment> ColumnField::load(soci::session& sql, const RowKey& key_value) const {
  return detail::read_row(sql, *this, key_value, detail::RowLock::none);
}

}  // namespace affix

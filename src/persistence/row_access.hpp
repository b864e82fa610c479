#pragma once

#include <soci/soci.h>

#include <optional>
#include <string_view>

#include "affix/persistence/column_field.hpp"
#include "affix/soci/dialect.hpp"
#include "session_failure.hpp"

namespace affix::detail {

/// Reads the field of one row. Errors as `ColumnField::load`; with `RowLock::wait` the row stays
/// locked until the end of the transaction.
std::optional<Attachment> read_row(soci::session& sql, const ColumnField& field, const RowKey& key,
                                   RowLock lock);

/// Writes the field of one row; it must be exactly one, else `Errc::record_not_found` or
/// `Errc::invalid_argument` (the key column is not unique).
void write_row(soci::session& sql, const ColumnField& field, const RowKey& key,
               const std::optional<Attachment>& value);

/// Where a field's row is, for errors.
Where place_of(const ColumnField& field, const RowKey& key);

}  // namespace affix::detail

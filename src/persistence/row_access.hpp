#pragma once

#include <soci/soci.h>

#include <optional>
#include <string_view>

#include "affix/persistence/column_field.hpp"
#include "affix/soci/dialect.hpp"

namespace affix::detail {

/// Reads the field of one row. Errors as `ColumnField::load`; with `RowLock::wait` the row stays
/// locked until the end of the transaction.
std::optional<Attachment> read_row(soci::session& sql, const ColumnField& field, const RowKey& key,
                                   RowLock lock);

/// Writes the field of one row; it must be exactly one, else `Errc::record_not_found` or
/// `Errc::invalid_argument` (the key column is not unique).
void write_row(soci::session& sql, const ColumnField& field, const RowKey& key,
               const std::optional<Attachment>& value);

/// Rolls back what is open, if that is possible at all. Also for a dead connection: SOCI's Firebird
/// sessions end the process when they are destroyed inside a transaction of one.
void abandon_transaction(soci::session& sql) noexcept;

/// Where a field's row is, for errors.
Where place_of(const ColumnField& field, const RowKey& key);

/// `Errc::conflict` if the database says that another transaction was in the way, else
/// `Errc::database`; with `cause_of`.
Error database_error(std::string_view message, const std::exception& cause, Where where = {});

/// What the backend said, after the name of its `DatabaseError`: `lock_timeout: database is …`.
/// Without the values that SOCI adds to `what()`.
std::string cause_of(const std::exception& error);

}  // namespace affix::detail

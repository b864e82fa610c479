#pragma once

#include <soci/soci.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "affix/persistence/column_field.hpp"
#include "affix/soci/dialect.hpp"
#include "session_failure.hpp"

namespace affix::detail {

/// Reads the field of one row: an `std::optional<Attachment>`, an `AttachmentList`, or the text as
/// it is (`DocumentText`). Errors as
/// `ColumnField::load`; with `RowLock::wait` the row stays locked until the end of the transaction.
template <class Value>
Value read_row(soci::session& sql, const ColumnField& field, const RowKey& key, RowLock lock);

/// Writes the field of one row; it must be exactly one, else `Errc::record_not_found` or
/// `Errc::invalid_argument` (the key column is not unique).
template <class Value>
void write_row(soci::session& sql, const ColumnField& field, const RowKey& key, const Value& value);

/// The same, if the row still has the attachment `before`, or none. Returns false, and has changed
/// nothing, if it has not, has it as a text that affix would have begun in another way, or under an
/// id of another system: then the row has to be read.
bool write_row_if(soci::session& sql, const ColumnField& field, const RowKey& key,
                  const std::optional<Attachment>& before, const std::optional<Attachment>& value);

/// Ends the transaction that a statement opens by itself where there is no autocommit.
class OpenedByStatement {
 public:
  explicit OpenedByStatement(soci::session& sql);
  OpenedByStatement(const OpenedByStatement&) = delete;
  OpenedByStatement& operator=(const OpenedByStatement&) = delete;
  ~OpenedByStatement();

 private:
  soci::session& sql_;
  bool ours_;
};

/// A name that no other savepoint of this process has.
std::string new_savepoint();

/// Runs `work` in a transaction of its own on a session that is in none; commits it, or rolls it
/// back and throws on.
void in_own_transaction(soci::session& sql, const std::function<void()>& work);

/// The place of an attachment in the ledger: at most 255 bytes.
std::string slot_of(const ColumnField& field, const RowKey& key);

/// `Errc::conflict`.
[[noreturn]] void changed_meanwhile();

/// Where a field's row is, for errors.
Where place_of(const ColumnField& field, const RowKey& key);

/// Whether an error is about one row of many, and the others can go on.
bool concerns_row(const Error& error);

/// Runs a statement on an owner's row: what the backend throws becomes an `Error` with the place.
template <class Statement>
auto run_at(const Where& place, Statement statement) {
  try {
    return statement();
  } catch (const Error& error) {
    throw error.with(place);
  } catch (const std::exception& error) {
    throw database_error("A statement on the owner's row failed", error, place);
  }
}

}  // namespace affix::detail

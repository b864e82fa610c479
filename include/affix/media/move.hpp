#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "affix/media/media_field.hpp"

namespace affix {

/// What a move has done so far.
struct MoveReport {
  std::int64_t rows = 0;         ///< That have moved.
  std::int64_t attachments = 0;  ///< In these rows.
  std::int64_t failed = 0;       ///< Rows that stay as they were.
  /// Why, for the first 100 of them, each with its `where()`: among others `Errc::exists` if the
  /// other side has something already, `Errc::conflict` if the row was just being changed, or if
  /// its record is shared, `Errc::invalid_document`, `Errc::record_not_found` for an owner that is
  /// gone.
  std::vector<Error> failures{};
};

struct MoveOptions {
  std::size_t batch = 100;                               ///< Rows of a transaction; at least 1.
  std::function<void(const MoveReport&)> after_batch{};  ///< Told after each.
};

/// Moves the attachments of all rows from a column to the media table; the columns become NULL.
/// No file is read, copied or moved: paths, variants and urls stay, and so do the members that
/// affix does not know.
///
/// Every row moves by itself, in a transaction, after what was written has been read back and is
/// equal: a crash leaves it in one of the two, never in both or none. Call it again, and it goes on
/// with the rows that are left, also with those that failed. Rows are locked, so the application
/// may run meanwhile; but what one side has the other does not see.
///
/// Belongs to the session's thread. `Errc::invalid_state` inside of a transaction,
/// `Errc::invalid_argument` from the fields' `check` or for fields with different tables or keys.
/// `Errc::database` also for a lock that was waited for too long. What is no matter of one row
/// (`Errc::database`, `Errc::in_doubt`) ends it; what was committed stays.
MoveReport move_to_table(soci::session& sql, AttachmentManager& files, const ColumnField& from,
                         const MediaField& to, const MoveOptions& options = {});
/// A list moves with its order, behind what the collection has already.
MoveReport move_to_table(soci::session& sql, AttachmentManager& files, const ColumnListField& from,
                         const MediaListField& to, const MoveOptions& options = {});

/// The way back. Records become documents in the column, custom properties their member
/// `customProperties`, which `move_to_table` knows. Else as `move_to_table`.
MoveReport move_to_column(soci::session& sql, AttachmentManager& files, const MediaField& from,
                          const ColumnField& to, const MoveOptions& options = {});
MoveReport move_to_column(soci::session& sql, AttachmentManager& files, const MediaListField& from,
                          const ColumnListField& to, const MoveOptions& options = {});

}  // namespace affix

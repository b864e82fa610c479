#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "affix/import/import_column.hpp"
#include "affix/import/nestjs_media.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/media/media_store.hpp"

namespace affix {

struct ImportRowsOptions {
  ImportMode mode = ImportMode::dry_run;
  std::size_t rows_of_a_transaction = 100;
  std::size_t max_failures = 100;  ///< So many are kept in the report; all are counted.
};

/// A row of another system's tables, and the row of yours that gets its file.
struct ImportRow {
  RowKey row;  ///< The key of yours.
  /// E.g. by `import_active_storage` and `check_files`. What it throws counts as with
  /// `ConvertText`, and it may not use the session.
  std::function<Imported()> convert{};
};

/// Looks through rows that another system has stored in tables of its own, as you have selected
/// them, and writes into the field what is made of each. No file is touched.
///
/// The application may run meanwhile: a field is written only if it has, under its lock, nothing;
/// else its row counts as `already_done`, or as `changed` if it has got something just now; a
/// second row for the same field is `already_done`, too. Each batch is a transaction of its own;
/// after an error, or a crash, the same call goes on where it ended. A row of yours that there is
/// not is a failure, `Errc::record_not_found`. A dry run reads what a write reads, and reports the
/// same.
///
/// The session must be in no transaction (`Errc::invalid_state`). `Errc::database`, also where a
/// lock was waited for too long.
ImportReport import_rows(soci::session& sql, const ColumnField& field,
                         std::span<const ImportRow> rows, const ImportRowsOptions& options = {});

/// A row of another system's tables for a media table.
struct ImportRecord {
  std::string row{};  ///< What it is called in `where().row` of its failure, such as its key.
  /// E.g. by `import_nestjs_media_row`, or with the attachment of `import_spatie` and a place.
  /// Nothing if there is no file. Else as `ImportRow::convert`.
  std::function<std::optional<ImportedRecord>()> convert{};
};

/// The same for a media table. Records are appended to their places, in the order of the rows. One
/// whose place has a record of its id, or of its disk and path, is `already_done`; if another place
/// has its id, it is a failure, `Errc::exists`. So is one that the store refuses
/// (`Errc::invalid_argument`, with the member in `where()`). The store must be of the session's
/// database. Costs two reads for each row, one of them of all that its place has, and the same
/// again when it is written.
ImportReport import_rows(soci::session& sql, AttachmentManager& files, MediaStore& store,
                         std::span<const ImportRecord> rows, const ImportRowsOptions& options = {});

}  // namespace affix

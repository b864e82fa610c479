#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "affix/import/imported.hpp"
#include "affix/persistence/column_field.hpp"
#include "affix/value/error.hpp"

namespace affix {

enum class ImportMode {
  dry_run,  ///< Nothing is changed; the report says what would be.
  write,
};

struct ImportColumnOptions {
  ImportMode mode = ImportMode::dry_run;
  /// The column of the same table that has their texts, of a type that the field's could have.
  /// Empty: the field's own, whose texts are overwritten.
  std::string_view source{};
  std::size_t rows_of_a_transaction = 100;
  std::size_t max_failures = 100;  ///< So many are kept in the report; all are counted.
};

/// What became of the rows whose source column is not NULL. Each is counted once.
struct ImportReport {
  std::size_t rows = 0;
  std::size_t converted = 0;     ///< Written, or with `dry_run` would be.
  std::size_t already_done = 0;  ///< The field has an attachment of affix.
  std::size_t empty = 0;         ///< Their text says that there is no file; left as it is.
  /// Somebody else was changing the row, or another one of its transaction: import again.
  std::size_t changed = 0;
  std::size_t failed = 0;
  std::vector<Error> failures{};  ///< With table, column and row in `where()`.
  /// Of the rows that were converted, by kind.
  std::map<ImportWarningKind, std::size_t> warnings{};
};

/// Makes an attachment of a text, e.g. by `import_shrine` and `check_files`. An `Error` that it
/// throws is a failure of the row; any other exception ends the import. It may not use the session.
using ConvertText = std::function<Imported(const RowKey& row, std::string_view text)>;
using ConvertListText = std::function<ImportedList(const RowKey& row, std::string_view text)>;

/// Reads the texts that another system has stored in a column, in the order of the keys and in
/// pages, and writes into the field what `convert` makes of them. No file is touched.
///
/// The application may run meanwhile: a row is written only if its text is, under its lock, still
/// the one that was converted, and the field has nothing else. Each batch of rows is a transaction
/// of its own; after an error, or a crash, the same call goes on where it ended.
///
/// The session must be in no transaction (`Errc::invalid_state`). `Errc::database`, also where a
/// lock was waited for too long;
/// `Errc::invalid_argument` if the key column is not unique.
ImportReport import_column(soci::session& sql, const ColumnField& field, const ConvertText& convert,
                           const ImportColumnOptions& options = {});
ImportReport import_column(soci::session& sql, const ColumnListField& field,
                           const ConvertListText& convert, const ImportColumnOptions& options = {});

}  // namespace affix

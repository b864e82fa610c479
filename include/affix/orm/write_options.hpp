#pragma once

#include <string>
#include <vector>

namespace affix {

/// Whether a change may be one of every row.
enum class Force { no, yes };

/// What a change gives back besides the number of rows.
enum class Returning { nothing, rows };

/// How rows of a model with `deleted_at` are removed: `as_declared` marks them and keeps their
/// files, `permanent` deletes them and their files, marked before or not. Rows of other models are
/// deleted in both cases.
enum class Removal { as_declared, permanent };

/// How rows are changed that a condition finds.
struct WriteOptions {
  /// Without `yes` a condition that names nothing of the rows is `Errc::invalid_argument`: it would
  /// change every row.
  Force force = Force::no;
  /// `rows`: as they are afterwards; two more statements for each 10,000 (Firebird: 1,000).
  Returning returning = Returning::nothing;
  /// Names of the model's default filters that do not count, so that their rows are found as well.
  std::vector<std::string> skipped_default_filters{};
};

/// How rows are removed.
struct RemoveOptions {
  /// As in `WriteOptions`; nothing to `remove_by_id`.
  Force force = Force::no;
  /// `rows`: as they were before, with the attachments of their columns, whose files are going.
  /// Nothing to `remove_by_id`.
  Returning returning = Returning::nothing;
  Removal removal = Removal::as_declared;
  /// As in `WriteOptions`.
  std::vector<std::string> skipped_default_filters{};
};

/// What a change of several rows has done.
template <class T>
struct WriteResult {
  long long count = 0;  ///< Rows that the condition has found, whether or not they look different.
  std::vector<T> rows{};  ///< Empty without `Returning::rows`.
};

}  // namespace affix

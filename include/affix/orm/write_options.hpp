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

/// How rows are changed.
struct WriteOptions {
  /// Without `yes` a change that would be one of every row is `Errc::invalid_argument`. Nothing to
  /// a change by id.
  Force force = Force::no;
  /// `rows`: as they are afterwards; one more statement. Nothing to a change by id, which always
  /// gives back its row.
  Returning returning = Returning::nothing;
  /// Names of the model's default filters that do not count, so that their rows are found as well.
  std::vector<std::string> skipped_default_filters{};
};

/// How rows are removed.
struct RemoveOptions {
  /// As in `WriteOptions`.
  Force force = Force::no;
  /// `rows`: as they were before, with the attachments of their columns, whose files are going; one
  /// more statement.
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

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "affix/value/attachment.hpp"

namespace affix {

/// What could not be taken over from another system, or is not certain.
enum class ImportWarningKind {
  unknown_size,     ///< They do not say how many bytes the file has; the size is 0.
  wrong_size,       ///< The file has another size than they say; the size is the file's.
  guessed_type,     ///< They do not say what the file is; the type is that of its extension.
  unknown_time,     ///< A time in no form that is known; there is none.
  shared_file,      ///< Other rows of theirs may name the same file.
  temporary_file,   ///< The file is in a storage that they empty from time to time.
  dropped_variant,  ///< A variant that is left out.
};

/// `unknown_size`, `wrong_size` …
std::string_view name(ImportWarningKind kind) noexcept;

struct ImportWarning {
  ImportWarningKind kind = ImportWarningKind::unknown_size;
  /// The member of the attachment that it is about: `size`, `variants.thumb`; in a list with the
  /// index in front: `3.size`. Text from outside.
  std::string member{};

  bool operator==(const ImportWarning&) const = default;
};

/// An attachment made of what another system stores. The value alone: no file was touched.
///
/// Its id is a new one, its path is where their file is. What has no member of its own in an
/// attachment is kept in `meta["imported"]` under the names that it has there, with `from` for the
/// system; for a variant in `extra["imported"]`. A checksum that is not SHA-256 is there, too.
///
/// Every function that makes one refuses with an `Error`: `Errc::invalid_document` for text that is
/// not theirs, with `where().member` as far as known, or that would not fit into an attachment (the
/// bounds are those of `affix/value/json.hpp`); `Errc::invalid_key` for a path that leaves its
/// folder or is not UTF-8; `Errc::unknown_disk` for a storage of theirs that was not mapped.
struct Imported {
  std::optional<Attachment> attachment{};  ///< Nothing if there is no file.
  std::vector<ImportWarning> warnings{};
};

struct ImportedList {
  AttachmentList list{};
  std::vector<ImportWarning> warnings{};
};

/// Where files of another system are, in words of affix.
struct ImportPlace {
  std::string disk{};    ///< Name of a disk of the manager.
  std::string folder{};  ///< What stands before their paths on that disk; may be empty.
};

}  // namespace affix

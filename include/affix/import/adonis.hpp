#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

struct AdonisOptions {
  ImportPlace place{};  ///< Where the root of their disk is.
  /// The folder of the originals, as it was configured there, for documents that have no `path`
  /// and whose `name` does not have it.
  std::string folder{};
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// A column of adonis `attachment-lite`, or of `@jrmc/adonis-attachment` 1 to 5 (`@attachment`).
/// The empty text and `null` are no file.
///
/// The picture's size is turned where its EXIF orientation says so; `keyId` is left out. A document
/// whose file kept its original name (`rename: false`) is a `shared_file`.
Imported import_adonis(std::string_view text, const AdonisOptions& options);
/// The same for a column with an array of them (`@attachments`).
ImportedList import_adonis_list(std::string_view text, const AdonisOptions& options);

}  // namespace affix

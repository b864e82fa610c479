#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

struct ShrineOptions {
  /// Where their storages are, by their names. A file in one that is not named here is
  /// `Errc::unknown_disk`, a derivative in one is dropped.
  std::map<std::string, ImportPlace, std::less<>> storages{};
  /// The storage of files that were not promoted: what is there is a `temporary_file`.
  std::string cache = "cache";
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// A column `<name>_data` of Shrine. The empty text and `null` are no file. Derivatives become
/// variants, nested ones with dots in their names (`sizes.small`, `list.0`); the `versions` of
/// Shrine 2 are read like derivatives of the version `original`.
Imported import_shrine(std::string_view text, const ShrineOptions& options);

}  // namespace affix

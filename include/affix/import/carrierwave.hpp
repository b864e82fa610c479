#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

struct CarrierWaveVersion {
  std::string name{};
  /// The extension of its files if it is not the original's, for versions that convert.
  std::string extension{};
};

struct CarrierWaveOptions {
  ImportPlace place{};
  std::string store_dir{};  ///< Of this row, e.g. `uploads/user/avatar/7`.
  std::vector<CarrierWaveVersion> versions{};
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// A column of one file (`mount_uploader`): its identifier as plain text, or as a JSON string.
/// The empty text and `null` are no file. Versions are files `<version>_<identifier>`; nobody has
/// written down which were made: `check_files` drops those that are not there.
Imported import_carrierwave(std::string_view text, const CarrierWaveOptions& options);
/// A column of several files (`mount_uploaders`): a JSON array of identifiers.
ImportedList import_carrierwave_list(std::string_view text, const CarrierWaveOptions& options);

}  // namespace affix

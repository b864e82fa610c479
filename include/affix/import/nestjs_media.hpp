#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "affix/import/imported.hpp"
#include "affix/media/media_record.hpp"
#include "affix/value/id.hpp"

namespace affix {

struct NestjsMediaOptions {
  /// Where their disks are, by the names that they have there. One that is not named here has the
  /// same name in affix.
  std::map<std::string, ImportPlace, std::less<>> disks{};
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// A column that nestjs-media wrote. Unlike other imports it keeps its id, which is a part of the
/// path: the manager opens it in its own folder. So a column whose disks have the same names needs
/// no import at all.
Imported import_nestjs_media(std::string_view text, const NestjsMediaOptions& options = {});

/// A row of its table `media`, of any of its adapters, as text. Times are ISO texts, those of the
/// database, or whole seconds or milliseconds since 1970.
struct NestjsMediaRow {
  std::string id{};
  std::string owner_type{};
  std::string owner_id{};
  std::string collection{};
  std::string name{};
  std::string file_name{};
  std::optional<std::string> mime_type{};
  std::optional<std::int64_t> size{};
  std::string disk{};
  std::string path{};
  std::int64_t position = 0;  ///< Its `order`.
  std::optional<std::string> custom_properties{};
  std::optional<std::string> conversions{};
  std::optional<std::string> created_at{};
  std::optional<std::string> updated_at{};
};

struct ImportedRecord {
  MediaRecord record{};
  std::vector<ImportWarning> warnings{};
};

/// The same record for a media table of affix. It keeps its id if that can be one, since others
/// refer to it.
ImportedRecord import_nestjs_media_row(const NestjsMediaRow& row,
                                       const NestjsMediaOptions& options = {});

}  // namespace affix

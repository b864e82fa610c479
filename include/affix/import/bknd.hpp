#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

/// A row of the entity `media` of bknd, as text.
struct BkndRow {
  std::string id{};
  std::string path{};
  std::optional<std::int64_t> folder{};  ///< 1 for a folder, which is no file.
  std::optional<std::string> mime_type{};
  std::optional<std::int64_t> size{};
  std::optional<std::string> scope{};
  std::optional<std::string> etag{};
  std::optional<std::string> modified_at{};
  std::optional<std::string> reference{};  ///< `entity.field`
  std::optional<std::string> entity_id{};
  std::optional<std::string> metadata{};  ///< JSON.
};

struct BkndOptions {
  ImportPlace place{};                 ///< Where the files of their adapter are.
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// Its time is `modified_at`: their table has no other.
Imported import_bknd(const BkndRow& row, const BkndOptions& options);

}  // namespace affix

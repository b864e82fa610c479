#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

/// A row of the table of `MetaLink` of Ignis, as text.
struct IgnisRow {
  std::string id{};
  std::optional<std::string> created_at{};
  std::optional<std::string> modified_at{};
  std::string bucket_name{};
  std::string object_name{};
  std::optional<std::string> link{};
  std::optional<std::string> mimetype{};
  std::optional<std::int64_t> size{};
  std::optional<std::string> etag{};
  std::optional<std::string> metadata{};  ///< JSON.
  std::optional<std::string> storage_type{};
  std::optional<std::int64_t> is_synced{};  ///< 0 or 1.
  std::optional<std::string> principal_type{};
  std::optional<std::string> principal_id{};
};

struct IgnisOptions {
  /// Where their buckets are, by name. Another one is `Errc::unknown_disk`.
  std::map<std::string, ImportPlace, std::less<>> buckets{};
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

Imported import_ignis(const IgnisRow& row, const IgnisOptions& options);

}  // namespace affix

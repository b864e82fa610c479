#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

/// A row of `active_storage_blobs`, as text.
struct ActiveStorageBlob {
  std::string key{};
  std::optional<std::string> filename{};
  std::optional<std::string> content_type{};
  std::optional<std::string> metadata{};      ///< JSON.
  std::optional<std::string> service_name{};  ///< Rails before 6.1 has none.
  std::optional<std::int64_t> byte_size{};
  std::optional<std::string> checksum{};
  std::optional<std::string> created_at{};
};

/// A variant: the blob that is attached as `image` to a row of `active_storage_variant_records`.
struct ActiveStorageVariant {
  std::string name{};  ///< The caller's choice: they have a digest alone.
  ActiveStorageBlob blob{};
};

struct ActiveStorageService {
  ImportPlace place{};  ///< The root of a disk service, or the bucket.
  enum class Layout {
    disk,          ///< `ab/cd/abcd…`
    object_store,  ///< `abcd…`
  } layout = Layout::disk;
};

struct ActiveStorageOptions {
  /// Their services by name (`config/storage.yml`).
  std::map<std::string, ActiveStorageService, std::less<>> services{};
  std::string default_service = "local";  ///< For blobs without a service.
  std::shared_ptr<IdGenerator> ids{};     ///< Null: `make_id_generator()`.
};

/// A blob with its variants. Composed blobs have no checksum.
Imported import_active_storage(const ActiveStorageBlob& blob,
                               std::span<const ActiveStorageVariant> variants,
                               const ActiveStorageOptions& options);

/// The key of a variant that is not tracked in the database, as Rails before 6.1 has them.
/// `variation_key` is the signed one of its URL.
std::string active_storage_variant_key(std::string_view blob_key, std::string_view variation_key);

}  // namespace affix

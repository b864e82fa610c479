#include "affix/import/active_storage.hpp"

#include <utility>

#include "affix/storage/checksum.hpp"
#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"

namespace affix {
namespace {

using detail::ForeignFile;
using detail::ForeignObject;
using detail::ImportBuilder;

std::string path_of(const std::string& key, ActiveStorageService::Layout layout) {
  constexpr std::size_t folder = 2;
  if (layout == ActiveStorageService::Layout::object_store) return key;
  if (key.size() < 2 * folder) return key;
  std::string path = key.substr(0, folder);
  path.append("/").append(key, folder, folder);
  return path.append("/").append(key);
}

/// What is in a blob's columns, and in its metadata.
struct Blob {
  ForeignFile file{};
  nlohmann::json theirs{};
};

Blob read(const ActiveStorageBlob& blob, const ActiveStorageOptions& options) {
  const std::string service = blob.service_name.value_or(options.default_service);
  const auto found = options.services.find(service);
  if (found == options.services.end()) {
    throw Error(Errc::unknown_disk, "The service was not mapped", {.disk = service});
  }
  ForeignObject metadata = ForeignObject::parse(blob.metadata);
  Blob result{{.place = found->second.place,
               .path = path_of(blob.key, found->second.layout),
               .mime_type = blob.content_type,
               .size = blob.byte_size,
               .width = metadata.number("width"),
               .height = metadata.number("height")}};
  result.theirs = {{"key", blob.key}, {"service_name", service}};
  if (blob.checksum && !blob.checksum->empty()) result.theirs["checksum"] = *blob.checksum;
  nlohmann::json rest = std::move(metadata).rest();
  if (!rest.empty()) result.theirs["metadata"] = std::move(rest);
  return result;
}

}  // namespace

Imported import_active_storage(const ActiveStorageBlob& blob,
                               std::span<const ActiveStorageVariant> variants,
                               const ActiveStorageOptions& options) {
  ImportBuilder builder("active_storage", options.ids);
  Blob original = read(blob, options);
  builder.set_file(original.file, blob.filename);
  builder.set_time(blob.created_at);
  builder.keep_all(std::move(original.theirs));
  for (const ActiveStorageVariant& variant : variants) {
    Blob made = read(variant.blob, options);
    builder.add_variant(variant.name, made.file, std::move(made.theirs));
  }
  return std::move(builder).finish();
}

std::string active_storage_variant_key(std::string_view blob_key, std::string_view variation_key) {
  constexpr std::string_view algorithm = "sha256:";
  std::string key = "variants/";
  key.append(blob_key).append("/");
  return key.append(checksum(std::as_bytes(std::span(variation_key))), algorithm.size());
}

}  // namespace affix

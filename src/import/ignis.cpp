#include "affix/import/ignis.hpp"

#include <utility>

#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"

namespace affix {

Imported import_ignis(const IgnisRow& row, const IgnisOptions& options) {
  const auto bucket = options.buckets.find(row.bucket_name);
  if (bucket == options.buckets.end()) {
    throw Error(Errc::unknown_disk, "The bucket was not mapped", {.disk = row.bucket_name});
  }
  detail::ImportBuilder builder("ignis", options.ids);
  builder.set_file({.place = bucket->second,
                    .path = row.object_name,
                    .mime_type = row.mimetype,
                    .size = row.size},
                   std::nullopt);
  builder.set_time(row.created_at);
  builder.keep("id", row.id);
  builder.keep("bucket_name", row.bucket_name);
  builder.keep_column("modified_at", row.modified_at);
  builder.keep_column("link", row.link);
  builder.keep_column("etag", row.etag);
  builder.keep_column("storage_type", row.storage_type);
  builder.keep_column("is_synced", row.is_synced);
  builder.keep_column("principal_type", row.principal_type);
  builder.keep_column("principal_id", row.principal_id);
  builder.keep("metadata", detail::ForeignObject::parse(row.metadata).rest());
  return std::move(builder).finish();
}

}  // namespace affix

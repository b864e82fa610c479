#include "affix/import/bknd.hpp"

#include <utility>

#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"

namespace affix {

Imported import_bknd(const BkndRow& row, const BkndOptions& options) {
  if (row.folder.value_or(0) != 0) return {};
  detail::ForeignObject metadata = detail::ForeignObject::parse(row.metadata);
  detail::ImportBuilder builder("bknd", options.ids);
  builder.set_file({.place = options.place,
                    .path = row.path,
                    .mime_type = row.mime_type,
                    .size = row.size,
                    .width = metadata.number("width"),
                    .height = metadata.number("height")},
                   std::nullopt);
  builder.set_time(row.modified_at);
  builder.keep("id", row.id);
  builder.keep_column("scope", row.scope);
  builder.keep_column("etag", row.etag);
  builder.keep_column("reference", row.reference);
  builder.keep_column("entity_id", row.entity_id);
  builder.keep("metadata", std::move(metadata).rest());
  return std::move(builder).finish();
}

}  // namespace affix

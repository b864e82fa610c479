#include "affix/import/nestjs_media.hpp"

#include <utility>

#include "affix/storage/file_name.hpp"
#include "affix/value/json.hpp"
#include "import/foreign_json.hpp"
#include "import/foreign_time.hpp"
#include "import/import_builder.hpp"

namespace affix {
namespace {

using detail::ForeignFile;
using detail::ForeignObject;
using detail::ImportBuilder;

ImportPlace place_of(const std::string& disk, const NestjsMediaOptions& options) {
  const auto found = options.disks.find(disk);
  return found == options.disks.end() ? ImportPlace{.disk = disk} : found->second;
}

template <class File>
void move_to_place(File& file, const NestjsMediaOptions& options) {
  const ImportPlace place = place_of(file.disk, options);
  file.path = detail::path_at(place, file.path);
  file.disk = place.disk;
}

void add_conversions(ImportBuilder& builder, const NestjsMediaRow& row,
                     const NestjsMediaOptions& options) {
  nlohmann::json conversions = ForeignObject::parse(row.conversions).rest();
  for (auto& [name, value] : conversions.items()) {
    try {
      ForeignObject conversion(std::move(value));
      ForeignFile file{.path = conversion.required_text("path")};
      file.place = place_of(conversion.text("disk").value_or(row.disk), options);
      file.size = conversion.number("size");
      file.mime_type = conversion.text("mimeType");
      file.width = conversion.number("width");
      file.height = conversion.number("height");
      builder.add_variant(name, file, std::move(conversion).rest());
    } catch (const Error& error) {
      throw detail::below("conversions", detail::below(name, error));
    }
  }
}

}  // namespace

Imported import_nestjs_media(std::string_view text, const NestjsMediaOptions& options) {
  Imported imported{.attachment = parse_optional_attachment(text)};
  if (!imported.attachment) return imported;
  move_to_place(*imported.attachment, options);
  for (auto& [name, variant] : imported.attachment->variants) move_to_place(variant, options);
  return imported;
}

ImportedRecord import_nestjs_media_row(const NestjsMediaRow& row,
                                       const NestjsMediaOptions& options) {
  ImportBuilder builder("nestjs-media", options.ids);
  builder.set_file({.place = place_of(row.disk, options),
                    .path = row.path,
                    .mime_type = row.mime_type,
                    .size = row.size},
                   row.name);
  Attachment& attachment = builder.attachment();
  if (!row.file_name.empty()) attachment.file_name = sanitize_file_name(row.file_name);
  if (is_attachment_id(row.id)) {
    attachment.id = row.id;
  } else {
    builder.keep("id", row.id);
  }
  builder.set_time(row.created_at);
  add_conversions(builder, row, options);
  Imported imported = std::move(builder).finish();
  MediaRecord record{.attachment = *std::move(imported.attachment),
                     .place = {{row.owner_type, row.owner_id}, row.collection},
                     .position = row.position,
                     .custom_properties = ForeignObject::parse(row.custom_properties).rest()};
  if (row.updated_at) record.updated_at = detail::parse_foreign_time(*row.updated_at);
  return {std::move(record), std::move(imported.warnings)};
}

}  // namespace affix

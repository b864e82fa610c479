#pragma once

#include <string>
#include <vector>

#include "affix/media/media_record.hpp"
#include "affix/soci/dialect.hpp"

namespace affix {

/// What the columns of a media table are called. Names, quoted where needed, never SQL.
struct MediaColumns {
  std::string id = "id";
  std::string owner_type = "owner_type";
  std::string owner_id = "owner_id";
  std::string collection = "collection";
  std::string name = "name";
  std::string file_name = "file_name";
  std::string mime_type = "mime_type";
  std::string size = "size";
  std::string disk = "disk";
  std::string path = "path";
  std::string position = "position";
  std::string custom_properties = "custom_properties";
  std::string conversions = "conversions";
  std::string created_at = "created_at";
  std::string updated_at = "updated_at";
  // Of affix's own, nullable.
  std::string checksum = "checksum";
  std::string width = "width";
  std::string height = "height";
  std::string placeholder = "placeholder";
  std::string meta = "meta";
  std::string extra = "extra";
};

/// The names that the TypeORM adapter of nestjs-media gives (`ownerType` …).
MediaColumns typeorm_media_columns();

struct MediaTables {
  std::string media = "media";
  std::string links = "media_links";
  std::string positions = "media_positions";
  MediaColumns columns{};
};

/// Creates what is missing of the media tables: tables, columns, indexes. Nothing is ever dropped,
/// renamed or altered: a column that is there stays as it is. Several processes may do it at the
/// same time, and what failed can be tried again.
///
/// `Errc::invalid_state` inside of a transaction, since some databases would commit it; else
/// `Errc::database`, e.g. without the right to create tables.
void ensure_media_schema(soci::session& sql, const MediaTables& tables = {});

/// The statements that create the media tables in an empty database, in their order and without
/// semicolons, for those who migrate by hand.
std::vector<std::string> media_schema_sql(const Dialect& dialect, const MediaTables& tables = {});

}  // namespace affix

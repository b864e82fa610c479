#include "affix/media/media_schema.hpp"

#include "affix/soci/session_state.hpp"
#include "media/media_tables.hpp"
#include "persistence/table_schema.hpp"

namespace affix {

MediaColumns typeorm_media_columns() {
  MediaColumns columns;
  columns.owner_type = "ownerType";
  columns.owner_id = "ownerId";
  columns.file_name = "fileName";
  columns.mime_type = "mimeType";
  columns.custom_properties = "customProperties";
  columns.created_at = "createdAt";
  columns.updated_at = "updatedAt";
  return columns;
}

void ensure_media_schema(soci::session& sql, const MediaTables& tables) {
  const detail::SchemaChange change(sql);
  for (const auto& table :
       detail::media_definitions(dialect_of(sql), detail::with_exact_names(tables))) {
    detail::ensure_table(sql, table);
  }
}

std::vector<std::string> media_schema_sql(const Dialect& dialect, const MediaTables& tables) {
  std::vector<std::string> all;
  for (const auto& table : detail::media_definitions(dialect, detail::with_exact_names(tables))) {
    for (std::string& statement : detail::creating_statements(dialect, table)) {
      all.push_back(std::move(statement));
    }
  }
  return all;
}

}  // namespace affix

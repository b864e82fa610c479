#include "media/media_tables.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "media/media_checks.hpp"
#include "persistence/ledger.hpp"

namespace affix::detail {
namespace {

using Null = ColumnDefinition::Null;
using Widths = MediaWidths;

bool has_capitals(std::string_view name) {
  return std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

constexpr std::size_t most_bytes_of_a_character = 4;

/// SQLite holds nobody to a width, but its ODBC driver takes it for the number of bytes.
std::string text_type(const Dialect& dialect, std::size_t width) {
  const bool counts_bytes = dialect.engine() == Engine::sqlite;
  return dialect.text_type(counts_bytes ? width * most_bytes_of_a_character : width);
}

ColumnDefinition text(const Dialect& dialect, const std::string& name, std::size_t width) {
  return {name, text_type(dialect, width), "''", Null::forbidden};
}

ColumnDefinition number(const std::string& name) { return {name, "bigint", "0", Null::forbidden}; }

TableDefinition media_table(const Dialect& dialect, const MediaTables& tables) {
  const MediaColumns& c = tables.columns;
  const auto json = [&](const std::string& name) {
    return ColumnDefinition{.name = name, .type = std::string(dialect.json_type())};
  };
  const auto nullable = [&](const std::string& name, std::size_t width) {
    return ColumnDefinition{.name = name, .type = text_type(dialect, width)};
  };
  return {.name = tables.media,
          .columns = {{c.id, dialect.text_type(Widths::id), "", Null::forbidden},
                      text(dialect, c.owner_type, Widths::owner),
                      text(dialect, c.owner_id, Widths::owner),
                      text(dialect, c.collection, Widths::owner),
                      text(dialect, c.name, Widths::name),
                      text(dialect, c.file_name, Widths::name),
                      text(dialect, c.mime_type, Widths::mime_type),
                      number(c.size),
                      text(dialect, c.disk, Widths::disk),
                      text(dialect, c.path, Widths::path),
                      number(c.position),
                      json(c.custom_properties),
                      json(c.conversions),
                      text(dialect, c.created_at, Widths::time),
                      text(dialect, c.updated_at, Widths::time),
                      nullable(c.checksum, Widths::checksum),
                      {.name = c.width, .type = "integer"},
                      {.name = c.height, .type = "integer"},
                      nullable(c.placeholder, Widths::name),
                      json(c.meta),
                      json(c.extra)},
          .primary_key = {c.id},
          .indexes = {{index_name(tables.media, "owner"),
                       {c.owner_type, c.owner_id, c.collection, c.position}},
                      {index_name(tables.media, "collection"), {c.collection, c.created_at, c.id}},
                      {index_name(tables.media, "disk"), {c.disk}},
                      {index_name(tables.media, "created"), {c.created_at, c.id}}}};
}

TableDefinition links_table(const Dialect& dialect, const std::string& name) {
  return {.name = name,
          .columns = {{"media_id", dialect.text_type(Widths::id), "", Null::forbidden},
                      text(dialect, "owner_type", Widths::owner),
                      text(dialect, "owner_id", Widths::owner),
                      text(dialect, "collection", Widths::owner),
                      number("position"),
                      text(dialect, "created_at", Widths::time)},
          .primary_key = {"media_id", "owner_type", "owner_id", "collection"},
          .indexes = {
              {index_name(name, "owner"), {"owner_type", "owner_id", "collection", "position"}}}};
}

TableDefinition positions_table(const Dialect& dialect, const std::string& name) {
  return {.name = name,
          .columns = {text(dialect, "owner_type", Widths::owner),
                      text(dialect, "owner_id", Widths::owner),
                      text(dialect, "collection", Widths::owner),
                      {.name = "next_position", .type = "bigint"}},
          .primary_key = {"owner_type", "owner_id", "collection"},
          .indexes = {}};
}

}  // namespace

bool is_read_in_part(soci::session& sql) {
  return sql.get_backend_name() == "odbc" && dialect_of(sql).engine() != Engine::sqlite;
}

std::string whole_text(soci::session& sql, const std::string& column, std::size_t characters) {
  if (!is_read_in_part(sql)) return column;
  const Engine engine = dialect_of(sql).engine();
  const std::size_t bytes = characters * most_bytes_of_a_character;
  return "cast(" + column + (engine == Engine::postgresql ? " as varchar(" : " as char(") +
         std::to_string(bytes) + "))";
}

MediaTables with_exact_names(MediaTables tables) {
  for (const auto member : media_columns) {
    std::string& name = tables.columns.*member;
    if (!has_capitals(name) || name.front() == '"') continue;
    name.insert(0, 1, '"');
    name += '"';
  }
  return tables;
}

std::vector<TableDefinition> media_definitions(const Dialect& dialect, const MediaTables& tables) {
  return {media_table(dialect, tables), links_table(dialect, tables.links),
          positions_table(dialect, tables.positions)};
}

std::string media_slot(std::string_view id) { return std::string(record_slots).append(id); }

}  // namespace affix::detail

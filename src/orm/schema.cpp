#include "affix/orm/schema.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "persistence/table_schema.hpp"

namespace affix::detail {
namespace {

constexpr std::size_t characters_of_a_time = 24;

std::string type_of(const Dialect& dialect, const ModelTable& table, const ModelColumn& column) {
  switch (column.type) {
    case ColumnType::integer:
      if (&column == &table.key_column() && table.key_origin == KeyOrigin::automatic) {
        return std::string(dialect.identity_type());
      }
      return "bigint";
    case ColumnType::real:
      return "double precision";
    case ColumnType::boolean:
      return "smallint";
    case ColumnType::text:
      return dialect.text_type(column.options.length);
    case ColumnType::time:
      return dialect.text_type(characters_of_a_time);
    case ColumnType::json:
      break;
  }
  return std::string(dialect.json_type());
}

std::string default_of(const ModelTable& table, const ModelColumn& column) {
  if (column.nullable || &column == &table.key_column()) return {};
  switch (column.type) {
    case ColumnType::integer:
    case ColumnType::real:
    case ColumnType::boolean:
      return "0";
    case ColumnType::text:
      return "''";
    case ColumnType::time:
      return Dialect::literal(format_time(TimePoint()));
    case ColumnType::json:
      break;
  }
  return {};
}

TableDefinition definition_of(const Dialect& dialect, const ModelTable& table) {
  using Null = ColumnDefinition::Null;
  using Kind = IndexDefinition::Kind;
  TableDefinition definition{
      .name = table.name, .columns = {}, .primary_key = {table.key_column().name}, .indexes = {}};
  std::vector<std::string> indexed;
  const auto index = [&](const std::string& column, Kind kind) {
    if (column == table.key_column().name) return;
    if (std::ranges::find(indexed, column) != indexed.end()) return;
    indexed.push_back(column);
    definition.indexes.push_back({index_name(table.name, column.c_str()), {column}, kind});
  };
  for (const ModelColumn& column : table.columns) {
    definition.columns.push_back({.name = column.name,
                                  .type = type_of(dialect, table, column),
                                  .default_value = default_of(table, column),
                                  .null = column.nullable ? Null::allowed : Null::forbidden});
    if (column.options.unique) {
      index(column.name, Kind::unique);
    } else if (column.options.index) {
      index(column.name, Kind::plain);
    }
  }
  for (const ModelRelation& relation : table.relations) index(relation.ours, Kind::plain);
  return definition;
}

}  // namespace

void ensure_model_table(soci::session& sql, const ModelTable& table) {
  const SchemaChange change(sql);
  ensure_table(sql, definition_of(dialect_of(sql), table));
}

std::vector<std::string> model_table_sql(const Dialect& dialect, const ModelTable& table) {
  return creating_statements(dialect, definition_of(dialect, table));
}

}  // namespace affix::detail

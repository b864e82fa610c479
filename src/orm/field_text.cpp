#include "orm/field_text.hpp"

#include <array>
#include <utility>

#include "affix/orm/medium.hpp"
#include "affix/soci/session_state.hpp"
#include "media/media_tables.hpp"
#include "orm/condition_text.hpp"
#include "orm/operators.hpp"

namespace affix::detail {
namespace {

/// What the members of `Medium` are called, in the model and in `MediaColumns`.
constexpr std::array medium_names{
    std::pair{"id", &MediaColumns::id},
    std::pair{"name", &MediaColumns::name},
    std::pair{"file_name", &MediaColumns::file_name},
    std::pair{"mime_type", &MediaColumns::mime_type},
    std::pair{"size", &MediaColumns::size},
    std::pair{"disk", &MediaColumns::disk},
    std::pair{"path", &MediaColumns::path},
    std::pair{"position", &MediaColumns::position},
    std::pair{"created_at", &MediaColumns::created_at},
    std::pair{"checksum", &MediaColumns::checksum},
    std::pair{"width", &MediaColumns::width},
    std::pair{"height", &MediaColumns::height},
};

/// Members of an attachment's JSON that are columns of the table.
constexpr std::array attachment_members{
    std::pair{"id", &MediaColumns::id},
    std::pair{"name", &MediaColumns::name},
    std::pair{"fileName", &MediaColumns::file_name},
    std::pair{"mimeType", &MediaColumns::mime_type},
    std::pair{"size", &MediaColumns::size},
    std::pair{"disk", &MediaColumns::disk},
    std::pair{"path", &MediaColumns::path},
    std::pair{"checksum", &MediaColumns::checksum},
    std::pair{"width", &MediaColumns::width},
    std::pair{"height", &MediaColumns::height},
};

void rename(std::string& column, const MediaColumns& columns) {
  for (const auto& [name, member] : medium_names) {
    if (column == name) {
      column = columns.*member;
      return;
    }
  }
}

void rename(ConditionNode& node, const MediaColumns& columns) {
  rename(node.column, columns);
  for (ConditionNode& child : node.children) rename(child, columns);
}

}  // namespace

MediaTables tables_of(const ModelField& field) {
  return with_exact_names(field.options.tables ? *field.options.tables : MediaTables{});
}

std::string owner_type_of(const ModelTable& table, const ModelField& field) {
  return field.options.owner_type.empty() ? table.name : std::string(field.options.owner_type);
}

ModelTable medium_table(const MediaTables& tables) {
  ModelTable table = model_table<Medium>();
  table.name = tables.media;
  for (ModelColumn& column : table.columns) rename(column.name, tables.columns);
  return table;
}

FilterNode for_medium(FilterNode filter, const MediaTables& tables) {
  rename(filter.where, tables.columns);
  for (OrderNode& order : filter.order) rename(order.column, tables.columns);
  return filter;
}

FieldText::FieldText(soci::session& sql, const ModelTable& table, const ModelField& field,
                     const std::string& owner_key)
    : sql_(sql),
      dialect_(dialect_of(sql)),
      tables_(tables_of(field)),
      medium_(medium_table(tables_)),
      owner_type_(Dialect::literal(owner_type_of(table, field))),
      collection_(Dialect::literal(field.name)),
      owner_id_(as_owner_id(dialect_, owner_key, table.key_column().type == ColumnType::text)) {}

std::string FieldText::here(const std::string& alias, const std::string& type,
                            const std::string& id, const std::string& collection) const {
  const auto named = [&](const std::string& column) {
    return alias + "." + dialect_.identifier(column);
  };
  return named(type) + " = " + owner_type_ + " and " + named(id) + " = " + owner_id_ + " and " +
         named(collection) + " = " + collection_;
}

std::string FieldText::own(const std::string& alias, const std::string& what) const {
  const MediaColumns& columns = tables_.columns;
  return "select " + what + " from " + dialect_.identifier(tables_.media) + " " + alias +
         " where " + here(alias, columns.owner_type, columns.owner_id, columns.collection);
}

std::string FieldText::shared(const std::string& alias, const std::string& what) const {
  const std::string links = alias + "l";
  return "select " + what + " from " + dialect_.identifier(tables_.links) + " " + links + " join " +
         dialect_.identifier(tables_.media) + " " + alias + " on " + alias + "." +
         dialect_.identifier(tables_.columns.id) + " = " + links + ".media_id where " +
         here(links, "owner_type", "owner_id", "collection");
}

std::string FieldText::exists(StatementText& statement, const std::string& alias,
                              const ConditionNode& condition) const {
  const ConditionNode renamed = for_medium({.where = condition}, tables_).where;
  const auto met = [&](const std::string& query, const std::string& position) -> std::string {
    ConditionText inner(sql_, statement, medium_, alias);
    inner.write_as(tables_.columns.position, position);
    const Predicate more = inner.compile(renamed);
    if (more.rows == Predicate::Rows::none) return "exists (" + query + " and 1 = 0)";
    if (more.rows == Predicate::Rows::all) return "exists (" + query + ")";
    return "exists (" + query + " and " + more.text + ")";
  };
  const std::string own_position = alias + "." + dialect_.identifier(tables_.columns.position);
  std::string text = "(" + met(own(alias, "1"), own_position);
  text += " or " + met(shared(alias, "1"), alias + "l." + dialect_.identifier("position"));
  return text += ")";
}

std::string FieldText::first(const std::string& alias, const ConditionNode& node) const {
  const std::string what = alias + "." + dialect_.identifier(column_of(node));
  const auto one = [&](const std::string& query, const std::string& position) {
    return "(" + query + " order by " + position + dialect_.page(1, 0) + ")";
  };
  const std::string& position = tables_.columns.position;
  return "coalesce(" + one(own(alias, what), alias + "." + dialect_.identifier(position)) + ", " +
         one(shared(alias, what), alias + "l." + dialect_.identifier("position")) + ")";
}

const std::string& FieldText::column_of(const ConditionNode& node) const {
  if (node.path.size() == 1) {
    for (const auto& [name, member] : attachment_members) {
      if (node.path.front() == name) return tables_.columns.*member;
    }
  }
  throw Error(
      Errc::invalid_argument, "The media table has no column for this member",
      {.member = node.path.empty() ? std::string() : node.path.front(), .column = node.column});
}

ColumnType FieldText::type_of(const ConditionNode& node) const {
  return medium_.columns[medium_.at(column_of(node))].type;
}

}  // namespace affix::detail

#include "affix/orm/detail/model_table.hpp"

#include <algorithm>

namespace affix::detail {
namespace {

[[noreturn]] void unknown(const char* message, const ModelTable& table, std::string_view column) {
  throw Error(Errc::invalid_argument, message,
              {.table = table.name, .column = std::string(column)});
}

}  // namespace

std::optional<std::size_t> ModelTable::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &ModelColumn::name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

std::size_t ModelTable::at(std::string_view column) const {
  if (const auto found = find(column)) return *found;
  unknown("The model has no such column", *this, column);
}

const ModelField* ModelTable::field(std::string_view wanted) const {
  const auto found = std::ranges::find(fields, wanted, &ModelField::name);
  return found == fields.end() ? nullptr : &*found;
}

const ModelRelation& ModelTable::relation(std::string_view wanted) const {
  const auto found = std::ranges::find(relations, wanted, &ModelRelation::name);
  if (found != relations.end()) return *found;
  unknown("The model's mapping has no such relation, and no such file: declare it there", *this,
          wanted);
}

std::vector<std::string> ModelTable::default_filter_names() const {
  std::vector<std::string> names;
  for (const auto& filter : default_filters) names.push_back(filter.first);
  return names;
}

std::optional<std::size_t> ModelTable::with_role(ColumnRole role) const {
  const auto found = std::ranges::find(columns, role, &ModelColumn::role);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

void check_model(const ModelTable& table) {
  for (const ModelColumn& column : table.columns) {
    const auto same = [&](const ModelColumn& one) {
      return one.role == column.role && column.role != ColumnRole::plain;
    };
    if (std::ranges::count_if(table.columns, same) > 1) {
      unknown("The model has two columns for one purpose", table, column.name);
    }
    if (column.options.length == 0) unknown("A column has no room", table, column.name);
  }
  for (std::size_t i = 0; i < table.default_filters.size(); ++i) {
    const std::string& name = table.default_filters[i].first;
    const auto same = [&](const auto& filter) { return filter.first == name; };
    if (std::ranges::count_if(table.default_filters, same) > 1) {
      unknown("The model has two default filters of one name", table, name);
    }
  }
}

}  // namespace affix::detail

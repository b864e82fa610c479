#pragma once

#include <soci/soci.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "affix/orm/detail/model_rows.hpp"
#include "affix/orm/medium.hpp"
#include "affix/persistence/row_key.hpp"

// How rows are read with what is related to them: one statement for each relation and level. Not
// for users.

namespace affix::detail {

inline ColumnValue key_value(const RowKey& key) {
  return std::visit([](const auto& value) { return ColumnValue(value); }, key.value());
}

/// The key of a row.
template <Modelled T>
ColumnValue key_value_of(const T& row) {
  ColumnValue value;
  Model<T>::mapping.each([&](const auto& part) {
    if constexpr (is_column<std::remove_cvref_t<decltype(part)>>) {
      if (part.is_key) value = to_value(row.*part.member);
    }
  });
  return value;
}

/// A key as the media table has it.
inline std::string owner_id_of(const ColumnValue& key) {
  if (const auto* number = std::get_if<long long>(&key)) return std::to_string(*number);
  return std::get<std::string>(key);
}

/// A row that is new has its files beside it.
template <Modelled T>
void require_no_attachments(const T& row) {
  Model<T>::mapping.each([&](const auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if constexpr (is_field<Part>) {
      if (row.*part.member == std::remove_cvref_t<decltype(row.*part.member)>{}) return;
      throw Error(
          Errc::invalid_argument, "Files of a new row are given beside it, as FileChanges",
          {.table = std::string(Model<T>::mapping.table), .column = std::string(part.name)});
    }
  });
}

/// Hidden columns are never given back, also where they were read for a relation: their members are
/// as they are by default.
template <Modelled T>
void forget_hidden(T& row) {
  Model<T>::mapping.each([&](const auto& part) {
    if constexpr (is_column<std::remove_cvref_t<decltype(part)>>) {
      if (part.options.hidden) row.*part.member = T{}.*part.member;
    }
  });
}

/// Fills all columns of a row from its cells but the hidden ones, and the
/// attachments that it was written with.
template <Modelled T>
void fill_written(T& row, std::vector<ColumnValue> cells, const WrittenFiles& files) {
  const ModelTable& table = model_table<T>();
  std::vector<std::size_t> columns;
  std::vector<ColumnValue> plain;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (table.columns[at].file) continue;
    columns.push_back(at);
    plain.push_back(std::move(cells[at]));
  }
  fill(row, table, columns, plain);
  forget_hidden(row);
  Model<T>::mapping.each([&](const auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if constexpr (is_field<Part>) {
      const auto found = files.find(std::string(part.name));
      if constexpr (Part::is_list) {
        row.*part.member = found == files.end() ? AttachmentList{} : found->second;
      } else {
        (row.*part.member).reset();
        if (found != files.end()) row.*part.member = found->second.items.front();
      }
    }
  });
}

template <Modelled T>
void load_includes(soci::session& sql, std::vector<T>& rows, const FilterNode& filter);

/// The related rows, each in the place of those whose value it has.
template <class Related>
using RelatedByValue = std::map<ColumnValue, std::vector<Related>>;

template <class T, class Part>
RelatedByValue<typename Part::Related> read_related(soci::session& sql, const std::vector<T>& rows,
                                                    const Part& part, const FilterNode& scope) {
  using Related = typename Part::Related;
  const ModelTable& table = model_table<Related>();
  std::set<ColumnValue> values;
  for (const T& row : rows) {
    values.insert(part.ours ? to_value(row.*part.ours) : key_value_of(row));
  }
  values.erase(ColumnValue());
  const std::string by(part.theirs ? name_of(part.theirs)
                                   : std::string_view(table.key_column().name));
  std::vector<std::size_t> columns = columns_to_read(scope, table);
  if (std::ranges::find(columns, table.at(by)) == columns.end()) {
    columns.push_back(table.at(by));
    std::ranges::sort(columns);
  }
  std::vector<Related> found;
  ModelReader(sql, table)
      .select_related(
          scope, by, {values.begin(), values.end()}, columns,
          [&](std::span<ColumnValue> cells) { fill(found.emplace_back(), table, columns, cells); });
  load_includes(sql, found, scope);
  RelatedByValue<Related> related;
  for (Related& one : found) {
    ColumnValue value = part.theirs ? to_value(one.*part.theirs) : key_value_of(one);
    forget_hidden(one);
    related[std::move(value)].push_back(std::move(one));
  }
  return related;
}

template <class T, class Part>
void load_relation(soci::session& sql, std::vector<T>& rows, const Part& part,
                   const FilterNode& scope) {
  const auto related = read_related(sql, rows, part, scope);
  for (T& row : rows) {
    auto& member = row.*part.member;
    member = {};
    const auto found = related.find(part.ours ? to_value(row.*part.ours) : key_value_of(row));
    if (found == related.end()) continue;
    if constexpr (Part::is_many) {
      member = found->second;
    } else if constexpr (std::same_as<std::remove_cvref_t<decltype(member)>,
                                      std::shared_ptr<typename Part::Related>>) {
      member = std::make_shared<typename Part::Related>(found->second.front());
    } else {
      member = found->second.front();
    }
  }
}

template <class T, class Part>
void load_field(soci::session& sql, std::vector<T>& rows, const Part& part,
                const FilterNode& scope) {
  const ModelTable& table = model_table<T>();
  std::vector<ColumnValue> keys;
  for (const T& row : rows) keys.push_back(key_value_of(row));
  const AttachmentsOfOwners found =
      ModelReader(sql, table).attachments(*table.field(part.name), scope, std::move(keys));
  for (T& row : rows) {
    row.*part.member = {};
    const auto list = found.find(owner_id_of(key_value_of(row)));
    if (list == found.end()) continue;
    if constexpr (Part::is_list) {
      row.*part.member = list->second;
    } else {
      row.*part.member = list->second.items.front();
    }
  }
}

template <Modelled T>
void load_includes(soci::session& sql, std::vector<T>& rows, const FilterNode& filter) {
  if (rows.empty()) return;
  for (const IncludeNode& include : filter.includes) {
    Model<T>::mapping.each([&](const auto& part) {
      using Part = std::remove_cvref_t<decltype(part)>;
      if (part.name != include.relation) return;
      if constexpr (is_relation<Part>) load_relation(sql, rows, part, *include.scope);
      if constexpr (is_field<Part>) {
        if (part.place == FieldPlace::media_table) load_field(sql, rows, part, *include.scope);
      }
    });
  }
}

template <Modelled T>
std::vector<T> find_rows(soci::session& sql, const FilterNode& filter) {
  const ModelTable& table = model_table<T>();
  const std::vector<std::size_t> columns = columns_to_read(filter, table);
  std::vector<T> rows;
  ModelReader(sql, table).select(filter, columns, RowLock::none, [&](std::span<ColumnValue> cells) {
    fill(rows.emplace_back(), table, columns, cells);
  });
  load_includes(sql, rows, filter);
  for (T& row : rows) forget_hidden(row);
  return rows;
}

}  // namespace affix::detail

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "affix/orm/condition_node.hpp"
#include "affix/orm/model.hpp"

// What a model says, without its types: what statements are made of. Not for users.

namespace affix::detail {

struct ModelColumn {
  std::string name{};
  ColumnType type = ColumnType::text;
  bool nullable = false;
  ColumnRole role = ColumnRole::plain;
  ColumnOptions options{};
  bool file = false;  ///< Holds an attachment, or a list.
};

struct ModelField {
  std::string name{};
  FieldOptions options{};
  FieldPlace place = FieldPlace::column;
  bool list = false;
};

struct ModelTable;

struct ModelRelation {
  std::string name{};
  std::string ours{};    ///< A column of this model.
  std::string theirs{};  ///< A column of the related one; empty: its key.
  bool many = false;
  const ModelTable& (*related)() = nullptr;
};

struct ModelTable {
  std::string name{};
  std::vector<ModelColumn> columns{};  ///< In the order of the model, attachment columns included.
  std::size_t key = 0;                 ///< Which of them.
  KeyOrigin key_origin = KeyOrigin::caller;
  std::vector<ModelField> fields{};
  std::vector<ModelRelation> relations{};
  std::vector<std::pair<std::string, ConditionNode>> default_filters{};

  const ModelColumn& key_column() const { return columns[key]; }
  /// Where a column is; nothing if the model has none of this name.
  std::optional<std::size_t> find(std::string_view column) const;
  /// `Errc::invalid_argument` with the name in `where()` if there is none.
  std::size_t at(std::string_view column) const;
  const ModelField* field(std::string_view name) const;
  const ModelRelation& relation(std::string_view name) const;
  std::vector<std::string> default_filter_names() const;
  /// Where a column with this role is.
  std::optional<std::size_t> with_role(ColumnRole role) const;
};

/// What is wrong in it and no compiler has seen is `Errc::invalid_argument` with the model's table
/// and the column.
void check_model(const ModelTable& table);

/// The name of the part of the model that this member is. `Errc::invalid_argument` for none.
template <class T, class Member>
std::string_view name_of(Member T::*member) {
  std::string_view name;
  Model<T>::mapping.each([&](const auto& part) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(part.member)>, Member T::*>) {
      if (part.member == member) name = part.name;
    }
  });
  if (!name.empty()) return name;
  throw Error(Errc::invalid_argument,
              "The model's mapping does not have this member: declare it there, a file as medium, "
              "media, attachment or attachments",
              {.table = std::string(Model<T>::mapping.table)});
}

template <Modelled T>
const ModelTable& model_table();

template <class Part>
void add_column(ModelTable& table, const Part& part) {
  if constexpr (is_column<Part>) {
    using Member = std::remove_cvref_t<decltype(std::declval<typename Part::Owner>().*part.member)>;
    using Type = MemberType<Member>;
    if (part.is_key) {
      table.key = table.columns.size();
      table.key_origin = part.origin;
    }
    table.columns.push_back({.name = std::string(part.name),
                             .type = ColumnTraits<typename Type::Inner>::type,
                             .nullable = Type::nullable,
                             .role = part.role,
                             .options = part.options});
  } else if constexpr (is_field<Part>) {
    table.fields.push_back({std::string(part.name), part.options, part.place, Part::is_list});
    if (part.place == FieldPlace::column) {
      table.columns.push_back({.name = std::string(part.name),
                               .type = ColumnType::json,
                               .nullable = true,
                               .file = true});
    }
  }
}

template <class Member>
inline constexpr ColumnType type_of_member = ColumnTraits<typename MemberType<Member>::Inner>::type;

template <Modelled T>
ColumnType type_of_key() {
  ColumnType type = ColumnType::text;
  Model<T>::mapping.each([&](const auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if constexpr (is_column<Part>) {
      if (part.is_key) type = type_of_member<typename Part::Type>;
    }
  });
  return type;
}

template <class Part>
ModelRelation relation_of(const Part& part, const ModelTable& table) {
  ModelRelation relation{.name = std::string(part.name),
                         .many = Part::is_many,
                         .related = &model_table<typename Part::Related>};
  try {
    relation.ours = part.ours ? name_of(part.ours) : std::string_view(table.key_column().name);
    if (part.theirs) relation.theirs = name_of(part.theirs);
  } catch (const Error& error) {
    throw Error(Errc::invalid_argument, "The key of a relation is no column of its model",
                {.table = error.where().table, .column = relation.name});
  }
  const bool alike =
      part.ours ? type_of_member<typename Part::Ours> == type_of_key<typename Part::Related>()
                : type_of_member<typename Part::Theirs> == type_of_key<typename Part::Owner>();
  if (alike) return relation;
  throw Error(Errc::invalid_argument,
              "The key of a relation has another type than what it refers to",
              {.table = table.name, .column = relation.name});
}

template <class T>
ModelTable make_model_table() {
  ModelTable table;
  table.name = Model<T>::mapping.table;
  Model<T>::mapping.each([&](const auto& part) { add_column(table, part); });
  Model<T>::mapping.each([&](const auto& part) {
    if constexpr (is_relation<std::remove_cvref_t<decltype(part)>>) {
      table.relations.push_back(relation_of(part, table));
    }
  });
  if (const auto deleted = table.with_role(ColumnRole::deleted_at)) {
    const std::string& name = table.columns[*deleted].name;
    table.default_filters.emplace_back(name,
                                       ConditionNode{.kind = Operator::is_null, .column = name});
  }
  if constexpr (requires { Model<T>::default_filters(); }) {
    for (auto& filter : Model<T>::default_filters()) {
      table.default_filters.emplace_back(filter.name, filter.condition.node());
    }
  } else {
    static_assert(
        !requires { &Model<T>::default_filters; }, "default_filters is static");
  }
  check_model(table);
  return table;
}

/// Made at the first call.
template <Modelled T>
const ModelTable& model_table() {
  static const ModelTable table = make_model_table<T>();
  return table;
}

/// Fills the members of these columns from the cells, in the order of `columns`. `Errc` as
/// `from_value`, with table and column in `where()`.
template <class T>
void fill(T& row, const ModelTable& table, std::span<const std::size_t> columns,
          std::span<ColumnValue> cells) {
  std::size_t column = 0;
  std::size_t cell = 0;
  Model<T>::mapping.each([&](const auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if constexpr (is_column<Part> || is_field<Part>) {
      if constexpr (is_field<Part>) {
        if (part.place != FieldPlace::column) return;
      }
      const std::size_t here = column++;
      if (cell == columns.size() || columns[cell] != here) return;
      using Member = std::remove_cvref_t<decltype(row.*part.member)>;
      try {
        row.*part.member = from_value<Member>(std::move(cells[cell]));
      } catch (const Error& error) {
        throw error.with({.table = table.name, .column = table.columns[here].name});
      }
      ++cell;
    }
  });
}

/// The cells of all columns, in the model's order.
template <class T>
std::vector<ColumnValue> cells_of(const T& row) {
  std::vector<ColumnValue> cells;
  Model<T>::mapping.each([&](const auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if constexpr (is_column<Part>) {
      cells.push_back(to_value(row.*part.member));
    } else if constexpr (is_field<Part>) {
      if (part.place == FieldPlace::column) cells.emplace_back();
    }
  });
  return cells;
}

}  // namespace affix::detail

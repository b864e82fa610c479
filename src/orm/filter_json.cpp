#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "affix/orm/filter.hpp"
#include "affix/orm/medium.hpp"

namespace affix::detail {
namespace {

using Json = nlohmann::json;

constexpr int deepest = 32;

constexpr std::array operators{
    std::pair{"eq", Operator::equal},
    std::pair{"ne", Operator::not_equal},
    std::pair{"neq", Operator::not_equal},
    std::pair{"gt", Operator::greater},
    std::pair{"gte", Operator::greater_or_equal},
    std::pair{"lt", Operator::less},
    std::pair{"lte", Operator::less_or_equal},
    std::pair{"like", Operator::like},
    std::pair{"nlike", Operator::not_like},
    std::pair{"ilike", Operator::ilike},
    std::pair{"nilike", Operator::not_ilike},
    std::pair{"regexp", Operator::regexp},
    std::pair{"iregexp", Operator::iregexp},
    std::pair{"in", Operator::in},
    std::pair{"inq", Operator::in},
    std::pair{"nin", Operator::not_in},
    std::pair{"notin", Operator::not_in},
    std::pair{"between", Operator::between},
    std::pair{"notBetween", Operator::not_between},
    std::pair{"is", Operator::equal},
    std::pair{"isn", Operator::not_equal},
    std::pair{"startsWith", Operator::starts_with},
    std::pair{"endsWith", Operator::ends_with},
    std::pair{"hasText", Operator::has_text},
    std::pair{"contains", Operator::contains},
    std::pair{"containedBy", Operator::contained_by},
    std::pair{"overlaps", Operator::overlaps},
};

[[noreturn]] void refuse(std::string_view message, const std::string& place) {
  throw Error(Errc::invalid_argument, message, {.member = place});
}

/// A name without the `$` that some write before operators.
std::string_view bare(std::string_view name) {
  if (name.starts_with('$')) name.remove_prefix(1);
  return name;
}

bool takes_list(Operator kind) {
  switch (kind) {
    case Operator::in:
    case Operator::not_in:
    case Operator::between:
    case Operator::not_between:
    case Operator::contains:
    case Operator::contained_by:
    case Operator::overlaps:
      return true;
    default:
      return false;
  }
}

std::size_t read_count(const Json& value, const char* name) {
  if (value.is_number_integer() && value >= 0 && value <= 2'000'000'000) {
    return value.get<std::size_t>();
  }
  refuse("A number of rows is a whole number from 0 on", name);
}

class FilterReader {
 public:
  explicit FilterReader(const ModelTable& table, int depth = 0) : table_(table), depth_(depth) {
    if (depth > deepest) refuse("A filter is nested too deeply", table.name);
  }

  FilterNode read(const Json& document) const {
    if (!document.is_object()) refuse("A filter is an object", "");
    FilterNode filter;
    for (const auto& [name, value] : document.items()) read_member(filter, name, value);
    return filter;
  }

 private:
  void read_member(FilterNode& filter, const std::string& name, const Json& value) const {
    if (name == "where") {
      filter.where = condition(value, depth_);
    } else if (name == "fields") {
      read_fields(filter, value);
    } else if (name == "order") {
      read_orders(filter, value);
    } else if (name == "limit") {
      filter.limit = read_count(value, "limit");
    } else if (name == "offset" || name == "skip") {
      filter.offset = read_count(value, "offset");
    } else if (name == "include") {
      read_includes(filter, value);
    } else {
      refuse("A filter has no such member", name);
    }
  }

  void read_fields(FilterNode& filter, const Json& value) const {
    const auto add = [&](const std::string& name) {
      table_.at(name);
      filter.fields.push_back(name);
    };
    if (value.is_object()) {
      for (const auto& [name, chosen] : value.items()) {
        if (!chosen.is_boolean()) refuse("A field is chosen by true or false", name);
        if (chosen.get<bool>()) add(name);
      }
      return;
    }
    if (!value.is_array()) refuse("Fields are a list of names", "fields");
    for (const Json& name : value) {
      if (!name.is_string()) refuse("Fields are a list of names", "fields");
      add(name.get<std::string>());
    }
  }

  void read_orders(FilterNode& filter, const Json& value) const {
    if (value.is_string()) return read_order(filter, value.get<std::string>());
    if (!value.is_array()) refuse("An order is a list of texts", "order");
    for (const Json& one : value) {
      if (!one.is_string()) refuse("An order is a list of texts", "order");
      read_order(filter, one.get<std::string>());
    }
  }

  /// `name`, `name ASC`, `name DESC` or `-name`; the name may have a path.
  void read_order(FilterNode& filter, const std::string& text) const {
    OrderNode order;
    std::string_view name = text;
    const std::size_t space = name.find(' ');
    if (space != name.npos) {
      const std::string_view word = name.substr(space + 1);
      if (word == "DESC" || word == "desc") {
        order.direction = Direction::descending;
      } else if (word != "ASC" && word != "asc") {
        refuse("An order is ASC or DESC", text);
      }
      name = name.substr(0, space);
    } else if (name.starts_with('-')) {
      order.direction = Direction::descending;
      name.remove_prefix(1);
    }
    std::tie(order.column, order.path) = column_and_path(name);
    table_.at(order.column);
    filter.order.push_back(std::move(order));
  }

  void read_includes(FilterNode& filter, const Json& value) const {
    if (!value.is_array()) refuse("An include is a list", "include");
    for (const Json& one : value) {
      if (one.is_string()) {
        read_include(filter, one.get<std::string>(), Json::object());
      } else if (one.is_object() && one.contains("relation") && one["relation"].is_string()) {
        for (const auto& [name, member] : one.items()) {
          if (name != "relation" && name != "scope") refuse("An include has no such member", name);
        }
        read_include(filter, one["relation"].get<std::string>(),
                     one.value("scope", Json::object()));
      } else {
        refuse("An include is the name of a relation, or an object with one", "include");
      }
    }
  }

  void read_include(FilterNode& filter, const std::string& name, const Json& scope) const {
    const ModelTable& other =
        table_.field(name) ? model_table<Medium>() : table_.relation(name).related();
    filter.includes.push_back(
        {name, std::make_shared<const FilterNode>(FilterReader(other, depth_ + 1).read(scope))});
  }

  std::pair<std::string, std::vector<std::string>> column_and_path(std::string_view name) const {
    if (table_.find(name) || table_.field(name)) return {std::string(name), {}};
    const std::size_t end = std::min(name.find_first_of(".["), name.size());
    std::string column(name.substr(0, end));
    if (!table_.field(column)) table_.at(column);
    if (end == name.size()) return {std::move(column), std::vector<std::string>()};
    return {std::move(column), parse_json_path(name.substr(end + (name[end] == '.' ? 1 : 0)))};
  }

  ConditionNode condition(const Json& value, int depth) const {
    if (depth > deepest) refuse("A condition is nested too deeply", table_.name);
    if (!value.is_object()) refuse("A condition is an object", "where");
    ConditionNode all{.kind = Operator::all_of};
    for (const auto& [name, member] : value.items()) {
      all.children.push_back(named(name, member, depth));
    }
    return all;
  }

  ConditionNode named(const std::string& name, const Json& value, int depth) const {
    const std::string_view word = bare(name);
    const bool both = word == "and";
    if (both || word == "or") {
      if (!value.is_array()) refuse("and, or are of a list of conditions", name);
      ConditionNode node{.kind = both ? Operator::all_of : Operator::any_of};
      for (const Json& one : value) node.children.push_back(condition(one, depth + 1));
      return node;
    }
    if (word == "not") {
      return {.kind = Operator::negation, .children = {condition(value, depth + 1)}};
    }
    return on_name(name, value, depth);
  }

  ConditionNode on_name(const std::string& name, const Json& value, int depth) const {
    const ModelTable* other = rows_of(name);
    if (!value.is_object()) return comparison(name, "eq", value);
    ConditionNode all{.kind = Operator::all_of};
    for (const auto& [word, operand] : value.items()) {
      if (bare(word) == "not") {
        ConditionNode inner = on_name(name, operand, depth + 1);
        all.children.push_back({.kind = Operator::negation, .children = {std::move(inner)}});
      } else if (other && (bare(word) == "exists" || bare(word) == "notExists")) {
        all.children.push_back(existence(name, *other, bare(word), operand, depth));
      } else if (other && !table_.field(name)) {
        refuse("Related rows are asked for with exists or notExists", name + "." + word);
      } else {
        all.children.push_back(comparison(name, bare(word), operand));
      }
    }
    return all;
  }

  /// The model of a relation's rows, or of a field's in the media table.
  const ModelTable* rows_of(const std::string& name) const {
    if (const ModelField* field = table_.field(name)) {
      return field->place == FieldPlace::media_table ? &model_table<Medium>() : nullptr;
    }
    const auto relation = std::ranges::find(table_.relations, name, &ModelRelation::name);
    return relation == table_.relations.end() ? nullptr : &relation->related();
  }

  static ConditionNode existence(const std::string& name, const ModelTable& other,
                                 std::string_view word, const Json& operand, int depth) {
    const Json what = operand.is_object() ? operand : Json::object();
    return {.kind = word == "exists" ? Operator::exists : Operator::not_exists,
            .column = name,
            .children = {FilterReader(other, depth + 1).condition(what, depth + 1)}};
  }

  ConditionNode comparison(const std::string& name, std::string_view word,
                           const Json& value) const {
    const auto [column, path] = column_and_path(name);
    return comparison(column, path, word, value);
  }

  ConditionNode comparison(const std::string& column, const std::vector<std::string>& path,
                           std::string_view word, const Json& value) const {
    ConditionNode node{.column = column, .path = path};
    if (word == "isNull" || word == "isnull") {
      if (!value.is_boolean()) refuse("isNull is true or false", column);
      node.kind = value.get<bool>() ? Operator::is_null : Operator::is_not_null;
      return node;
    }
    const auto found = std::ranges::find(
        operators, word, [](const auto& one) { return std::string_view(one.first); });
    if (found == operators.end()) refuse("There is no such operator", std::string(word));
    node.kind = found->second;
    if (value.is_null() && (node.kind == Operator::equal || node.kind == Operator::not_equal)) {
      node.kind = node.kind == Operator::equal ? Operator::is_null : Operator::is_not_null;
      return node;
    }
    if (!takes_list(node.kind)) {
      node.values.push_back(cell(column, path, value));
      return node;
    }
    if (!value.is_array()) refuse("The operator takes a list of values", column);
    for (const Json& one : value) node.values.push_back(cell(column, path, one));
    return node;
  }

  ColumnValue cell(const std::string& column, const std::vector<std::string>& path,
                   const Json& value) const {
    const auto at = table_.find(column);
    const bool json = !path.empty() || !at || table_.columns[*at].type == ColumnType::json;
    if (value.is_null()) return {};
    if (json) return json_cell(column, value);
    return typed_cell(column, table_.columns[*at].type, value);
  }

  static ColumnValue json_cell(const std::string& column, const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer() && !too_large(value)) return value.get<long long>();
    if (value.is_number()) return value.get<double>();
    refuse("JSON is compared with texts and numbers", column);
  }

  static bool too_large(const Json& value) {
    return value.is_number_unsigned() && !std::in_range<long long>(value.get<std::uint64_t>());
  }

  static ColumnValue typed_cell(const std::string& column, ColumnType type, const Json& value) {
    switch (type) {
      case ColumnType::integer:
        if (value.is_number_integer() && !too_large(value)) return value.get<long long>();
        break;
      case ColumnType::real:
        if (value.is_number()) return value.get<double>();
        break;
      case ColumnType::boolean:
        if (value.is_boolean()) return value.get<bool>() ? 1LL : 0LL;
        break;
      case ColumnType::text:
      case ColumnType::json:
        if (value.is_string()) return value.get<std::string>();
        break;
      case ColumnType::time:
        if (value.is_string()) {
          if (const auto time = parse_time(value.get<std::string>())) return format_time(*time);
        }
        break;
    }
    refuse("The value is not of the column's type", column);
  }

  const ModelTable& table_;
  int depth_;
};

}  // namespace

FilterNode parse_filter(const Json& document, const ModelTable& table) {
  return FilterReader(table).read(document);
}

}  // namespace affix::detail

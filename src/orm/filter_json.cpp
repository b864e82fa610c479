#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "affix/orm/filter.hpp"
#include "affix/orm/medium.hpp"

namespace affix::detail {
namespace {

using Json = nlohmann::json;

constexpr int deepest = 32;
// SQLite takes expressions of a thousand levels, and a list is one for each member.
constexpr std::size_t longest_list = 500;

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
  FilterReader(const ModelTable& table, const FilterRules& rules, int depth = 0)
      : table_(table), rules_(rules), depth_(depth) {}

  FilterNode read(const Json& document) const {
    if (!document.is_object()) refuse("A filter is an object", "");
    FilterNode filter;
    for (const auto& [name, value] : document.items()) read_member(filter, name, value);
    return filter;
  }

  ConditionNode condition(const Json& value, int depth = 0) const {
    if (depth > deepest) refuse("A condition is nested too deeply", table_.name);
    if (!value.is_object()) refuse("A condition is an object", "where");
    ConditionNode all{.kind = Operator::all_of};
    for (const auto& [name, member] : value.items()) {
      all.children.push_back(named(name, member, depth));
    }
    return all;
  }

  /// No more rows than the rules allow.
  void cut(FilterNode& filter) const {
    if (!rules_.most_rows) return;
    filter.limit = std::min(filter.limit.value_or(*rules_.most_rows), *rules_.most_rows);
  }

 private:
  void read_member(FilterNode& filter, const std::string& name, const Json& value) const {
    if (name == "where") {
      filter.where = condition(value);
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
    if (value.is_object()) return read_chosen_fields(filter, value);
    if (!value.is_array()) refuse("Fields are a list of names", "fields");
    for (const Json& name : value) {
      if (!name.is_string()) refuse("Fields are a list of names", "fields");
      filter.fields.push_back(known_column(name.get<std::string>()));
    }
  }

  /// Those that are true; or, if none is, all but those that are false.
  void read_chosen_fields(FilterNode& filter, const Json& value) const {
    std::set<std::string> left_out;
    for (const auto& [name, chosen] : value.items()) {
      if (!chosen.is_boolean()) refuse("A field is chosen by true or false", name);
      known_column(name);
      if (chosen.get<bool>()) {
        filter.fields.push_back(name);
      } else {
        left_out.insert(name);
      }
    }
    if (!filter.fields.empty() || left_out.empty()) return;
    filter.fields.push_back(table_.key_column().name);
    for (const ModelColumn& column : table_.columns) {
      if (!column.options.hidden && !left_out.contains(column.name)) {
        filter.fields.push_back(column.name);
      }
    }
  }

  const std::string& known_column(const std::string& name) const {
    require_allowed(name);
    table_.at(name);
    return name;
  }

  void require_allowed(std::string_view name) const {
    if (!rules_.allows || rules_.allows(table_.name, name)) return;
    refuse("This may not be asked for", std::string(name));
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
        read_include(filter, one.get<std::string>(), nullptr);
        continue;
      }
      const auto relation = one.is_object() ? one.find("relation") : one.end();
      if (relation == one.end() || !relation->is_string()) {
        refuse("An include is the name of a relation, or an object with one", "include");
      }
      for (const auto& [name, member] : one.items()) {
        if (name != "relation" && name != "scope") refuse("An include has no such member", name);
      }
      const auto scope = one.find("scope");
      read_include(filter, relation->get<std::string>(), scope == one.end() ? nullptr : &*scope);
    }
  }

  void read_include(FilterNode& filter, const std::string& name, const Json* scope) const {
    require_allowed(name);
    if (depth_ >= std::min(rules_.include_depth, deepest))
      refuse("Includes are nested too deeply", name);
    if (std::ranges::find(filter.includes, name, &IncludeNode::relation) != filter.includes.end()) {
      refuse("A relation is included twice", name);
    }
    const ModelField* const field = table_.field(name);
    const FilterReader reader(field ? model_table<Medium>() : table_.relation(name).related(),
                              rules_, depth_ + 1);
    FilterNode node = scope ? reader.read(*scope) : FilterNode{};
    const bool in_column = field && field->place == FieldPlace::column;
    if (!in_column && (field ? field->list : table_.relation(name).many)) cut(node);
    filter.includes.push_back({name, std::make_shared<const FilterNode>(std::move(node))});
  }

  std::pair<std::string, std::vector<std::string>> column_and_path(std::string_view name) const {
    const bool whole = table_.find(name) || table_.field(name);
    const std::size_t end = whole ? name.size() : std::min(name.find_first_of(".["), name.size());
    std::string column(name.substr(0, end));
    require_allowed(column);
    if (!table_.field(column)) table_.at(column);
    if (end == name.size()) return {std::move(column), std::vector<std::string>()};
    return {std::move(column), parse_json_path(name.substr(end + (name[end] == '.' ? 1 : 0)))};
  }

  ConditionNode named(const std::string& name, const Json& value, int depth) const {
    const std::string_view word = bare(name);
    const bool both = word == "and";
    if (both || word == "or") {
      if (!value.is_array()) refuse("and, or are of a list of conditions", name);
      if (value.size() > longest_list) refuse("A list of conditions is too long", name);
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
    if (depth > deepest) refuse("A condition is nested too deeply", table_.name);
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

  /// Of rows that meet a condition, or of any: true, or false for the contrary.
  ConditionNode existence(const std::string& name, const ModelTable& other, std::string_view word,
                          const Json& operand, int depth) const {
    require_allowed(name);
    if (!operand.is_object() && !operand.is_boolean()) {
      refuse("exists, notExists are of a condition, or true or false", name);
    }
    const bool wanted = operand.is_object() || operand.get<bool>();
    ConditionNode node{
        .kind = (word == "exists") == wanted ? Operator::exists : Operator::not_exists,
        .column = name};
    node.children.push_back(operand.is_object()
                                ? FilterReader(other, rules_).condition(operand, depth + 1)
                                : ConditionNode{});
    return node;
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
    const bool items = node.kind == Operator::contains || node.kind == Operator::contained_by ||
                       node.kind == Operator::overlaps;
    for (const Json& one : value) {
      if (items && one.is_null()) refuse("Items are texts and numbers", column);
      node.values.push_back(cell(column, path, one));
    }
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
  const FilterRules& rules_;
  int depth_;  ///< Of the includes around it.
};

}  // namespace

FilterNode parse_filter(const Json& document, const ModelTable& table, const FilterRules& rules) {
  const FilterReader reader(table, rules);
  FilterNode filter = reader.read(document);
  reader.cut(filter);
  return filter;
}

ConditionNode parse_condition(const Json& document, const ModelTable& table,
                              const FilterRules& rules) {
  return FilterReader(table, rules).condition(document);
}

}  // namespace affix::detail

#include "orm/condition_text.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "orm/field_text.hpp"
#include "orm/operators.hpp"

namespace affix::detail {
namespace {

using Rows = Predicate::Rows;

Predicate constant(bool value) { return {value ? Rows::all : Rows::none, {}}; }
Predicate some(std::string text) { return {Rows::some, std::move(text)}; }

bool is_null(const ColumnValue& value) { return std::holds_alternative<std::monostate>(value); }
bool is_number(const ColumnValue& value) {
  return std::holds_alternative<long long>(value) || std::holds_alternative<double>(value);
}

bool is_text(const ColumnValue& value) { return std::holds_alternative<std::string>(value); }

const char* symbol(Operator kind) {
  switch (kind) {
    case Operator::equal:
      return " = ";
    case Operator::not_equal:
      return " <> ";
    case Operator::greater:
      return " > ";
    case Operator::greater_or_equal:
      return " >= ";
    case Operator::less:
      return " < ";
    case Operator::less_or_equal:
      return " <= ";
    default:
      return nullptr;
  }
}

Where place(const ModelTable& table, const ConditionNode& node) {
  return {.table = table.name, .column = node.column};
}

[[noreturn]] void refuse(std::string_view message, const ModelTable& table,
                         const ConditionNode& node) {
  throw Error(Errc::invalid_argument, message, place(table, node));
}

/// A value must be of the kind that the column has.
void check_values(const ModelTable& table, const ConditionNode& node, ColumnType type) {
  for (const ColumnValue& value : node.values) {
    const bool of_texts = type == ColumnType::text || type == ColumnType::time;
    const bool fits = of_texts ? is_text(value) : is_number(value);
    if (!fits && !is_null(value)) refuse("A column cannot be compared with this", table, node);
  }
}

std::size_t values_of(Operator kind) {
  return kind == Operator::between || kind == Operator::not_between ? 2 : 1;
}

bool is_text_operator(Operator kind) {
  switch (kind) {
    case Operator::like:
    case Operator::not_like:
    case Operator::ilike:
    case Operator::not_ilike:
    case Operator::regexp:
    case Operator::iregexp:
    case Operator::starts_with:
    case Operator::ends_with:
    case Operator::has_text:
      return true;
    default:
      return false;
  }
}

bool is_array_operator(Operator kind) {
  return kind == Operator::contains || kind == Operator::contained_by || kind == Operator::overlaps;
}

}  // namespace

ConditionText::ConditionText(soci::session& sql, StatementText& statement, const ModelTable& table,
                             std::string qualifier, int depth)
    : sql_(sql),
      dialect_(dialect_of(sql)),
      statement_(statement),
      table_(table),
      qualifier_(std::move(qualifier)),
      depth_(depth) {}

std::string ConditionText::column(std::string_view name) const {
  if (!name.empty() && name == elsewhere_.first) return elsewhere_.second;
  std::string text = dialect_.identifier(name);
  return qualifier_.empty() ? text : qualifier_ + "." + text;
}

/// A column of this table as it is written inside of a query within the condition.
std::string ConditionText::outer(std::string_view name) const {
  const std::string& table = qualifier_.empty() ? dialect_.identifier(table_.name) : qualifier_;
  return table + "." + dialect_.identifier(name);
}

std::string ConditionText::inner_alias() const { return "affix_" + std::to_string(depth_ + 1); }

std::string ConditionText::parameter(ColumnValue value, ColumnType type) {
  const auto* const text = std::get_if<std::string>(&value);
  const std::size_t bytes = text ? text->size() : 0;
  const std::string name = statement_.parameter(std::move(value), type);
  return text && type == ColumnType::text ? wide(dialect_, name, bytes) : name;
}

Predicate ConditionText::compile(const ConditionNode& where, std::span<const std::string> skipped) {
  for (const std::string& name : skipped) {
    const auto has = [&](const auto& filter) { return filter.first == name; };
    if (std::ranges::any_of(table_.default_filters, has)) continue;
    throw Error(Errc::invalid_argument, "The model has no default filter of this name",
                {.member = name, .table = table_.name});
  }
  ConditionNode all{.kind = Operator::all_of};
  for (const auto& [name, condition] : table_.default_filters) {
    if (std::ranges::find(skipped, name) == skipped.end()) all.children.push_back(condition);
  }
  all.children.push_back(where);
  return compile(all);
}

Predicate ConditionText::compile(const ConditionNode& node) {
  switch (node.kind) {
    case Operator::all_of:
    case Operator::any_of:
      return combine(node.kind, node.children);
    case Operator::negation:
      return negate(node);
    case Operator::exists:
    case Operator::not_exists:
      return related(node);
    default:
      break;
  }
  if (const ModelField* field = table_.field(node.column)) return compare_field(node, *field);
  const ModelColumn& column_here = table_.columns[table_.at(node.column)];
  if (is_array_operator(node.kind)) return compare_array(node);
  if (node.path.empty()) {
    const std::string text = column(node.column);
    return compare(node, text, text, column_here.type);
  }
  if (column_here.type != ColumnType::json) refuse("Only a JSON column has paths", table_, node);
  const std::string name = qualifier_.empty() ? node.column : qualifier_ + "." + node.column;
  return compare(node, dialect_.json_member(name, node.path), dialect_.json_number(name, node.path),
                 ColumnType::json);
}

Predicate ConditionText::combine(Operator kind, std::span<const ConditionNode> children) {
  const bool all = kind == Operator::all_of;
  const Rows decisive = all ? Rows::none : Rows::all;
  const std::size_t first = statement_.parameters();
  std::string text;
  std::size_t parts = 0;
  for (const ConditionNode& child : children) {
    Predicate part = compile(child);
    if (part.rows == decisive) {
      statement_.forget_from(first);
      return part;
    }
    if (part.rows != Rows::some) continue;
    if (parts++ > 0) text += all ? " and " : " or ";
    text += part.text;
  }
  if (parts == 0) return constant(all);
  if (parts > 1) text = "(" + text + ")";
  return some(std::move(text));
}

Predicate ConditionText::negate(const ConditionNode& node) {
  if (node.children.size() != 1) refuse("A negation is of one condition", table_, node);
  const Predicate inner = compile(node.children.front());
  if (inner.rows != Rows::some) return constant(inner.rows == Rows::none);
  return some("not (" + inner.text + ")");
}

/// `number` is the operand as it is compared with numbers.
Predicate ConditionText::compare(const ConditionNode& node, const std::string& text,
                                 const std::string& number, ColumnType type) {
  if (node.kind == Operator::is_null) return some(text + " is null");
  if (node.kind == Operator::is_not_null) return some(text + " is not null");
  const bool json = type == ColumnType::json;
  if (json && node.path.empty()) refuse("A document as a whole cannot be compared", table_, node);
  if (!json) check_values(table_, node, type);
  if (node.kind == Operator::in || node.kind == Operator::not_in) {
    const bool numbers = std::ranges::any_of(node.values, is_number);
    if (json && numbers && std::ranges::any_of(node.values, is_text)) {
      refuse("Texts and numbers cannot be asked for together", table_, node);
    }
    const ColumnType as = numbers ? ColumnType::real : ColumnType::text;
    return membership(node, numbers ? number : text, json ? as : type);
  }
  if (node.values.size() != values_of(node.kind)) {
    refuse("The operator takes another number of values", table_, node);
  }
  const ColumnValue& value = node.values.front();
  const bool null = std::ranges::any_of(node.values, is_null);
  if (null && node.kind == Operator::equal) return some(text + " is null");
  if (null && node.kind == Operator::not_equal) return some(text + " is not null");
  if (null) refuse("NULL is neither smaller nor larger nor like anything", table_, node);
  const bool numeric = is_number(value);
  const std::string& operand = numeric ? number : text;
  const ColumnType as = !json ? type : numeric ? ColumnType::real : ColumnType::text;
  if (const char* sign = symbol(node.kind)) return some(operand + sign + parameter(value, as));
  if (values_of(node.kind) == 2) {
    if (is_number(node.values.back()) != numeric) refuse("Both ends must be alike", table_, node);
    const char* word = node.kind == Operator::between ? " between " : " not between ";
    std::string between = operand + word + parameter(value, as);
    between += " and " + parameter(node.values.back(), as);
    return some(std::move(between));
  }
  if (!is_text_operator(node.kind) || (type != ColumnType::text && !json) || numeric) {
    refuse("A column of this type does not know the operator", table_, node);
  }
  const TextMatch match = text_match(dialect_, node.kind, operand, std::get<std::string>(value));
  return some(match.operand + match.before + parameter(match.pattern, ColumnType::text) +
              match.after);
}

/// NULL among the values is asked for with `is null`.
Predicate ConditionText::membership(const ConditionNode& node, const std::string& operand,
                                    ColumnType type) {
  const bool wanted = node.kind == Operator::in;
  const bool null = std::ranges::any_of(node.values, is_null);
  const std::size_t most = most_items(dialect_);
  std::string text;
  std::size_t parts = 0;
  std::size_t items = 0;
  for (const ColumnValue& value : node.values) {
    if (is_null(value)) continue;
    if (items % most == 0) {
      if (parts++ > 0) text += wanted ? ") or " : ") and ";
      text += operand + (wanted ? " in (" : " not in (");
    } else {
      text += ", ";
    }
    ++items;
    text += parameter(value, type);
  }
  if (parts > 0) text += ")";
  if (null) {
    if (parts++ > 0) text += wanted ? " or " : " and ";
    text += operand + (wanted ? " is null" : " is not null");
  }
  if (parts == 0) return constant(!wanted);
  if (parts > 1) text = "(" + text + ")";
  return some(std::move(text));
}

Predicate ConditionText::compare_array(const ConditionNode& node) {
  if (table_.columns[table_.at(node.column)].type != ColumnType::json || !node.path.empty()) {
    refuse("Only a JSON column can be asked for items", table_, node);
  }
  if (dialect_.engine() != Engine::postgresql) {
    throw Error(Errc::unsupported, "This database cannot look for items of JSON arrays",
                place(table_, node), name(dialect_.engine()));
  }
  const std::string array = "cast(" + column(node.column) + " as jsonb)";
  nlohmann::json items = nlohmann::json::array();
  if (std::ranges::any_of(node.values, is_null)) {
    refuse("Items are texts and numbers", table_, node);
  }
  for (const ColumnValue& value : node.values) {
    std::visit(
        [&](const auto& one) {
          if constexpr (!std::same_as<std::remove_cvref_t<decltype(one)>, std::monostate>) {
            items.push_back(one);
          }
        },
        value);
  }
  const auto document = [&](const nlohmann::json& json) {
    // Bound as a text: what compares takes it for one until it is cast.
    return "cast(" + statement_.parameter(json.dump(), ColumnType::text) + " as jsonb)";
  };
  if (node.kind == Operator::contains) return some(array + " @> " + document(items));
  if (node.kind == Operator::contained_by) return some(array + " <@ " + document(items));
  if (items.empty()) return some("(" + array + " is null and null)");
  return some("exists (select 1 from jsonb_array_elements(case when jsonb_typeof(" + array +
              ") = 'array' then " + array + " end) as items(item) where " + document(items) +
              " @> item)");
}

Predicate ConditionText::compare_field(const ConditionNode& node, const ModelField& field) {
  const bool asks = node.kind == Operator::is_null || node.kind == Operator::is_not_null;
  if (field.place == FieldPlace::column) {
    const std::string name = qualifier_.empty() ? node.column : qualifier_ + "." + node.column;
    if (node.path.empty()) return compare(node, column(node.column), {}, ColumnType::json);
    return compare(node, dialect_.json_member(name, node.path),
                   dialect_.json_number(name, node.path), ColumnType::json);
  }
  const FieldText media(sql_, table_, field, outer(table_.key_column().name));
  if (node.path.empty()) {
    if (!asks) refuse("A document as a whole cannot be compared", table_, node);
    const bool there = node.kind == Operator::is_not_null;
    return some((there ? "" : "not ") + media.exists(statement_, inner_alias(), {}));
  }
  const ColumnType type = media.type_of(node);
  if (field.list) refuse("Use exists for the attachments of a list", table_, node);
  const std::string value = media.first(inner_alias(), node);
  return compare(node, value, value, type);
}

Predicate ConditionText::related(const ConditionNode& node) {
  const std::string word = node.kind == Operator::exists ? "" : "not ";
  const std::string alias = inner_alias();
  const ConditionNode condition = node.children.empty() ? ConditionNode{} : node.children.front();
  if (const ModelField* field = table_.field(node.column)) {
    if (field->place != FieldPlace::media_table) {
      refuse("Only what is in a table of its own can be asked for its rows", table_, node);
    }
    const FieldText media(sql_, table_, *field, outer(table_.key_column().name));
    return some(word + media.exists(statement_, alias, condition));
  }
  const ModelRelation& relation = table_.relation(node.column);
  const ModelTable& other = relation.related();
  ConditionText inner(sql_, statement_, other, alias, depth_ + 1);
  const std::string& theirs = relation.theirs.empty() ? other.key_column().name : relation.theirs;
  std::string text = word + "exists (select 1 from " + dialect_.identifier(other.name) + " " +
                     alias + " where " + inner.column(theirs) + " = " + outer(relation.ours);
  const Predicate more = inner.compile(condition, {});
  if (more.rows == Rows::none) return constant(node.kind == Operator::not_exists);
  if (more.rows == Rows::some) text += " and " + more.text;
  return some(text + ")");
}

std::string where_clause(const Predicate& predicate) {
  if (predicate.rows == Rows::all) return {};
  if (predicate.rows == Rows::none) return " where 1 = 0";
  return " where " + predicate.text;
}

}  // namespace affix::detail

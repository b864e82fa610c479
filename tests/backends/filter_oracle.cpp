#include "filter_oracle.hpp"

#include <algorithm>
#include <utility>

namespace affix::tests {
namespace {

using detail::ConditionNode;
using detail::FilterNode;
using Json = nlohmann::json;

Truth truth_of(bool value) { return value ? Truth::yes : Truth::no; }

Truth negated(Truth value) {
  if (value == Truth::unknown) return value;
  return truth_of(value == Truth::no);
}

Json at_path(const Json& cell, const std::vector<std::string>& path) {
  Json here = cell;
  for (const std::string& step : path) {
    const bool is_index = std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
    Json next;
    if (here.is_object() && here.contains(step)) {
      next = here[step];
    } else if (here.is_array() && is_index && std::stoul(step) < here.size()) {
      next = here[std::stoul(step)];
    }
    here = std::move(next);
  }
  return here;
}

/// The characters of a text, each with its bytes.
std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> all;
  for (const char byte : text) {
    const bool continues = (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
    if (!continues || all.empty()) all.emplace_back();
    all.back() += byte;
  }
  return all;
}

std::string folded(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// A pattern's step: any text, any character, or this one.
struct Step {
  enum class Kind { any_text, any_character, literal } kind;
  std::string character{};
};

std::vector<Step> steps(const std::string& pattern) {
  std::vector<Step> all;
  bool literal = false;
  for (const std::string& one : characters(pattern)) {
    if (!literal && one == "!") {
      literal = true;
      continue;
    }
    if (!literal && one == "%") {
      all.push_back({Step::Kind::any_text});
    } else if (!literal && one == "_") {
      all.push_back({Step::Kind::any_character});
    } else {
      all.push_back({Step::Kind::literal, one});
    }
    literal = false;
  }
  return all;
}

bool is_like(const std::string& text, const std::string& pattern) {
  const auto letters = characters(text);
  // reached[i]: the steps so far can have taken the first i letters.
  std::vector<bool> reached(letters.size() + 1, false);
  reached[0] = true;
  for (const Step& step : steps(pattern)) {
    std::vector<bool> next(reached.size(), false);
    bool before = false;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      before = before || reached[i];
      if (step.kind == Step::Kind::any_text) {
        next[i] = before;
      } else if (i > 0 && reached[i - 1]) {
        next[i] = step.kind == Step::Kind::any_character || letters[i - 1] == step.character;
      }
    }
    reached = std::move(next);
  }
  return reached.back();
}

bool has(const Json& array, const Json& item) {
  return array.is_array() && std::ranges::find(array, item) != array.end();
}

/// `text` is what the JSON is compared as: a number as its digits.
Json as_text(const Json& value) { return value.is_number() ? Json(value.dump()) : value; }

}  // namespace

Json json_of(const ColumnValue& value) {
  return std::visit(
      [](const auto& one) -> Json {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(one)>, std::monostate>)
          return {};
        else
          return one;
      },
      value);
}

FilterOracle::FilterOracle(Engine engine, std::vector<Json> rows)
    : engine_(engine), rows_(std::move(rows)) {}

/// Below 0, 0 or above 0. Trailing blanks of texts do not count on MySQL, MariaDB and Firebird.
int FilterOracle::compare(const Json& left, const Json& right) const {
  const bool pads =
      engine_ == Engine::mysql || engine_ == Engine::mariadb || engine_ == Engine::firebird;
  const auto plain = [&](const Json& value) {
    if (!pads || !value.is_string()) return value;
    std::string text = value.get<std::string>();
    text.erase(text.find_last_not_of(' ') + 1);
    return Json(text);
  };
  const Json one = plain(left);
  const Json other = plain(right);
  return one < other ? -1 : one == other ? 0 : 1;
}

std::vector<Json> FilterOracle::order_keys(const Json& row, const FilterNode& filter) {
  std::vector<Json> keys;
  for (const detail::OrderNode& order : filter.order) {
    keys.push_back(at_path(row.at(order.column), order.path));
  }
  return keys;
}

std::vector<Json> FilterOracle::matching(const FilterNode& filter) const {
  std::vector<Json> found;
  for (const Json& row : rows_) {
    const bool skips = !filter.skipped.empty();
    if (!skips && !row.at("deleted_at").is_null()) continue;
    if (truth(filter.where, row) == Truth::yes) found.push_back(row);
  }
  std::ranges::sort(found, [&](const Json& left, const Json& right) {
    const auto lefts = order_keys(left, filter);
    const auto rights = order_keys(right, filter);
    for (std::size_t i = 0; i < lefts.size(); ++i) {
      const bool ascending = filter.order[i].direction == Direction::ascending;
      // In the order of JSON null is before everything else, too.
      const int sign = compare(lefts[i], rights[i]);
      if (sign != 0) return (sign < 0) == ascending;
    }
    return left.at("id") < right.at("id");
  });
  return found;
}

std::vector<Json> FilterOracle::page(const std::vector<Json>& rows, const FilterNode& filter) {
  const std::size_t start = std::min(filter.offset, rows.size());
  const std::size_t count = std::min(filter.limit.value_or(rows.size()), rows.size() - start);
  return {rows.begin() + static_cast<std::ptrdiff_t>(start),
          rows.begin() + static_cast<std::ptrdiff_t>(start + count)};
}

Truth FilterOracle::truth(const ConditionNode& node, const Json& row) const {
  switch (node.kind) {
    case Operator::all_of:
    case Operator::any_of: {
      const bool all = node.kind == Operator::all_of;
      Truth value = truth_of(all);
      for (const ConditionNode& child : node.children) {
        const Truth one = truth(child, row);
        value = all ? std::min(value, one) : std::max(value, one);
      }
      return value;
    }
    case Operator::negation:
      return negated(truth(node.children.front(), row));
    case Operator::exists:
    case Operator::not_exists: {
      const bool found = std::ranges::any_of(row.at(node.column), [&](const Json& other) {
        return node.children.empty() || truth(node.children.front(), other) == Truth::yes;
      });
      return truth_of(found == (node.kind == Operator::exists));
    }
    default:
      return compared(node, row);
  }
}

Truth FilterOracle::compared(const ConditionNode& node, const Json& row) const {
  Json cell = at_path(row.at(node.column), node.path);
  const bool is_null = cell.is_null();
  if (node.kind == Operator::is_null) return truth_of(is_null);
  if (node.kind == Operator::is_not_null) return truth_of(!is_null);
  if (node.kind == Operator::contains || node.kind == Operator::contained_by ||
      node.kind == Operator::overlaps) {
    return array_match(node, cell);
  }
  // A part of JSON is a number or NULL where it is compared with a number, and else a text.
  const auto number = [](const ColumnValue& value) { return json_of(value).is_number(); };
  if (!node.path.empty()) {
    const bool numbers = std::ranges::any_of(node.values, number);
    if (numbers && !cell.is_number()) cell = nullptr;
    if (!numbers) cell = as_text(cell);
  }
  if (node.kind == Operator::in) return member_of(node, cell);
  if (node.kind == Operator::not_in) return negated(member_of(node, cell));
  const Json value = json_of(node.values.front());
  if (value.is_null()) return truth_of(is_null == (node.kind == Operator::equal));
  if (cell.is_null()) return Truth::unknown;
  const int sign = compare(cell, value);
  switch (node.kind) {
    case Operator::equal:
      return truth_of(sign == 0);
    case Operator::not_equal:
      return truth_of(sign != 0);
    case Operator::less:
      return truth_of(sign < 0);
    case Operator::less_or_equal:
      return truth_of(sign <= 0);
    case Operator::greater:
      return truth_of(sign > 0);
    case Operator::greater_or_equal:
      return truth_of(sign >= 0);
    case Operator::between:
    case Operator::not_between: {
      const bool inside = sign >= 0 && compare(cell, json_of(node.values.back())) <= 0;
      return truth_of(inside == (node.kind == Operator::between));
    }
    default:
      return text_match(node, cell);
  }
}

/// `in`; NULL among the values asks for NULL.
Truth FilterOracle::member_of(const ConditionNode& node, const Json& cell) const {
  bool asks_for_null = false;
  std::size_t others = 0;
  bool found = false;
  for (const ColumnValue& value : node.values) {
    const Json one = json_of(value);
    if (one.is_null()) {
      asks_for_null = true;
      continue;
    }
    ++others;
    found = found || (!cell.is_null() && compare(cell, one) == 0);
  }
  if (asks_for_null && cell.is_null()) return Truth::yes;
  if (others == 0) return Truth::no;
  return cell.is_null() ? Truth::unknown : truth_of(found);
}

Truth FilterOracle::text_match(const ConditionNode& node, const Json& cell) const {
  const std::string text = cell.get<std::string>();
  const std::string value = std::get<std::string>(node.values.front());
  switch (node.kind) {
    case Operator::like:
      return truth_of(is_like(text, value));
    case Operator::not_like:
      return truth_of(!is_like(text, value));
    case Operator::ilike:
      return truth_of(is_like(folded(text), folded(value)));
    case Operator::not_ilike:
      return truth_of(!is_like(folded(text), folded(value)));
    case Operator::starts_with:
      return truth_of(text.starts_with(value));
    case Operator::ends_with:
      return truth_of(text.ends_with(value));
    case Operator::has_text:
      return truth_of(text.find(value) != text.npos);
    default:
      throw std::logic_error("the oracle does not know this operator");
  }
}

Truth FilterOracle::array_match(const ConditionNode& node, const Json& cell) const {
  Json items = Json::array();
  for (const ColumnValue& value : node.values) items.push_back(json_of(value));
  const auto in_cell = [&](const Json& item) { return has(cell, item); };
  const auto in_items = [&](const Json& item) { return has(items, item); };
  if (!cell.is_array()) return Truth::no;
  if (node.kind == Operator::contains) return truth_of(std::ranges::all_of(items, in_cell));
  if (node.kind == Operator::contained_by) return truth_of(std::ranges::all_of(cell, in_items));
  return truth_of(std::ranges::any_of(items, in_cell));
}

}  // namespace affix::tests

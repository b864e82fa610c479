#include "affix/orm/filter.hpp"

#include <algorithm>

namespace affix::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

[[noreturn]] void refuse_path(std::string_view path) {
  throw Error(Errc::invalid_argument, "A path into JSON is made of words and numbers",
              {.member = std::string(path)});
}

/// Reads one segment from the front of `rest`.
std::string take_segment(std::string_view& rest, std::string_view path) {
  const bool bracket = rest.starts_with('[');
  if (bracket) rest.remove_prefix(1);
  std::size_t size = 0;
  while (size < rest.size() &&
         (is_letter(rest[size]) || is_digit(rest[size]) || rest[size] == '-')) {
    ++size;
  }
  std::string segment(rest.substr(0, size));
  const bool number = !segment.empty() && std::ranges::all_of(segment, is_digit);
  if (segment.empty() || (number ? segment.size() > 9 : bracket || !is_letter(segment.front()))) {
    refuse_path(path);
  }
  rest.remove_prefix(size);
  if (bracket) {
    if (!rest.starts_with(']')) refuse_path(path);
    rest.remove_prefix(1);
  }
  return segment;
}

}  // namespace

std::vector<std::string> parse_json_path(std::string_view path) {
  std::vector<std::string> segments;
  std::string_view rest = path;
  do {
    if (!segments.empty() && rest.starts_with('.')) rest.remove_prefix(1);
    segments.push_back(take_segment(rest, path));
    if (!rest.empty() && rest.front() != '.' && rest.front() != '[') refuse_path(path);
  } while (!rest.empty());
  return segments;
}

ConditionNode behind(const FilterNode& filter, const ModelTable& table,
                     const std::vector<ColumnValue>& row) {
  // (a > x) or (a = x and b > y) or …
  ConditionNode any{.kind = Operator::any_of};
  std::vector<ConditionNode> equal;
  for (const OrderNode& order : filter.order) {
    const std::size_t at = table.at(order.column);
    if (!order.path.empty() || table.columns[at].nullable) {
      throw Error(Errc::unsupported, "A page can start only behind columns that are never NULL",
                  {.table = table.name, .column = order.column});
    }
    const auto& fields = filter.fields;
    const bool read = fields.empty() || at == table.key ||
                      std::ranges::find(fields, order.column) != fields.end();
    if (!read || table.columns[at].options.hidden) {
      throw Error(Errc::invalid_argument, "A page can start only behind columns that are read",
                  {.table = table.name, .column = order.column});
    }
    const bool ascending = order.direction == Direction::ascending;
    ConditionNode all{.kind = Operator::all_of, .children = equal};
    all.children.push_back({.kind = ascending ? Operator::greater : Operator::less,
                            .column = order.column,
                            .values = {row[at]}});
    any.children.push_back(std::move(all));
    equal.push_back({.kind = Operator::equal, .column = order.column, .values = {row[at]}});
  }
  return any;
}

}  // namespace affix::detail

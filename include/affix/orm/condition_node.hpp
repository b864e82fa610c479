#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "affix/orm/column_value.hpp"

namespace affix {

/// What a condition compares. The names are those of the JSON form, with the other spellings that
/// it reads.
enum class Operator {
  all_of,            ///< `and`; true without conditions.
  any_of,            ///< `or`; false without conditions.
  negation,          ///< `not`.
  equal,             ///< `eq`.
  not_equal,         ///< `ne`, `neq`.
  greater,           ///< `gt`.
  greater_or_equal,  ///< `gte`.
  less,              ///< `lt`.
  less_or_equal,     ///< `lte`.
  like,              ///< `like`: `%` any text, `_` one character, `!` before them: themselves.
  not_like,          ///< `nlike`.
  ilike,             ///< `ilike`: as `like`, with A-Z equal to a-z.
  not_ilike,         ///< `nilike`.
  regexp,            ///< `regexp`, in the database's own language.
  iregexp,           ///< `iregexp`.
  in,                ///< `in`, `inq`; false for none.
  not_in,            ///< `nin`, `notin`; true for none.
  between,           ///< `between`, both ends included.
  not_between,       ///< `notBetween`.
  is_null,           ///< `isNull`, `isnull`, `is` with null.
  is_not_null,       ///< `isn` with null.
  starts_with,       ///< `startsWith`.
  ends_with,         ///< `endsWith`.
  has_text,          ///< `hasText`: the text is somewhere in it.
  contains,          ///< `contains`: a JSON array has all of these.
  contained_by,      ///< `containedBy`: a JSON array has none but these.
  overlaps,          ///< `overlaps`: a JSON array has one of these.
  exists,            ///< `exists`: a related row meets the condition.
  not_exists,        ///< `notExists`.
};

namespace detail {

/// A condition as a tree, without the types of its model. Not for users.
struct ConditionNode {
  Operator kind = Operator::all_of;
  std::string column{};             ///< A column, field or relation of the model.
  std::vector<std::string> path{};  ///< Into JSON; members and numbers.
  std::vector<ColumnValue> values{};
  std::vector<ConditionNode> children{};  ///< Of `all_of`, `any_of`, `negation`, `exists`.
};

inline ConditionNode both(ConditionNode left, ConditionNode right) {
  ConditionNode node{.kind = Operator::all_of};
  node.children.push_back(std::move(left));
  node.children.push_back(std::move(right));
  return node;
}

}  // namespace detail
}  // namespace affix

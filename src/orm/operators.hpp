#pragma once

#include <string>
#include <string_view>

#include "affix/orm/condition_node.hpp"
#include "affix/soci/dialect.hpp"

// What the engines write differently about comparisons.

namespace affix::detail {

/// A comparison of a text with a pattern.
struct TextMatch {
  std::string operand;  ///< What stands left.
  std::string before;   ///< Between it and the parameter.
  std::string after;    ///< Behind the parameter.
  std::string pattern;  ///< The parameter.
};

/// For all operators of texts. `Errc::unsupported` where the engine has none.
TextMatch text_match(const Dialect& dialect, Operator kind, const std::string& operand,
                     const std::string& value);

/// A parameter for a text of so many bytes that is compared: Firebird gives it the width of the
/// column, and refuses a longer one instead of finding it different.
std::string wide(const Dialect& dialect, const std::string& parameter, std::size_t bytes);

/// ` asc` or ` desc`, with NULL before everything else in ascending order on every engine.
std::string_view ordering(const Dialect& dialect, bool ascending);

/// A key as the text that a media table has for it.
std::string as_owner_id(const Dialect& dialect, const std::string& column, bool is_text);

/// How many items are written into one IN: engines take more, but not every driver takes many more
/// values in one statement (`StatementText::query`).
std::size_t most_items(const Dialect& dialect);

}  // namespace affix::detail

#pragma once

#include <string>
#include <string_view>

#include "affix/soci/json_into.hpp"
#include "affix/soci/json_use.hpp"

namespace affix::detail {

/// A cell of a JSON column that is read and printed elsewhere; empty is SQL NULL.
struct DocumentText {
  std::string text{};
};

}  // namespace affix::detail

template <>
struct affix::JsonColumn<affix::detail::DocumentText> {
  using Value = detail::DocumentText;
  static bool is_null(const Value& value) noexcept { return value.text.empty(); }
  static std::string to_text(const Value& value) { return value.text; }
  static Value from_text(std::string_view text) { return {std::string(text)}; }
  static Value from_null() noexcept { return {}; }
};

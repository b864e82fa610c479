#pragma once

#include <string_view>

namespace affix::detail {

/// The letters that stand for a character of a Latin script when only ASCII can be written: `e` for
/// U+00E9, `ss` for U+00DF; empty for an accent that stands alone, `-` for what has no such form.
std::string_view ascii_letters(char32_t code) noexcept;

}  // namespace affix::detail

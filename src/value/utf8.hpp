#pragma once

#include <cstddef>
#include <string_view>

namespace affix::detail {

/// A character of a UTF-8 text and the number of its bytes.
struct Character {
  char32_t code = 0;
  std::size_t length = 0;  ///< 1 to 4; 0 if there is no character.
};

/// The first character of `text`. Its length is 0 if the text is empty or does not start with
/// valid UTF-8: overlong forms, surrogates and codes above U+10FFFF are invalid.
Character first_character(std::string_view text) noexcept;

/// Whether all of `text` is valid UTF-8.
bool is_utf8(std::string_view text) noexcept;

}  // namespace affix::detail

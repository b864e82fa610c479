#include "value/utf8.hpp"

#include <string>

#include "catch.hpp"

using affix::detail::first_character;
using affix::detail::is_utf8;

namespace {

/// The plain rule of the standard: the bytes of a code.
std::string encoded(char32_t code) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  const auto following = [&](unsigned shift) { return byte(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | (code >> 6U)), following(0)};
  if (code < 0x10000) return {byte(0xE0 | (code >> 12U)), following(6), following(0)};
  return {byte(0xF0 | (code >> 18U)), following(12), following(6), following(0)};
}

}  // namespace

TEST_CASE("every character is read, and no surrogate") {
  std::size_t wrong = 0;
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    const std::string text = encoded(code) + "x";
    const auto character = first_character(text);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    const bool right = surrogate ? character.length == 0
                                 : character.code == code && character.length == text.size() - 1;
    if (!right) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("bytes that are no UTF-8 are no character") {
  for (const char* text : {"", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3x",
                           "\xe0\x9f\xbf", "\xe2\x82", "\xe2\x82x", "\xf0\x8f\xbf\xbf",
                           "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CHECK(first_character(text).length == 0);
  }
}

TEST_CASE("a text is UTF-8 if each of its characters is") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("Ada é 世界 😀"));
  CHECK_FALSE(is_utf8("Ada \xff"));
  CHECK_FALSE(is_utf8("Ada é\xc3"));
}

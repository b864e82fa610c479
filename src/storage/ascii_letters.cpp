#include "storage/ascii_letters.hpp"

#include <array>

namespace affix::detail {
namespace {

constexpr std::string_view none = "-";

/// U+00C0 to U+017F: Latin-1 Supplement and Latin Extended-A.
constexpr char32_t table_start = 0xC0;
// clang-format off
constexpr std::array<std::string_view, 192> table{
    "A", "A", "A",  "A",  "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",   // C0
    "D", "N", "O",  "O",  "O", "O", "O",  "-", "O", "U", "U", "U", "U", "Y", "TH", "ss",  // D0
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // E0
    "d", "n", "o",  "o",  "o", "o", "o",  "-", "o", "u", "u", "u", "u", "y", "th", "y",   // F0
    "A", "a", "A",  "a",  "A", "a", "C",  "c", "C", "c", "C", "c", "C", "c", "D",  "d",   // 100
    "D", "d", "E",  "e",  "E", "e", "E",  "e", "E", "e", "E", "e", "G", "g", "G",  "g",   // 110
    "G", "g", "G",  "g",  "H", "h", "H",  "h", "I", "i", "I", "i", "I", "i", "I",  "i",   // 120
    "I", "i", "IJ", "ij", "J", "j", "K",  "k", "k", "L", "l", "L", "l", "L", "l",  "L",   // 130
    "l", "L", "l",  "N",  "n", "N", "n",  "N", "n", "n", "N", "n", "O", "o", "O",  "o",   // 140
    "O", "o", "OE", "oe", "R", "r", "R",  "r", "R", "r", "S", "s", "S", "s", "S",  "s",   // 150
    "S", "s", "T",  "t",  "T", "t", "T",  "t", "U", "u", "U", "u", "U", "u", "U",  "u",   // 160
    "U", "u", "U",  "u",  "W", "w", "Y",  "y", "Y", "Z", "z", "Z", "z", "Z", "z",  "s"};  // 170
// clang-format on

/// Blocks in which a capital and its small letter take turns.
struct Pairs {
  char32_t first;
  char32_t last;
  std::string_view capital;
  std::string_view small;
};
constexpr std::array<Pairs, 14> pairs{{{0x1CD, 0x1CE, "A", "a"},
                                       {0x1CF, 0x1D0, "I", "i"},
                                       {0x1D1, 0x1D2, "O", "o"},
                                       {0x1D3, 0x1DC, "U", "u"},
                                       {0x1A0, 0x1A1, "O", "o"},
                                       {0x1AF, 0x1B0, "U", "u"},
                                       {0x218, 0x219, "S", "s"},
                                       {0x21A, 0x21B, "T", "t"},
                                       {0x1EA0, 0x1EB7, "A", "a"},
                                       {0x1EB8, 0x1EC7, "E", "e"},
                                       {0x1EC8, 0x1ECB, "I", "i"},
                                       {0x1ECC, 0x1EE3, "O", "o"},
                                       {0x1EE4, 0x1EF1, "U", "u"},
                                       {0x1EF2, 0x1EF9, "Y", "y"}}};

}  // namespace

std::string_view ascii_letters(char32_t code) noexcept {
  if (code >= 0x300 && code <= 0x36F) return {};
  if (code >= table_start && code < table_start + table.size()) return table[code - table_start];
  for (const Pairs& block : pairs) {
    if (code < block.first || code > block.last) continue;
    return (code - block.first) % 2 == 0 ? block.capital : block.small;
  }
  return none;
}

}  // namespace affix::detail

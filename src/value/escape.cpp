#include "value/escape.hpp"

#include <algorithm>
#include <array>

#include "value/utf8.hpp"

namespace affix::detail {
namespace {

constexpr std::size_t most_bytes = 200;

struct Range {
  char32_t first;
  char32_t last;
};

/// Control characters and those that show nothing or change what stands beside them.
constexpr std::array<Range, 15> hidden{{{0x00, 0x1F},
                                        {0x7F, 0x9F},
                                        {0xAD, 0xAD},
                                        {0x61C, 0x61C},
                                        {0x115F, 0x1160},
                                        {0x180B, 0x180F},
                                        {0x200B, 0x200F},
                                        {0x2028, 0x202E},
                                        {0x2060, 0x206F},
                                        {0x3164, 0x3164},
                                        {0xFE00, 0xFE0F},
                                        {0xFEFF, 0xFEFF},
                                        {0xFFA0, 0xFFA0},
                                        {0xFFF0, 0xFFFB},
                                        {0xE0000, 0xE0FFF}}};

bool is_hidden(char32_t code) noexcept {
  return std::ranges::any_of(
      hidden, [code](Range range) { return code >= range.first && code <= range.last; });
}

std::string escape_bytes(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string escaped;
  for (const char character : bytes) {
    const auto byte = static_cast<unsigned char>(character);
    escaped += "\\x";
    escaped += digits[byte >> 4U];
    escaped += digits[byte & 0xFU];
  }
  return escaped;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.length, 1));
    const bool shown = character.length > 0 && !is_hidden(character.code);
    const std::string piece = shown ? std::string(bytes) : escape_bytes(bytes);
    if (escaped.size() + piece.size() > most_bytes) return escaped + "…";
    escaped += piece;
    text.remove_prefix(bytes.size());
  }
  return escaped;
}

}  // namespace affix::detail

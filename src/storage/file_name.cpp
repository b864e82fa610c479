#include "affix/storage/file_name.hpp"

#include <algorithm>

#include "storage/file_name_parts.hpp"
#include "value/escape.hpp"
#include "value/utf8.hpp"

namespace affix {
namespace {

constexpr std::size_t max_bytes = 255;
constexpr std::string_view not_allowed = "<>:\"|?*";
constexpr std::string_view dots_and_spaces = ". ";

/// What becomes of one character, or of one byte that is none.
std::string_view cleaned(std::string_view bytes, std::size_t character_length) {
  if (character_length == 0) return "_";
  if (character_length == 1 && not_allowed.find(bytes[0]) != not_allowed.npos) return "_";
  return detail::escape(bytes) == bytes ? bytes : std::string_view();  // what a log must not show
}

std::string clean(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    const std::size_t length = detail::first_character(name).length;
    const std::string_view bytes = name.substr(0, std::max<std::size_t>(length, 1));
    result += cleaned(bytes, length);
    name.remove_prefix(bytes.size());
  }
  return result;
}

std::string_view trim(std::string_view name) {
  name = name.substr(0, name.find_last_not_of(dots_and_spaces) + 1);
  return name.substr(std::min(name.size(), name.find_first_not_of(dots_and_spaces)));
}

/// Shortens the part before the extension, at the end of a character.
std::string cut(const std::string& name) {
  if (name.size() <= max_bytes) return name;
  const auto [stem, extension] = detail::split_extension(name);
  std::size_t length = max_bytes - (extension.empty() ? 0 : extension.size() + 1);
  while ((static_cast<unsigned char>(stem[length]) & 0xC0U) == 0x80U) --length;
  std::string result(trim(stem.substr(0, length)));
  if (!extension.empty()) (result += '.') += extension;
  return result;
}

}  // namespace

std::string sanitize_file_name(std::string_view name) {
  std::string result(trim(clean(name.substr(name.find_last_of("/\\") + 1))));
  if (result.empty()) return "file";
  if (detail::is_windows_device(result)) result.insert(0, 1, '_');
  return cut(result);
}

}  // namespace affix

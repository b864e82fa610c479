#include <algorithm>
#include <cctype>

#include "affix/storage/file_name.hpp"
#include "storage/ascii_letters.hpp"
#include "storage/file_name_parts.hpp"
#include "value/utf8.hpp"

namespace affix {
namespace {

constexpr std::size_t max_bytes = 100;

bool is_allowed(char c) noexcept {
  return detail::is_ascii_alnum(c) || c == '.' || c == '_' || c == '-';
}

/// Whether `piece` may follow `text`: no hyphen after a hyphen, no mark at the front.
bool fits(std::string_view piece, std::string_view text) {
  if (piece.empty()) return true;
  return text.empty() ? detail::is_ascii_alnum(piece.front())
                      : piece != "-" || !text.ends_with('-');
}

std::string_view ascii_form(char32_t code, std::string_view bytes) {
  if (code >= 0x80) return detail::ascii_letters(code);
  return is_allowed(bytes.front()) ? bytes : "-";
}

std::string to_ascii(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto [code, length] = detail::first_character(text);
    const std::string_view piece = ascii_form(code, text.substr(0, length));
    if (fits(piece, result)) result += piece;
    text.remove_prefix(length);
  }
  return result;
}

std::string trim_end(const std::string& text) {
  return text.substr(0, text.find_last_not_of("._-") + 1);
}

std::string clean_extension(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (detail::is_ascii_alnum(c)) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  if (result.size() > detail::max_extension) result.resize(detail::max_extension);
  return result.empty() ? "bin" : result;
}

}  // namespace

std::string slug(std::string_view name, std::string_view extension) {
  const std::string sanitized = sanitize_file_name(name);
  std::string result = trim_end(to_ascii(detail::split_extension(sanitized).stem));
  if (result.empty()) result = "file";
  if (detail::is_windows_device(result)) result.insert(0, "file-");

  const std::string last = '.' + clean_extension(extension);
  return trim_end(result.substr(0, max_bytes - last.size())) + last;
}

}  // namespace affix

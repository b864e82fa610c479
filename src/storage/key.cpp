#include "affix/storage/key.hpp"

#include <algorithm>

#include "affix/value/error.hpp"
#include "value/utf8.hpp"

namespace affix {
namespace {

constexpr std::size_t max_length = 512;
constexpr std::string_view reserved_segment = ".affix";

bool is_allowed(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '%' || c == '-';
}

bool is_plain(std::string_view segment) noexcept {
  return std::all_of(segment.begin(), segment.end(), is_allowed);
}

bool is_control(char32_t code) noexcept { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// What other systems may have.
bool is_text(std::string_view segment) noexcept {
  while (!segment.empty()) {
    const detail::Character first = detail::first_character(segment);
    if (first.length == 0 || is_control(first.code) || first.code == U'\\') return false;
    segment.remove_prefix(first.length);
  }
  return true;
}

template <class IsSegment>
bool is_path(std::string_view text, IsSegment is_segment) noexcept {
  if (text.size() > max_length) return false;
  const auto is_good = [&](std::string_view segment) {
    return !segment.empty() && segment != "." && segment != ".." && is_segment(segment);
  };
  for (auto slash = text.find('/'); slash != text.npos; slash = text.find('/')) {
    if (!is_good(text.substr(0, slash))) return false;
    text.remove_prefix(slash + 1);
  }
  return is_good(text);
}

bool is_below_reserved(std::string_view text) noexcept {
  return text.substr(0, text.find('/')) == reserved_segment;
}

[[noreturn]] void refuse(std::string_view text) {
  throw Error(Errc::invalid_key, "This is no valid key", {.key = std::string(text)});
}

}  // namespace

bool Key::is_valid(std::string_view text) noexcept { return is_path(text, is_plain); }

Key Key::parse(std::string_view text) {
  if (!is_valid(text)) refuse(text);
  return Key(std::string(text));
}

bool Key::is_valid_foreign(std::string_view text) noexcept {
  return is_path(text, is_text) && !is_below_reserved(text);
}

Key Key::parse_foreign(std::string_view text) {
  if (!is_valid_foreign(text)) refuse(text);
  return Key(std::string(text));
}

std::string_view Key::file_name() const noexcept {
  return std::string_view(text_).substr(text_.rfind('/') + 1);
}

std::string_view Key::parent() const noexcept {
  const auto slash = text_.rfind('/');
  return slash == text_.npos ? std::string_view() : std::string_view(text_).substr(0, slash);
}

bool Key::is_below(const Key& prefix) const noexcept {
  return text_.size() > prefix.text_.size() && text_.starts_with(prefix.text_) &&
         text_[prefix.text_.size()] == '/';
}

bool Key::is_reserved() const noexcept { return is_below_reserved(text_); }

Key Key::operator/(std::string_view more) const { return parse(text_ + '/' + std::string(more)); }

Key Key::operator/(const Key& more) const {
  std::string text = text_ + '/' + more.text_;
  if (text.size() > max_length) refuse(text);
  return Key(std::move(text));
}

}  // namespace affix

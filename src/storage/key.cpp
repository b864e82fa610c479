#include "affix/storage/key.hpp"

#include <algorithm>

#include "affix/value/error.hpp"

namespace affix {
namespace {

constexpr std::size_t max_length = 512;
constexpr std::string_view reserved_segment = ".affix";

bool is_allowed(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '%' || c == '-';
}

bool is_valid_segment(std::string_view segment) noexcept {
  return !segment.empty() && segment != "." && segment != ".." &&
         std::all_of(segment.begin(), segment.end(), is_allowed);
}

}  // namespace

bool Key::is_valid(std::string_view text) noexcept {
  if (text.size() > max_length) return false;
  for (auto slash = text.find('/'); slash != text.npos; slash = text.find('/')) {
    if (!is_valid_segment(text.substr(0, slash))) return false;
    text.remove_prefix(slash + 1);
  }
  return is_valid_segment(text);
}

Key Key::parse(std::string_view text) {
  if (!is_valid(text)) {
    throw Error(Errc::invalid_key, "This is no valid key", {.key = std::string(text)});
  }
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

bool Key::is_reserved() const noexcept {
  return text_.starts_with(reserved_segment) &&
         (text_.size() == reserved_segment.size() || text_[reserved_segment.size()] == '/');
}

Key Key::operator/(std::string_view more) const { return parse(text_ + '/' + std::string(more)); }

}  // namespace affix

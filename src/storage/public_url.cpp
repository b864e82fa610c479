#include "storage/public_url.hpp"

#include "storage/file_name_parts.hpp"

namespace affix::detail {
namespace {

constexpr std::string_view unescaped_marks = "/.-_~";

}  // namespace

std::string public_url(std::string_view base_url, const Key& key) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  std::string url(base_url);
  url += '/';
  for (const char c : key.text()) {
    if (is_ascii_alnum(c) || unescaped_marks.find(c) != unescaped_marks.npos) {
      url += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    url += '%';
    url += digits[byte >> 4U];
    url += digits[byte & 0xFU];
  }
  return url;
}

}  // namespace affix::detail

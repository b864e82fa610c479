#include "storage/file_name_parts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace affix::detail {
namespace {

constexpr std::array<std::string_view, 6> devices{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
constexpr std::array<std::string_view, 3> superscripts{"¹", "²", "³"};

/// What may follow `COM` and `LPT`: one digit, also a raised one.
bool is_port_number(std::string_view text) {
  if (text.size() == 1) return text[0] >= '0' && text[0] <= '9';
  return std::ranges::find(superscripts, text) != superscripts.end();
}

}  // namespace

bool is_ascii_alnum(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

FileNameParts split_extension(std::string_view name) noexcept {
  const auto dot = name.rfind('.');
  if (dot == name.npos || dot == 0) return {name, {}};
  const std::string_view extension = name.substr(dot + 1);
  const bool is_one = !extension.empty() && extension.size() <= max_extension &&
                      std::ranges::all_of(extension, is_ascii_alnum);
  return is_one ? FileNameParts{name.substr(0, dot), extension} : FileNameParts{name, {}};
}

bool is_windows_device(std::string_view name) {
  std::string base(name.substr(0, name.find('.')));
  base.erase(base.find_last_not_of(' ') + 1);
  std::ranges::transform(base, base.begin(), [](unsigned char c) {
    return c < 0x80 ? static_cast<char>(std::toupper(c)) : static_cast<char>(c);
  });
  if (std::ranges::find(devices, base) != devices.end()) return true;
  return (base.starts_with("COM") || base.starts_with("LPT")) && is_port_number(base.substr(3));
}

}  // namespace affix::detail

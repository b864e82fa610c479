#pragma once

#include <cstddef>
#include <string_view>

namespace affix::detail {

/// The most characters behind the last dot that count as an extension.
inline constexpr std::size_t max_extension = 10;

struct FileNameParts {
  std::string_view stem{};
  std::string_view extension{};  ///< ASCII letters and digits, without the dot; may be empty.
};
FileNameParts split_extension(std::string_view name) noexcept;

bool is_ascii_alnum(char c) noexcept;

/// Whether Windows keeps the name for a device, whatever extension it has: `CON`, `aux.txt`.
bool is_windows_device(std::string_view name);

}  // namespace affix::detail

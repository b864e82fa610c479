#pragma once

#include <string_view>

namespace affix::detail {

/// Throws `Errc::no_space` for a full disk or quota, else `Errc::storage`; the system's words for
/// the `errno` value `number` are the cause.
[[noreturn]] void throw_system_error(int number, std::string_view message);

}  // namespace affix::detail

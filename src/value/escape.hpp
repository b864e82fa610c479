#pragma once

#include <string>
#include <string_view>

namespace affix::detail {

/// Foreign text for a log line: control characters, bytes that are not UTF-8, and characters that
/// are invisible or turn the direction of writing become `\xNN`, byte by byte. Cut to 200 bytes,
/// at the end of a character, with `…` behind it.
std::string escape(std::string_view text);

}  // namespace affix::detail

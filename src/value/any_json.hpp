#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace affix::detail {

/// Any JSON, within the bounds of `affix/value/json.hpp` on bytes and depth. A member that occurs
/// twice, U+0000 and everything that is no JSON are `Errc::invalid_document`.
nlohmann::json parse_any_json(std::string_view text);

}  // namespace affix::detail

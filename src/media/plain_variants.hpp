#pragma once

#include <optional>
#include <string_view>

#include "value/json_members.hpp"

namespace affix::detail {

/// Reads variants as affix prints them, fast: for lists of many records. Nothing for a text that
/// has anything else in it, such as an escape, a character that is not ASCII, a member that is
/// unknown, missing or twice: that is left to `parse_attachment`, which reads it or says what is
/// wrong.
std::optional<VariantMap> parse_plain_variants(std::string_view text);

}  // namespace affix::detail

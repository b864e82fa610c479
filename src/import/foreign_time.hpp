#pragma once

#include <optional>
#include <string_view>

#include "affix/value/clock.hpp"

namespace affix::detail {

/// A time as other systems keep it: RFC 3339; what a database prints of its own type
/// (`2026-01-02 03:04:05.678+00`, in UTC where no zone is given); or whole seconds or, from 10^11
/// on, milliseconds since 1970. Nothing for anything else.
std::optional<TimePoint> parse_foreign_time(std::string_view text);

}  // namespace affix::detail

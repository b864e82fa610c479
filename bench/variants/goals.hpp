#pragma once

#include <optional>
#include <string_view>

namespace affix::bench {

/// How many times as fast as this peer affix wants to be; nothing where there is no goal.
std::optional<double> goal(std::string_view set, std::string_view source, std::string_view peer);

}  // namespace affix::bench

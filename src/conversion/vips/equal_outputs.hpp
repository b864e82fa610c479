#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "conversion/vips/render.hpp"

namespace affix::detail {

/// For each preset the index of the first one that gives the same bytes: its own, or that of one
/// with the same recipe, or with another size where the picture is too small for both.
std::vector<std::size_t> first_of_equals(const Base& base, std::span<const Preset> presets);

}  // namespace affix::detail

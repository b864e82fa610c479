#pragma once

#include <cstdint>
#include <span>

#include "affix/conversion/preset.hpp"
#include "conversion/scan/picture_facts.hpp"

namespace affix::detail {

/// About how many bytes a conversion takes while it runs, besides the file: what its decoder holds,
/// the picture that all variants are made of, and the largest of them, as many as there are cores.
std::int64_t estimate_memory(const PictureFacts& facts, std::span<const Preset> presets);

}  // namespace affix::detail

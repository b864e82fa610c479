#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "affix/conversion/preset.hpp"

// The sets of variants that are made of each source.

namespace affix::bench {

struct VariantSet {
  std::string name{};
  std::vector<Preset> presets{};
};

/// S1: thumb, card, large and a picture for link previews; S2: a ladder of nine widths; S3: S1 as
/// AVIF with affix's default effort; S3-same: with that of sharp; S4: a thumb alone.
/// Throws `std::invalid_argument` for another name.
VariantSet variant_set(std::string_view name);

/// The same for a peer: `name`, `width`, `height` (0: from the proportions), `fit`, `format`,
/// `extension`, `quality` and `effort`, all numbers as the peers' own options take them.
nlohmann::json as_request(const VariantSet& set);

}  // namespace affix::bench

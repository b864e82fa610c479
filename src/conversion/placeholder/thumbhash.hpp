#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "conversion/placeholder/cosines.hpp"

// What writing and reading a thumbhash share: which waves it keeps, in which order.

namespace affix::detail {

inline constexpr std::string_view thumbhash_prefix = "thumbhash:";
inline constexpr int most_waves = 7;             ///< Of the lightness, along the longer side.
inline constexpr int most_waves_with_alpha = 5;  ///< The same if there is transparency.
inline constexpr Waves color_waves{3, 3};        ///< Of yellow to blue, and of red to green.
inline constexpr Waves alpha_waves{5, 5};
inline constexpr std::size_t constants_size = 5;  ///< Bytes; one more with transparency.

/// Calls `visit` for the waves that are kept, a triangle of all: those that are fine in one
/// direction only. The mean is not among them.
template <class Visit>
void each_kept_wave(Waves waves, const Visit& visit) {
  for (int down = 0; down < waves.down; ++down) {
    for (int across = down == 0 ? 1 : 0; across * waves.down < waves.across * (waves.down - down);
         ++across) {
      visit(across, down);
    }
  }
}

/// At least three are kept, although the proportions are told by fewer.
inline Waves kept(Waves waves) { return {std::max(3, waves.across), std::max(3, waves.down)}; }

}  // namespace affix::detail

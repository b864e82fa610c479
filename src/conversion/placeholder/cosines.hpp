#pragma once

#include <vector>

#include "conversion/placeholder/planes.hpp"

namespace affix::detail {

/// Where a wave begins: in the middle of the first pixel, or at its edge.
enum class Phase { middle, edge };

/// How many waves there are, from left to right and from top to bottom.
struct Waves {
  int across = 1;
  int down = 1;
};

/// How much of each wave is in a plane: the mean of the plane times the wave. Row by row, the one
/// without any wave first.
std::vector<double> wave_shares(const Plane& plane, const SmallPicture& picture, Waves waves,
                                Phase phase);

/// The waves along one side, `length` numbers for each.
std::vector<double> waves_along(int length, int count, Phase phase);

}  // namespace affix::detail

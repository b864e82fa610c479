#pragma once

#include <vector>
#include <vips/vips8>

namespace affix::detail {

/// How an animation runs.
struct Timing {
  std::vector<int> delays{};  ///< Milliseconds, one for each frame; empty: no animation.
  int loop = 0;               ///< How often it runs; 0: for ever.
};

/// A variant that is ready to be encoded.
struct Rendering {
  vips::VImage pixels{};  ///< 8 bits per band, sRGB or grey; frames one below the other.
  int height = 0;         ///< Of one frame.
  Timing timing{};
};

}  // namespace affix::detail

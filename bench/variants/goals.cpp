#include "variants/goals.hpp"

#include <array>

namespace affix::bench {
namespace {

struct Goal {
  std::string_view set;
  std::string_view source;  ///< The beginning of its name.
  std::string_view peer;
  double speedup;
};

/// The first one that fits counts.
constexpr auto goals = std::to_array<Goal>({
    {"S1", "jpeg-2mp", "", 0},
    {"S1", "jpeg-6mp", "", 0},
    {"S1", "jpeg-48mp", "sharp-serial", 2.2},
    {"S1", "jpeg-cmyk", "sharp-serial", 5},
    {"S1", "jpeg-", "sharp-serial", 1.8},
    {"S1", "jpeg-", "sharp-clone", 1.3},
    {"S1", "png-alpha", "sharp-serial", 1.5},
    {"S1", "png-", "sharp-serial", 2},
    {"S1", "webp-", "sharp-serial", 2.5},
    {"S1", "avif-", "sharp-serial", 4},
    {"S2", "jpeg-48mp", "sharp-serial", 2.6},
    {"S2", "jpeg-12mp", "sharp-serial", 1.8},
    {"S3", "jpeg-", "sharp-serial", 7},
    {"S4", "jpeg-", "sharp-serial", 0.95},
});

}  // namespace

std::optional<double> goal(std::string_view set, std::string_view source, std::string_view peer) {
  for (const Goal& goal : goals) {
    if (goal.set != set || !source.starts_with(goal.source)) continue;
    if (!goal.peer.empty() && goal.peer != peer) continue;
    if (goal.speedup == 0) return std::nullopt;
    return goal.speedup;
  }
  return std::nullopt;
}

}  // namespace affix::bench

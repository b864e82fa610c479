#include "conversion/placeholder/cosines.hpp"

#include <cmath>
#include <numbers>

namespace affix::detail {
namespace {

/// For each wave from top to bottom: the columns of a plane, each row multiplied by what the wave
/// is there. Row by row, because a row fits into the fastest memory and a plane does not.
std::vector<double> column_sums(const Plane& plane, std::size_t width,
                                const std::vector<double>& waves) {
  const std::size_t height = plane.size() / width;
  std::vector<double> sums(waves.size() / height * width);
  for (std::size_t y = 0; y < height; ++y) {
    const double* row = &plane[y * width];
    for (std::size_t wave = 0; wave * height < waves.size(); ++wave) {
      const double factor = waves[wave * height + y];
      double* columns = &sums[wave * width];
      for (std::size_t x = 0; x < width; ++x) columns[x] += row[x] * factor;
    }
  }
  return sums;
}

}  // namespace

std::vector<double> waves_along(int length, int count, Phase phase) {
  const double start = phase == Phase::middle ? 0.5 : 0;
  std::vector<double> waves;
  waves.reserve(static_cast<std::size_t>(length) * static_cast<std::size_t>(count));
  for (int wave = 0; wave < count; ++wave) {
    for (int at = 0; at < length; ++at) {
      waves.push_back(std::cos(std::numbers::pi * wave * (at + start) / length));
    }
  }
  return waves;
}

// First the columns, then the rows: each pixel is touched once for each wave from top to bottom,
// instead of once for each pair of waves.
std::vector<double> wave_shares(const Plane& plane, const SmallPicture& picture, Waves waves,
                                Phase phase) {
  const auto width = static_cast<std::size_t>(picture.width);
  const std::vector<double> across = waves_along(picture.width, waves.across, phase);
  const std::vector<double> columns =
      column_sums(plane, width, waves_along(picture.height, waves.down, phase));
  std::vector<double> shares;
  for (std::size_t row = 0; row < columns.size(); row += width) {
    for (std::size_t wave = 0; wave < across.size(); wave += width) {
      double sum = 0;
      for (std::size_t x = 0; x < width; ++x) sum += columns[row + x] * across[wave + x];
      shares.push_back(sum / static_cast<double>(plane.size()));
    }
  }
  return shares;
}

}  // namespace affix::detail

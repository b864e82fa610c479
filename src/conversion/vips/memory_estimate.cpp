#include "conversion/vips/memory_estimate.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

#include "conversion/vips/geometry.hpp"

namespace affix::detail {
namespace {

constexpr std::int64_t program = 16 << 20;  // Tables, stacks, and what libraries keep.
constexpr std::int64_t channels = 4;
constexpr int rows_in_flight = 256;  // Of the source, between decoder and resizing.

/// The pixels as they are made and as the encoder takes them; AVIF's keeps many more.
std::int64_t encoding_bytes(const Preset& preset, Size size) {
  const std::int64_t copies = preset.format == ImageFormat::avif ? 12 : 3;
  return pixels_of(size) * channels * copies;
}

}  // namespace

std::int64_t estimate_memory(const PictureFacts& facts, std::span<const Preset> presets) {
  std::vector<std::int64_t> variants;
  std::int64_t base = 0;
  for (const Preset& preset : presets) {
    const Layout layout = plan_layout(facts.stored, preset);
    const std::int64_t frames = preset.frames == Frames::all ? facts.frames : 1;
    base = std::max(base, frames * std::min(pixels_of(layout.scaled), pixels_of(facts.stored)));
    variants.push_back(frames * encoding_bytes(preset, enclosing(layout.scaled, layout.result)));
  }
  std::ranges::sort(variants, std::greater<>());
  variants.resize(
      std::min<std::size_t>(variants.size(), std::max(1U, std::thread::hardware_concurrency())));
  std::int64_t bytes = program + facts.held_bytes + base * channels +
                       std::int64_t{facts.stored.width} * channels * rows_in_flight;
  for (const std::int64_t variant : variants) bytes += variant;
  return bytes;
}

}  // namespace affix::detail

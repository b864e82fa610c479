#include "conversion/vips/memory_estimate.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

#include "conversion/scan/scan_picture.hpp"
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
  const bool is_turned = displayed_size(facts) != facts.stored;
  std::vector<std::int64_t> variants;
  Size base{};
  std::int64_t frames_of_base = 1;
  for (const Preset& preset : presets) {
    const auto [layout, resized] = plan(facts.stored, is_turned, preset);
    const std::int64_t frames = preset.frames == Frames::all ? facts.frames : 1;
    base = enclosing(base, resized);
    frames_of_base = std::max(frames_of_base, frames);
    variants.push_back(frames * encoding_bytes(preset, enclosing(layout.scaled, layout.result)));
  }
  base = {std::min(base.width, facts.stored.width), std::min(base.height, facts.stored.height)};
  std::ranges::sort(variants, std::greater<>());
  variants.resize(
      std::min<std::size_t>(variants.size(), std::max(1U, std::thread::hardware_concurrency())));
  const std::int64_t bytes_of_pixel = std::int64_t{facts.channels} * ((facts.bits + 7) / 8);
  std::int64_t bytes = program + facts.held_bytes +
                       frames_of_base * pixels_of(base) * bytes_of_pixel +
                       std::int64_t{facts.stored.width} * bytes_of_pixel * rows_in_flight;
  for (const std::int64_t variant : variants) bytes += variant;
  return bytes;
}

}  // namespace affix::detail

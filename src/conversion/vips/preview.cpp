#include "conversion/vips/preview.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "affix/value/error.hpp"
#include "conversion/vips/color.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/reduce.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

/// More would show in no placeholder, and take longer.
constexpr int longer_side = 64;

Preset preview_preset() {
  return {.name = "preview",
          .width = longer_side,
          .height = longer_side,
          .fit = Fit::inside,
          .format = ImageFormat::png};
}

VImage with_four_bands(const VImage& image) {
  const VImage colored = in_color(image);
  return colored.has_alpha() ? colored : colored.bandjoin_const({255});
}

Size preview_size(const VImage& image) {
  const double scale = std::min(1.0, double(longer_side) / std::max(image.width(), image.height()));
  const auto side = [scale](int whole) {
    return std::max(1, static_cast<int>(std::lround(whole * scale)));
  };
  return {side(image.width()), side(image.height())};
}

SmallPicture copied(const VImage& image) {
  constexpr std::size_t bands = 4;
  const auto* first = static_cast<const std::uint8_t*>(image.data());
  const std::size_t size = bands * std::size_t(image.width()) * std::size_t(image.height());
  return {.width = image.width(), .height = image.height(), .pixels = {first, first + size}};
}

}  // namespace

std::vector<Preset> or_preview(std::span<const Preset> presets) {
  if (presets.empty()) return {preview_preset()};
  return {presets.begin(), presets.end()};
}

std::optional<SmallPicture> preview_of(const Base& base) {
  if (!can_be_reduced(base.pixels)) return std::nullopt;
  try {
    return copied(with_four_bands(averaged(base.pixels, preview_size(base.pixels)).autorot()));
  } catch (const vips::VError& error) {
    static_cast<void>(take_error_text(error));
    return std::nullopt;
  }
}

}  // namespace affix::detail

#include "conversion/vips/preview.hpp"

#include <memory>

#include "affix/value/error.hpp"
#include "conversion/vips/library.hpp"

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
  const VImage colored = image.colourspace(VIPS_INTERPRETATION_sRGB);
  return colored.has_alpha() ? colored : colored.bandjoin_const({255});
}

SmallPicture copied(const VImage& image) {
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> bytes(
      image.cast(VIPS_FORMAT_UCHAR).write_to_memory(&size), &g_free);
  const auto* first = static_cast<const std::uint8_t*>(bytes.get());
  return {.width = image.width(), .height = image.height(), .pixels = {first, first + size}};
}

}  // namespace

std::vector<Preset> or_preview(std::span<const Preset> presets) {
  if (presets.empty()) return {preview_preset()};
  return {presets.begin(), presets.end()};
}

std::optional<SmallPicture> preview_of(const Base& base, const Deadline& deadline) {
  try {
    const Preset preset = preview_preset();
    return copied(with_four_bands(render(base, preset, preset.format, deadline).pixels));
  } catch (const vips::VError& error) {
    static_cast<void>(take_error_text(error));
    return std::nullopt;
  }
}

}  // namespace affix::detail

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "affix/conversion/placeholder.hpp"
#include "conversion/vips/render.hpp"

namespace affix::detail {

/// The presets that the base is made for: these, or the preview's if there are none. A base that is
/// smaller than a preview will do for one, and a larger one would spoil small variants, which would
/// be shrunk twice.
std::vector<Preset> or_preview(std::span<const Preset> presets);

/// The picture as it is displayed, at most 64 pixels on a side. Nothing if that fails.
std::optional<SmallPicture> preview_of(const Base& base);

}  // namespace affix::detail

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "affix/conversion/placeholder.hpp"
#include "conversion/vips/render.hpp"

namespace affix::detail {

/// The presets and one more, so that the base is large enough for a preview as well.
std::vector<Preset> with_preview(std::span<const Preset> presets);

/// The picture as it is displayed, at most 64 pixels on a side. Nothing if that fails.
std::optional<SmallPicture> preview_of(const Base& base, const Deadline& deadline);

}  // namespace affix::detail

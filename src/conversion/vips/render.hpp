#pragma once

#include <optional>
#include <span>
#include <vector>
#include <vips/vips8>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/deadline.hpp"
#include "conversion/vips/picture.hpp"
#include "conversion/vips/rendering.hpp"

namespace affix::detail {

struct Animation {
  std::vector<vips::VImage> frames{};  ///< Of the kind and size of `Base::pixels`.
  Timing timing{};
};

/// What all variants of a picture are made of.
struct Base {
  /// In memory: 8 bits per band, sRGB or grey, as stored with the EXIF orientation beside them.
  /// Only as large as the largest variant needs. The first frame of an animation.
  vips::VImage pixels;
  Size stored{};                         ///< Of the picture itself.
  std::optional<Animation> animation{};  ///< If a preset wants all frames and there are several.
};

/// Reads the picture once, for all of these presets, of which there is at least one.
/// Throws `Errc::invalid_content`, and `Errc::conversion_failed` when the time is over.
Base make_base(const Picture& picture, std::span<const Preset> presets, const Deadline& deadline);

/// How a preset resizes and cuts the picture, as it will be seen.
Layout layout_of(const Base& base, const Preset& preset);

/// The picture of a variant, ready to be encoded as `format`.
/// Throws `Errc::conversion_failed` for a variant that would be too large or whose watermark cannot
/// be read, and `vips::VError`.
Rendering render(const Base& base, const Preset& preset, ImageFormat format,
                 const Deadline& deadline);

}  // namespace affix::detail

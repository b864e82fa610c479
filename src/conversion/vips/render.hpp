#pragma once

#include <span>
#include <vips/vips8>

#include "affix/conversion/preset.hpp"
#include "conversion/vips/picture.hpp"

namespace affix::detail {

/// What all variants of a picture are made of.
struct Base {
  /// In memory: 8 bits per band, sRGB or grey, as stored with the EXIF orientation beside them.
  /// Only as large as the largest variant needs.
  vips::VImage pixels;
  Size stored{};  ///< Of the picture itself.
};

/// Reads the picture once, for all of these presets; without presets to see that it is complete.
/// Throws `Errc::invalid_content`.
Base make_base(const Picture& picture, std::span<const Preset> presets);

/// The picture of a variant, ready to be encoded as `format`: 8 bits per band, sRGB or grey.
/// Throws `Errc::conversion_failed` for a variant that would be too large, and `vips::VError`.
vips::VImage render(const Base& base, const Preset& preset, ImageFormat format);

}  // namespace affix::detail

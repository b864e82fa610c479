#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "affix/conversion/preset.hpp"

namespace affix {

/// A picture small enough to make or to show a placeholder.
struct SmallPicture {
  int width = 0;   ///< 1 to 100 pixels.
  int height = 0;  ///< 1 to 100 pixels.
  /// Row by row from the top, four bytes for each pixel: red, green, blue (not premultiplied), and
  /// alpha.
  std::vector<std::uint8_t> pixels{};

  bool operator==(const SmallPicture&) const = default;
};

/// How much of a picture a blurhash keeps: waves from left to right and from top to bottom, 1 to 9
/// each. It gets 4 characters for the colour, 2 for itself, and 2 for each further pair.
struct BlurhashDetail {
  int across = 4;
  int down = 3;

  bool operator==(const BlurhashDetail&) const = default;
};

/// Whether the mean colour of a picture is wanted.
enum class ColorPreview { none, mean };

/// The previews that are made beside the thumbhash, which always is.
struct PreviewOptions {
  std::optional<BlurhashDetail> blurhash{};  ///< Nothing: none is made.
  ColorPreview color = ColorPreview::none;

  bool operator==(const PreviewOptions&) const = default;
};

/// Throws `Errc::invalid_argument` with `where().member` for a detail that is not 1 to 9.
void check(const PreviewOptions& options);

// All of these are pure, and safe from many threads. A picture whose sides are out of bounds or
// that has another number of bytes is `Errc::invalid_argument`.

/// A thumbhash as an attachment keeps it: `thumbhash:` and 8 to 36 characters of base64. Shows the
/// picture as 32 pixels would, its proportions and transparency included. The same as Evan
/// Wallace's program makes, except for pictures of one colour, of which that one keeps the rounding
/// errors.
std::string thumbhash(const SmallPicture& picture);
/// What a thumbhash shows, 32 pixels on the longer side. Nothing for a text that is none, with
/// its `thumbhash:`; whatever else the text is.
std::optional<SmallPicture> render_thumbhash(std::string_view placeholder);
/// The mean colour that a thumbhash keeps, in fewer levels. Nothing for a text that is none.
std::optional<Color> thumbhash_color(std::string_view placeholder);

/// A blurhash, e.g. `LEHV6nWB2yk8pyo0adR*.7kCMdnj`. It knows no transparency: what is transparent
/// has the mean colour. `Errc::invalid_argument` for a detail that is not 1 to 9.
std::string blurhash(const SmallPicture& picture, BlurhashDetail detail = {});

/// The mean colour of what can be seen, e.g. `#a0b0c0`; a pixel counts as much as it is opaque.
/// Empty if all of it is transparent.
std::string mean_color(const SmallPicture& picture);

}  // namespace affix

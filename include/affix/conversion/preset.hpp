#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace affix {

/// How a picture meets the box of a preset.
enum class Fit {
  cover,    ///< Fills the box; what sticks out is cut off (see `Position`).
  contain,  ///< The whole picture inside of the box, the rest filled with the background.
  fill,     ///< Stretched to the box, whatever that does to the proportions.
  inside,   ///< As large as fits into the box; no side is filled up.
  outside,  ///< As small as covers the box; nothing is cut off.
};

enum class ImageFormat { jpeg, png, webp, avif, gif, tiff, keep };

/// What `cover` keeps and where `contain` puts the picture.
enum class Position {
  center,
  top,
  right_top,
  right,
  right_bottom,
  bottom,
  left_bottom,
  left,
  left_top,
  attention,  ///< `cover` only: the part that draws the eye. `contain`: as `center`.
  entropy,    ///< `cover` only: the part with most detail. `contain`: as `center`.
};

/// Whether a picture may become larger than it is.
enum class Enlarge {
  never,    ///< `cover` and `fill`: the box shrinks to the largest one of its proportions that the
            ///< picture covers. `contain` keeps its box; the picture in it stays as small as it is.
  allowed,  ///< A small picture grows until it meets the box.
};

enum class Flip { none, horizontal, vertical, both };

enum class Tone { color, grayscale };

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t alpha = 255;  ///< 0 transparent to 255 opaque; formats without alpha ignore it.

  bool operator==(const Color&) const = default;
};

/// The recipe of a variant.
struct Preset {
  /// 1 to 64 of `[A-Za-z0-9_-]`; the name of the variant, a part of its path.
  std::string name{};
  /// The box in pixels, 0 to 16,384. One of them 0: it follows from the other and the proportions,
  /// with every fit. Both 0: the size of the picture. Sides are rounded half up and never 0.
  int width = 0;
  int height = 0;
  /// A ladder for `srcset`: instead of one variant, one for each of these widths, called
  /// `name-320` … At most 32 different ones of 1 to 16,384 pixels, in any order; the heights follow
  /// from the proportions, so `width` and `height` stay 0, and nothing is enlarged. See `rungs`.
  std::vector<int> widths{};
  Fit fit = Fit::cover;
  /// `keep`: the format of the source if a variant can have it, else png with and jpeg without
  /// transparency.
  ImageFormat format = ImageFormat::webp;
  /// 1 to 100. 0: the default of the format, jpeg 80, webp 80, avif 50; png, gif and tiff have
  /// none.
  int quality = 0;
  /// How hard the encoder tries, 1 (fast) to 9 (small). 0: the default of the format.
  int effort = 0;
  Position position = Position::center;
  /// Behind a `contain` picture, its transparent parts included, and behind transparency where the
  /// format has none (white if not given). Without one, `contain` is filled up transparent where
  /// the format can, else white.
  std::optional<Color> background{};
  Enlarge enlarge = Enlarge::never;
  int rotate = 0;           ///< 0, 90, 180 or 270 degrees clockwise, before resizing.
  Flip flip = Flip::none;   ///< After rotating.
  double blur = 0;          ///< Gaussian, sigma in pixels of the result, 0 to 100.
  double sharpen = 0;       ///< Sigma in pixels of the result, 0 to 10.
  Tone tone = Tone::color;  ///< Of the whole variant, background included.

  bool operator==(const Preset&) const = default;
};

/// Throws `Errc::invalid_argument` with `where().variant` and `where().member` for a preset that
/// breaks a bound above.
void check(const Preset& preset);

/// Eight hex digits that stand for the recipe without its name: the same for equal recipes, today
/// and in every later version, and another for another recipe (as far as 32 bits can tell).
/// Members that have their default do not count, so that new members change no digest.
std::string digest(const Preset& preset);

std::string_view mime_type(ImageFormat format);  ///< Empty for `keep`.
std::string_view extension(ImageFormat format);  ///< `jpg`, `png` …; empty for `keep`.

}  // namespace affix

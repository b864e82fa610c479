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

/// What of an animation gets into a variant.
enum class Frames {
  first,
  all,  ///< Where the format can be animated, which webp and gif can; else the first.
};

/// What an encoder does with pixels.
enum class Compression {
  lossy,
  lossless,  ///< Every pixel stays what it is; webp only, the other formats ignore it.
};

/// Which balance of size, quality and time the members of a preset mean that are not given.
enum class Profile {
  compatible,  ///< As other programs do it: webp quality 80 effort 4 of 6, avif 50 effort 4.
  balanced,    ///< As `compatible`, but avif at effort 3, which takes a quarter of the time.
  fast,        ///< webp 81 at effort 2, avif 52 at effort 2 with half the resolution of colours.
};

/// A point of a picture as the preset turns it: 0, 0 is left above, 1, 1 right below.
struct FocalPoint {
  double x = 0.5;  ///< 0 to 1, of the width.
  double y = 0.5;  ///< 0 to 1, of the height.

  bool operator==(const FocalPoint&) const = default;
};

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t alpha = 255;  ///< 0 transparent to 255 opaque; formats without alpha ignore it.

  bool operator==(const Color&) const = default;
};

/// A picture on top of every variant of a preset. It lies at a side or in a corner without a
/// margin: one that is wanted belongs to the picture, as transparency.
struct Watermark {
  /// A whole JPEG, PNG, WebP or GIF, 1 byte to 1 MiB, at most 16 million pixels. What cannot be
  /// read is found out when a variant is made, which is `Errc::conversion_failed` then. Presets are
  /// values: each copy has its own bytes.
  std::string bytes{};
  Position position = Position::right_bottom;  ///< A side, a corner or `center`.
  double opacity = 1;                          ///< 0 (not to be seen) to 1 (as it is).
  /// Of the variant's width that the watermark takes, more than 0 to 1; smaller where it would be
  /// higher than the variant. It is enlarged if it is too small.
  double width = 0.25;

  bool operator==(const Watermark&) const = default;
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
  /// 1 to 100. 0: that of the profile, jpeg 80, webp and avif as it says; png, gif and tiff have
  /// none. A quality of avif is passed on as it is; those of the profiles are for libaom 3.9, and
  /// 3 more (`compatible`: none) are added for an older one, which makes less of a quality.
  int quality = 0;
  /// How hard the encoder tries, 1 (fast) to 9 (small). 0: that of the profile.
  int effort = 0;
  Position position = Position::center;
  /// `cover` only, and instead of `position`: what is as near to the middle of the variant as the
  /// picture's edges allow.
  std::optional<FocalPoint> focal_point{};
  /// Behind a `contain` picture, its transparent parts included, and behind transparency where the
  /// format has none (white if not given). Without one, `contain` is filled up transparent where
  /// the format can, else white.
  std::optional<Color> background{};
  Enlarge enlarge = Enlarge::never;
  int rotate = 0;           ///< 0, 90, 180 or 270 degrees clockwise, before resizing.
  Flip flip = Flip::none;   ///< After rotating.
  double blur = 0;          ///< Gaussian, sigma in pixels of the result, 0 to 100.
  double sharpen = 0;       ///< Sigma in pixels of the result, 0 to 10.
  Tone tone = Tone::color;  ///< Of the whole variant, background and watermark included.
  Frames frames = Frames::first;
  Compression compression = Compression::lossy;
  std::optional<Watermark> watermark{};
  /// Empty: the manager's, or without one `balanced`.
  std::optional<Profile> profile{};

  bool operator==(const Preset&) const = default;
};

/// Throws `Errc::invalid_argument` with `where().variant` and `where().member` for a preset that
/// breaks a bound above.
void check(const Preset& preset);

/// Eight hex digits that stand for the recipe without its name: the same for equal recipes, today
/// and in every later version, and another for another recipe (as far as 32 bits can tell).
/// Members that have their default do not count, so that new members change no digest. Of a
/// watermark's bytes a hash counts, which takes about a millisecond for each of their megabytes.
std::string digest(const Preset& preset);

std::string_view mime_type(ImageFormat format);  ///< Empty for `keep`.
std::string_view extension(ImageFormat format);  ///< `jpg`, `png` …; empty for `keep`.

}  // namespace affix

#pragma once

#include <cstddef>
#include <cstdint>

#include "conversion/scan/byte_reader.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// What a picture says about itself, found without decoding anything. All of it is a claim of the
/// file, except that what is claimed to be in the file is there.
struct PictureFacts {
  Size stored{};   ///< Of the picture, or of its first page; without the orientation.
  Size largest{};  ///< The longest width and height of all that a decoder may have to make room
                   ///< for: screen, pages, tiles, previews. At least `stored`.
  std::int64_t frames = 1;  ///< Of an animation; pages of a document.
  int orientation = 1;      ///< As EXIF counts: 1 is upright, 5 to 8 lie on their side.
  int bits = 8;             ///< Of a channel.
  int channels = 4;         ///< Of a pixel, at most. Those beyond alpha are decoded, too.
  bool has_alpha = false;
  bool is_progressive = false;      ///< Comes in several passes; PNG calls it interlaced.
  std::uint64_t profile_bytes = 0;  ///< Of the colour profile, as stored; 0 if there is none.
  /// About how much memory a decoder needs to hold the whole picture; 0 if it reads row by row.
  std::int64_t held_bytes = 0;
};

/// A side that a format gives as a number without a sign. Throws `Errc::invalid_content` for 0 and
/// for what no format allows.
int read_side(std::uint64_t side);

/// The wider and the higher of both.
Size enclosing(Size first, Size second);

std::int64_t pixels_of(Size size);

/// What all pixels need together; the largest number if it would be more.
std::int64_t bytes_of(Size size, std::int64_t bytes_per_pixel);

}  // namespace affix::detail

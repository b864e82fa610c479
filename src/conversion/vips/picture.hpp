#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vips/vips8>

#include "affix/conversion/vips_converter.hpp"
#include "conversion/scan/picture_facts.hpp"
#include "conversion/vips/geometry.hpp"

namespace affix::detail {

/// A picture whose header has been read. Refers to the bytes that it was opened with.
struct Picture {
  vips::VImage image;  ///< As stored.
  std::span<const std::byte> bytes{};
  std::string_view mime_type{};
  Size stored{};
  Size displayed{};  ///< After EXIF rotation.
  int frames = 1;
  /// What the scan has found, which an inspection has told; libvips may have understood it in
  /// another way. 0 where libvips turns the picture by itself, or there is no scan.
  int orientation = 0;
};

/// Looks through the file without libvips, as far as there is a scanner for its type; otherwise
/// nothing is known of it. Throws
/// `Errc::invalid_content` for a broken one, `Errc::too_large` beyond the limits.
PictureFacts scan_bytes(std::span<const std::byte> bytes, std::string_view mime_type,
                        const VipsConverterOptions& limits);

/// Reads the header with the loader for `mime_type`, and no other; to be called after
/// `scan_bytes`. Throws `Errc::unsupported` for a type without a loader, `Errc::invalid_content`
/// for a broken header, `Errc::too_large` beyond the limits.
Picture open_picture(std::span<const std::byte> bytes, std::string_view mime_type,
                     const VipsConverterOptions& limits);

/// Whether its frames are of one size and follow each other in time: pages do not.
bool is_animated(const Picture& picture);

/// The pixels of the (first) frame, to be read once and from top to bottom. Where the format can be
/// decoded at a smaller scale, which is faster, they are fewer, but not fewer than `least` on
/// either side. Throws `vips::VError`.
vips::VImage pixels_of(const Picture& picture, Size least);

/// The pixels of all frames of an animation, one below the other, to be read in the same way.
/// Throws `vips::VError`.
vips::VImage frames_of(const Picture& picture);

/// Whether EXIF says that width and height change places when it is displayed.
bool is_turned(const vips::VImage& image);

}  // namespace affix::detail

#pragma once

#include <atomic>
#include <vips/vips8>

#include "conversion/vips/deadline.hpp"

namespace affix::detail {

/// Sees whether all pixels could be read that pass it. The worker threads of libvips 8.14 lose an
/// error in the last rows now and then, and a picture that is cut off would pass as a whole one.
/// Must live as long as images that were put on it are computed.
class PixelTap {
 public:
  PixelTap() = default;
  PixelTap(const PixelTap&) = delete;
  PixelTap& operator=(const PixelTap&) = delete;

  /// The same pixels, read through this. Throws `vips::VError`.
  vips::VImage on(const vips::VImage& image);

  bool has_failed() const noexcept { return has_failed_; }

 private:
  static int pass(VipsRegion* to, void* from, void* image, void* tap, gboolean* stop);

  std::atomic<bool> has_failed_ = false;
};

/// Computes an image of what passes the tap, in memory; on idle cores of the process as well.
/// Throws `vips::VError`, for pixels that are not there as well, and `Errc::conversion_failed` when
/// the time is over.
vips::VImage read_pixels(const vips::VImage& image, const PixelTap& tap, const Deadline& deadline);

}  // namespace affix::detail

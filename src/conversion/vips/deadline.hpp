#pragma once

#include <chrono>
#include <vips/vips8>

namespace affix::detail {

/// When a conversion has to be over.
class Deadline {
 public:
  explicit Deadline(double seconds);

  bool is_over() const noexcept;
  /// Throws `Errc::conversion_failed` if it is over.
  void check() const;

 private:
  std::chrono::steady_clock::time_point end_;
};

/// Has libvips give up what it computes for `image` when the time is over, as long as this lives:
/// then that is a `vips::VError`.
class Watch {
 public:
  Watch(const vips::VImage& image, const Deadline& deadline);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

 private:
  vips::VImage image_;
  gulong handler_;
};

/// Computes the pixels in memory, unless they are there already. Throws `vips::VError`, also when
/// the time is over.
vips::VImage computed(const vips::VImage& image, const Deadline& deadline);

}  // namespace affix::detail

#include "conversion/vips/deadline.hpp"

#include <algorithm>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

constexpr double longest = 1e9;  // Seconds; more would be beyond the clock.

void give_up(VipsImage* image, VipsProgress*, gpointer deadline) {
  if (static_cast<const Deadline*>(deadline)->is_over()) vips_image_set_kill(image, TRUE);
}

}  // namespace

Deadline::Deadline(double seconds)
    : end_(std::chrono::steady_clock::now() +
           std::chrono::duration_cast<std::chrono::steady_clock::duration>(
               std::chrono::duration<double>(std::clamp(seconds, 0.0, longest)))) {}

bool Deadline::is_over() const noexcept { return std::chrono::steady_clock::now() >= end_; }

void Deadline::check() const {
  if (is_over()) throw Error(Errc::conversion_failed, "The conversion takes too long");
}

Watch::Watch(const vips::VImage& image, const Deadline& deadline) : image_(image) {
  // What libvips derives from an image tells it, and not itself, how far it is: an image that was
  // derived from a watched one would never be heard.
  vips_image_set_progress(image_.get_image(), FALSE);
  vips_image_set_progress(image_.get_image(), TRUE);
  // The handler only reads it.
  handler_ = g_signal_connect(image_.get_image(), "eval", G_CALLBACK(give_up),
                              const_cast<Deadline*>(&deadline));
}

vips::VImage computed(const vips::VImage& image, const Deadline& deadline) {
  if (vips_image_ispartial(image.get_image()) == 0) return image;
  const vips::VImage watched = image.copy();  // Others may be at work on the same image.
  const Watch watch(watched, deadline);
  vips::VImage pixels = watched.copy_memory();
  vips_image_set_progress(pixels.get_image(), FALSE);
  return pixels;
}

Watch::~Watch() {
  g_signal_handler_disconnect(image_.get_image(), handler_);
  vips_image_set_progress(image_.get_image(), FALSE);
}

}  // namespace affix::detail

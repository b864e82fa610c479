#include "conversion/vips/deadline.hpp"

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

void give_up(VipsImage* image, VipsProgress*, gpointer deadline) {
  if (static_cast<const Deadline*>(deadline)->is_over()) vips_image_set_kill(image, TRUE);
}

}  // namespace

Deadline::Deadline(double seconds)
    : end_(std::chrono::steady_clock::now() +
           std::chrono::duration_cast<std::chrono::steady_clock::duration>(
               std::chrono::duration<double>(seconds))) {}

bool Deadline::is_over() const noexcept { return std::chrono::steady_clock::now() >= end_; }

void Deadline::check() const {
  if (is_over()) throw Error(Errc::conversion_failed, "The conversion takes too long");
}

Watch::Watch(const vips::VImage& image, const Deadline& deadline) : image_(image) {
  vips_image_set_progress(image_.get_image(), TRUE);
  // The handler only reads it.
  handler_ = g_signal_connect(image_.get_image(), "eval", G_CALLBACK(give_up),
                              const_cast<Deadline*>(&deadline));
}

vips::VImage computed(const vips::VImage& image, const Deadline& deadline) {
  const Watch watch(image, deadline);
  return image.copy_memory();
}

Watch::~Watch() { g_signal_handler_disconnect(image_.get_image(), handler_); }

}  // namespace affix::detail

#include "conversion/vips/row_reader.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "conversion/vips/parallel.hpp"

namespace affix::detail {
namespace {

using vips::VImage;
using Take = std::function<void(const void* row)>;

constexpr int rows_at_once = 16;

/// A place of libvips for some rows; what is in it stays until others are read into it.
class Strip {
 public:
  explicit Strip(const VImage& image) : region_(vips_region_new(image.get_image())) {
    if (!region_) throw vips::VError();
  }

  void read(int top) {
    const int height = region_->im->Ysize;
    part_ = {0, top, region_->im->Xsize, std::min(rows_at_once, height - top)};
    if (vips_region_prepare(region_.get(), &part_) != 0) throw vips::VError();
  }

  void give(const Take& take) const {
    for (int row = part_.top; row < part_.top + part_.height; ++row) {
      take(VIPS_REGION_ADDR(region_.get(), 0, row));
    }
  }

 private:
  struct Release {
    void operator()(VipsRegion* region) const { g_object_unref(region); }
  };
  std::unique_ptr<VipsRegion, Release> region_;
  VipsRect part_{};  ///< What was asked for; the region may have more.
};

/// Some strips, and a thread that gives them away in the order in which they were read.
class Giver {
 public:
  Giver(const VImage& image, const Take& take)
      : take_(take), strips_{Strip(image), Strip(image), Strip(image)}, thread_([this] {
          run();
        }) {}
  Giver(const Giver&) = delete;
  Giver& operator=(const Giver&) = delete;
  ~Giver() { end(); }

  /// The next one to read into, when it has been given away.
  Strip& await_room() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return read_ - given_ < strips_.size(); });
    return strips_[read_ % strips_.size()];
  }

  /// What `await_room` has returned last is full.
  void put() {
    const std::lock_guard lock(mutex_);
    ++read_;
    changed_.notify_all();
  }

  void finish() {
    end();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void end() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }

  const Strip* next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return given_ < read_ || is_over_; });
    return given_ < read_ ? &strips_[given_ % strips_.size()] : nullptr;
  }

  void run() {
    while (const Strip* strip = next()) {
      try {
        if (!failure_) strip->give(take_);
      } catch (...) {
        failure_ = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      ++given_;
      changed_.notify_all();
    }
  }

  const Take& take_;
  std::array<Strip, 3> strips_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t read_ = 0;
  std::size_t given_ = 0;
  bool is_over_ = false;
  std::exception_ptr failure_;  ///< The thread's, until it is over.
  std::thread thread_;
};

void read_and_give(const VImage& image, const Deadline& deadline, const Take& take) {
  Strip strip(image);
  for (int top = 0; top < image.height(); top += rows_at_once) {
    deadline.check();
    strip.read(top);
    strip.give(take);
  }
}

void read_while_giving(const VImage& image, const Deadline& deadline, Giver& giver) {
  for (int top = 0; top < image.height(); top += rows_at_once) {
    deadline.check();
    giver.await_room().read(top);
    giver.put();
  }
  giver.finish();
}

/// Whether it pays to have a thread: not for a small picture, nor for one that is in memory.
bool is_long_work(const VImage& image) {
  constexpr std::int64_t many = 500'000;
  return vips_image_ispartial(image.get_image()) != 0 &&
         std::int64_t{image.width()} * image.height() >= many;
}

}  // namespace

void each_row(const VImage& image, const Deadline& deadline, const Take& take) {
  if (vips_image_pio_input(image.get_image()) != 0) throw vips::VError();
  const IdleCores cores(is_long_work(image) ? 1 : 0);
  if (cores.taken() == 0) return read_and_give(image, deadline, take);
  std::optional<Giver> giver;
  try {
    giver.emplace(image, take);
  } catch (const std::system_error&) {  // As many threads as there can be.
    return read_and_give(image, deadline, take);
  }
  read_while_giving(image, deadline, *giver);
}

}  // namespace affix::detail

#pragma once

#include <chrono>
#include <future>
#include <memory>

#include "support/album.hpp"
#include "support/album_promises.hpp"

namespace affix::tests {

/// Somebody else who reaps an album: with a session, a manager and a thread of their own, a clock
/// that is past the grace, and no delay before anything is removed.
class OtherReaper {
 public:
  /// `connect` opens a session.
  OtherReaper(const Album& album, std::shared_ptr<Disk> disk,
              const std::function<void(soci::session&)>& connect)
      : album_(album),
        files_({.disks = {{"local", std::move(disk)}},
                .ledger = detail::ManagerAccess::core(album.files).options().ledger,
                .clock = clock_}) {
    connect(sql_);
  }
  OtherReaper(const OtherReaper&) = delete;
  OtherReaper& operator=(const OtherReaper&) = delete;
  ~OtherReaper() {
    if (running_.valid()) running_.wait();
  }

  /// Reaps. Comes back when that is done, or has to wait for a lock that the caller may hold.
  void reap_meanwhile(Leftover leftover) {
    finish();
    clock_->advance(
        std::chrono::duration_cast<std::chrono::milliseconds>(album_.clock.now() - clock_->now()) +
        std::chrono::hours(25));
    running_ = std::async(std::launch::async, [this, leftover] { return reap_once(leftover); });
    const bool done = running_.wait_for(patience) == std::future_status::ready;
    if (done && running_.get()) ++undisturbed_;
  }

  /// Waits for what is still going on: when the caller holds no lock any more.
  void finish() {
    if (running_.valid()) static_cast<void>(running_.get());
  }

  /// How often everything was reaped that was due, while the caller waited.
  int undisturbed() const { return undisturbed_; }

 private:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr std::chrono::milliseconds patience{250};
#else
  static constexpr std::chrono::milliseconds patience{50};
#endif

  /// False if somebody was in the way.
  bool reap_once(Leftover leftover) {
    ReapOptions options{.purge_delay = {}, .lease = {}};
    if (leftover == Leftover::given_up) options.fields = {album_.avatar};
    try {
      const ReapResult done = reap(sql_, files_, options);
      return !done.more;
    } catch (const Error& error) {
      if (error.code() != Errc::database && error.code() != Errc::conflict) throw;
      return false;
    }
  }

  const Album& album_;
  std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  AttachmentManager files_;
  soci::session sql_;
  std::future<bool> running_;
  int undisturbed_ = 0;
};

}  // namespace affix::tests

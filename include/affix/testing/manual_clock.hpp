#pragma once

#include <atomic>
#include <chrono>

#include "affix/value/clock.hpp"

namespace affix::testing {

/// A clock that stands still until it is moved. Safe from many threads.
class ManualClock : public Clock {
 public:
  explicit ManualClock(TimePoint start = TimePoint(std::chrono::milliseconds(1767225600000)))
      : now_(start) {}  // 2026-01-01T00:00:00Z

  TimePoint now() const override { return now_.load(); }
  void advance(std::chrono::milliseconds by) { now_.store(now_.load() + by); }

 private:
  std::atomic<TimePoint> now_;
};

}  // namespace affix::testing

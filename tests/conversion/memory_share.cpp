#include "conversion/vips/memory_share.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "catch.hpp"

using affix::detail::MemoryShare;

TEST_CASE("the shares of memory that are out never exceed what there is") {
  std::atomic<int> out = 0;
  std::atomic<int> most = 0;
  const auto work = [&](int bytes) {
    for (int i = 0; i < 2'000; ++i) {
      const MemoryShare share(bytes, 100, 60);
      const int now = out += bytes;
      int before = most.load();
      while (before < now && !most.compare_exchange_weak(before, now)) {
      }
      out -= bytes;
    }
  };
  std::vector<std::thread> threads;
  for (const int bytes : {30, 45, 60, 100}) threads.emplace_back(work, bytes);
  for (std::thread& thread : threads) thread.join();
  CHECK(most <= 100);
  CHECK(most >= 60);
  CHECK(out == 0);
}

namespace {

/// Whether somebody who needs `second` of 100 waits for one who needs `first`, and goes on then.
bool waits(std::int64_t first, std::int64_t second) {
  std::atomic<bool> has_it = false;
  std::thread other;
  bool had_it_at_once = false;
  {
    const MemoryShare share(first, 100, 60);
    other = std::thread([&] {
      const MemoryShare another(second, 100, 60);
      has_it = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    had_it_at_once = has_it;
  }
  other.join();
  return has_it && !had_it_at_once;
}

}  // namespace

TEST_CASE("who needs memory that others have waits, and goes on when it is given back") {
  CHECK(waits(60, 60));
  CHECK(waits(100, 1));
}

TEST_CASE("who needs more memory than there is works alone") {
  CHECK(waits(500, 1));
  CHECK(waits(1, 500));
}

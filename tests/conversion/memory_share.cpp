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
      const MemoryShare share(bytes, 100);
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

TEST_CASE("who needs more memory than there is works alone") {
  std::atomic<bool> has_it = false;
  std::thread other;
  {
    const MemoryShare share(500, 100);
    other = std::thread([&] {
      const MemoryShare second(1, 100);
      has_it = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK_FALSE(has_it);
  }
  other.join();
  CHECK(has_it);
}

TEST_CASE("who waits for memory goes on when it is given back") {
  std::atomic<bool> has_it = false;
  std::thread other;
  {
    const MemoryShare share(60, 100);
    other = std::thread([&] {
      const MemoryShare second(60, 100);
      has_it = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK_FALSE(has_it);
  }
  other.join();
  CHECK(has_it);
}

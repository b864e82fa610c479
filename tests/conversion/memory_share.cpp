#include "conversion/vips/memory_share.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "conversion/vips/memory_estimate.hpp"

using affix::detail::estimate_memory;
using affix::detail::MemoryShare;
using affix::detail::PictureFacts;

TEST_CASE("the memory of a picture is estimated as it is seen and turned") {
  const std::int64_t pixels = 2'560LL * 13'747;
  const std::vector<affix::Preset> wide{{.name = "wide", .width = 2'560}};
  const PictureFacts lying{.stored = {16'384, 3'051}, .orientation = 6};
  CHECK(estimate_memory(lying, wide) > pixels * 16);  // The base, and three times a variant.
  const std::vector<affix::Preset> turned{{.name = "turned", .width = 2'560, .rotate = 90}};
  const PictureFacts upright{.stored = {16'384, 3'051}};
  CHECK(estimate_memory(upright, turned) == estimate_memory(lying, wide));
  CHECK(estimate_memory(upright, wide) < pixels * 4);
}

TEST_CASE("what all variants are made of is as wide and as high as any of them needs") {
  const std::vector<affix::Preset> crossing{
      {.name = "flat", .width = 7'000, .height = 10, .fit = affix::Fit::fill},
      {.name = "thin", .width = 10, .height = 7'000, .fit = affix::Fit::fill}};
  PictureFacts facts{.stored = {7'000, 7'000}};
  const std::int64_t usual = estimate_memory(facts, crossing);
  CHECK(usual > 7'000LL * 7'000 * 4);
  facts.bits = 16;
  CHECK(estimate_memory(facts, crossing) > usual + 7'000LL * 7'000 * 4);
  facts.channels = 12;
  CHECK(estimate_memory(facts, crossing) > usual + 7'000LL * 7'000 * 20);
}

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

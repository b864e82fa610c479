#include "conversion/vips/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"

using affix::detail::IdleCores;
using affix::detail::OwnCore;
using affix::detail::work_in_parallel;

namespace {

constexpr int more_than_there_are = 10'000;

int cores() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

int idle() { return IdleCores(more_than_there_are).taken(); }

/// On how many threads a conversion works that begins now. All who can come are waited for, so
/// long.
std::size_t threads_of_work(std::chrono::milliseconds patience) {
  std::mutex mutex;
  std::vector<std::thread::id> threads;
  std::atomic<int> waiting = 0;
  const auto work = [&](std::size_t) {
    ++waiting;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (waiting < cores() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    const std::lock_guard lock(mutex);
    if (std::ranges::find(threads, std::this_thread::get_id()) == threads.end()) {
      threads.push_back(std::this_thread::get_id());
    }
  };
  work_in_parallel(static_cast<std::size_t>(cores()), work, nullptr);
  return threads.size();
}

}  // namespace

TEST_CASE("a conversion that is alone has all cores, and one of many has its own") {
  using std::chrono::milliseconds;
  const OwnCore one;
  CHECK(idle() == cores() - 1);
  CHECK(threads_of_work(milliseconds(30'000)) == static_cast<std::size_t>(cores()));
  std::vector<std::optional<OwnCore>> others(static_cast<std::size_t>(cores()));
  for (auto& other : others) other.emplace();
  CHECK(idle() == 0);
  CHECK(threads_of_work(milliseconds(200)) == 1);
  others.clear();
  CHECK(idle() == cores() - 1);
}

TEST_CASE("a core that one has is none that another could have") {
  const OwnCore one;
  const IdleCores taken(more_than_there_are);
  CHECK(taken.taken() == cores() - 1);
  CHECK(idle() == 0);
}

TEST_CASE("each piece of work is done once, and told on the thread that waits") {
  const auto here = std::this_thread::get_id();
  std::vector<std::atomic<int>> done(500);
  std::vector<std::size_t> told;
  bool told_here = true;
  work_in_parallel(
      done.size(), [&](std::size_t index) { ++done[index]; },
      [&](std::size_t index) {
        told.push_back(index);
        told_here = told_here && std::this_thread::get_id() == here;
      });
  for (const auto& count : done) CHECK(count == 1);
  CHECK(told_here);
  std::ranges::sort(told);
  CHECK(told.size() == done.size());
  CHECK(std::ranges::adjacent_find(told) == told.end());
}

TEST_CASE("what a piece of work throws ends the work, and the cores are idle again") {
  const int before = idle();
  std::atomic<int> begun = 0;
  const auto work = [&](std::size_t index) {
    ++begun;
    if (index == 3) throw std::runtime_error("the fourth");
  };
  CHECK_THROWS_WITH(work_in_parallel(100'000, work, nullptr), "the fourth");
  CHECK(begun < 100'000);
  CHECK(idle() == before);
}

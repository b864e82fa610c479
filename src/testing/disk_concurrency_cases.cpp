#include <algorithm>
#include <future>

#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

constexpr int thread_count = 8;
constexpr std::chrono::seconds patience(2);

std::string text_of(int thread) { return std::string(200'000, static_cast<char>('a' + thread)); }

/// Whether this thread was the one that created the file.
bool try_put(Disk& disk, int thread) {
  try {
    put(disk, "a/b/c", text_of(thread));
    return true;
  } catch (const Error& error) {
    if (error.code() == Errc::exists) return false;
    throw;
  }
}

void one_winner(Disk& disk) {
  std::vector<std::future<bool>> results;
  for (int thread = 0; thread < thread_count; ++thread) {
    results.push_back(std::async(std::launch::async, try_put, std::ref(disk), thread));
  }
  std::vector<int> winners;
  for (int thread = 0; thread < thread_count; ++thread) {
    if (results[static_cast<std::size_t>(thread)].get()) winners.push_back(thread);
  }
  expect(winners.size() == 1, std::to_string(winners.size()) + " of 8 threads created the file");
  expect(get(disk, "a/b/c") == text_of(winners[0]), "the file is not the winner's");
}

/// What another thread reads while a put is halfway through its content. On a disk that locks it
/// may be the time after the put.
std::optional<std::string> seen_halfway(Disk& disk, const std::string& text, Overwrite overwrite) {
  std::future<std::optional<std::string>> seen;
  HalfwayReader content(text, [&] {
    seen = std::async(std::launch::async, [&] { return get(disk, "a/b"); });
    seen.wait_for(patience);
  });
  disk.put(Key::parse("a/b"), content, {.overwrite = overwrite});
  return seen.get();
}

void atomic_create(Disk& disk) {
  const std::string text = pattern(1024 * 1024);
  const auto seen = seen_halfway(disk, text, Overwrite::never);
  expect(!seen || *seen == text, "a reader saw a part of a new file");
}

void atomic_overwrite(Disk& disk) {
  const std::string before = text_of(0);
  const std::string after = pattern(1024 * 1024);
  put(disk, "a/b", before);
  const auto seen = seen_halfway(disk, after, Overwrite::allowed);
  expect(seen && (*seen == before || *seen == after),
         "a reader saw neither the old file nor the new one");
}

void put_and_remove(Disk& disk, int thread) {
  const std::string key = "shared/folder/" + std::to_string(thread);
  for (int round = 0; round < 20; ++round) {
    put(disk, key, key);
    expect(get(disk, key) == key, "a file is not there after it was put");
    disk.remove(Key::parse(key));
  }
}

void neighbours(Disk& disk) {
  std::vector<std::future<void>> threads;
  for (int thread = 0; thread < thread_count; ++thread) {
    threads.push_back(std::async(std::launch::async, put_and_remove, std::ref(disk), thread));
  }
  for (auto& thread : threads) thread.get();
}

constexpr DiskCase cases[] = {
    {"[C7] of eight threads that put one key exactly one succeeds", one_winner},
    {"[C7] a reader never sees a part of a new file", atomic_create},
    {"[C7] a reader sees an overwrite completely or not at all", atomic_overwrite},
    {"puts and removes in one folder do not disturb each other", neighbours},
};

}  // namespace

std::span<const DiskCase> concurrency_cases() { return cases; }

}  // namespace affix::testing

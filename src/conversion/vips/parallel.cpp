#include "conversion/vips/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "conversion/vips/library.hpp"

namespace affix::detail {
namespace {

class Job {
 public:
  Job(std::size_t count, const std::function<void(std::size_t)>& work,
      const std::function<void(std::size_t)>& done)
      : count_(count), work_(work), done_(done) {}

  void run(int helpers) {
    std::vector<std::thread> threads;
    try {
      start(threads, helpers);
      while (do_one()) tell();
      wait_and_tell();
    } catch (...) {
      fail(std::current_exception());
    }
    for (std::thread& thread : threads) thread.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  /// As many as there can be: nothing depends on them.
  void start(std::vector<std::thread>& threads, int helpers) {
    try {
      for (int i = 0; i < helpers; ++i) {
        threads.emplace_back([this] {
          use_library();
          while (do_one()) {
          }
        });
      }
    } catch (const std::system_error&) {
    }
  }

  /// False if there is nothing left to begin.
  bool do_one() {
    const std::size_t index = next_++;
    if (index >= count_) return false;
    try {
      work_(index);
    } catch (...) {
      fail(std::current_exception());
      return false;
    }
    const std::lock_guard lock(mutex_);
    finished_.push_back(index);
    changed_.notify_one();
    return true;
  }

  void fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    next_ = count_;
    changed_.notify_one();
  }

  void tell() {
    std::unique_lock lock(mutex_);
    while (!finished_.empty() && !failure_) {
      const std::size_t index = finished_.front();
      finished_.pop_front();
      ++told_;
      lock.unlock();
      if (done_) done_(index);
      lock.lock();
    }
  }

  void wait_and_tell() {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !finished_.empty() || told_ == count_ || failure_; });
        if (told_ == count_ || failure_) return;
      }
      tell();
    }
  }

  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  const std::function<void(std::size_t)>& done_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> finished_;
  std::size_t told_ = 0;
  std::exception_ptr failure_;
};

/// Below zero while there are more conversions than cores.
std::atomic<int>& idle_cores() {
  static std::atomic<int> idle =
      static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return idle;
}

}  // namespace

OwnCore::OwnCore() { --idle_cores(); }

OwnCore::~OwnCore() { ++idle_cores(); }

IdleCores::IdleCores(std::int64_t wanted) {
  int idle = idle_cores().load();
  do {
    taken_ = static_cast<int>(std::clamp<std::int64_t>(wanted, 0, std::max(idle, 0)));
  } while (!idle_cores().compare_exchange_weak(idle, idle - taken_));
}

IdleCores::~IdleCores() { idle_cores() += taken_; }

void work_in_parallel(std::size_t count, const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& done) {
  if (count == 0) return;
  const IdleCores cores(static_cast<std::int64_t>(count) - 1);
  Job(count, work, done).run(cores.taken());
}

}  // namespace affix::detail

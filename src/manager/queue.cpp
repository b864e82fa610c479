#include "affix/manager/queue.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

#include "affix/value/error.hpp"

namespace affix {
namespace {

void require(bool holds, std::string_view message, std::string member) {
  if (!holds) throw Error(Errc::invalid_argument, message, {.member = std::move(member)});
}

class ThreadQueue : public VariantQueue {
 public:
  ThreadQueue(VariantHandler handler, ThreadQueueOptions options)
      : handler_(std::move(handler)), options_(std::move(options)) {
    try {
      for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
      end();
      throw;
    }
  }
  ThreadQueue(const ThreadQueue&) = delete;
  ThreadQueue& operator=(const ThreadQueue&) = delete;
  ~ThreadQueue() override { end(); }

  void enqueue(VariantJob job) override {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= options_.capacity) {
        throw Error(Errc::too_large, "The queue of variants is full", {.row = job.row});
      }
      waiting_.push_back({++last_, std::move(job)});
    }
    changed_.notify_one();
  }

  void drain() override {
    std::unique_lock lock(mutex_);
    const std::uint64_t last = last_;
    over_.wait(lock, [&] { return oldest() > last; });
  }

 private:
  struct Ticket {
    std::uint64_t number = 0;
    VariantJob job{};
  };

  /// Of the jobs that are not over.
  std::uint64_t oldest() const {
    const std::uint64_t waiting = waiting_.empty() ? last_ + 1 : waiting_.front().number;
    const auto begun = std::ranges::min_element(begun_);
    return begun == begun_.end() ? waiting : std::min(waiting, *begun);
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return !waiting_.empty() || is_ending_; });
      if (waiting_.empty()) return;
      const Ticket ticket = std::move(waiting_.front());
      waiting_.pop_front();
      begun_.push_back(ticket.number);
      lock.unlock();
      handle(ticket.job);
      lock.lock();
      std::erase(begun_, ticket.number);
      over_.notify_all();
    }
  }

  void handle(const VariantJob& job) const noexcept {
    try {
      handler_(job);
    } catch (const Error& error) {
      report(job, error);
    } catch (const std::exception& error) {
      report(job,
             Error(Errc::conversion_failed, "A queued job failed", {.row = job.row}, error.what()));
    } catch (...) {
      report(job, Error(Errc::conversion_failed, "A queued job failed", {.row = job.row}));
    }
  }

  void report(const VariantJob& job, const Error& error) const noexcept {
    if (!options_.observer) return;
    try {
      options_.observer->job_failed({job, error});
    } catch (...) {  // An observer cannot undo what happened.
    }
  }

  void end() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  const VariantHandler handler_;
  const ThreadQueueOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable over_;
  std::deque<Ticket> waiting_;
  std::vector<std::uint64_t> begun_;
  std::uint64_t last_ = 0;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<VariantQueue> make_thread_queue(VariantHandler handler,
                                                ThreadQueueOptions options) {
  require(static_cast<bool>(handler), "A queue needs a handler", "handler");
  require(options.threads > 0, "A queue needs a thread", "threads");
  require(options.capacity > 0, "A queue needs room for a job", "capacity");
  return std::make_unique<ThreadQueue>(std::move(handler), std::move(options));
}

}  // namespace affix

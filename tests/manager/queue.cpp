#include "affix/manager/queue.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <thread>

#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

struct Failures : Observer {
  void job_failed(const JobFailedEvent& event) override {
    const std::lock_guard lock(mutex);
    failed.emplace_back(event.job.row, event.error.code());
    throw std::runtime_error("an observer's own trouble");
  }
  std::mutex mutex;
  std::vector<std::pair<std::string, Errc>> failed;
};

/// Holds the handler up until it is opened.
class Gate {
 public:
  void pass() { opened_.get_future().wait(); }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
};

}  // namespace

TEST_CASE("jobs are done in their order by one thread, and drain waits for them") {
  std::vector<std::string> done;
  const auto queue = make_thread_queue([&](const VariantJob& job) { done.push_back(job.row); });
  queue->drain();
  for (const char* row : {"1", "2", "3"}) queue->enqueue({.row = row});
  queue->drain();
  CHECK(done == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("a queue does all that waits before it is gone, also what its jobs enqueue") {
  std::atomic<int> done = 0;
  std::unique_ptr<VariantQueue> queue;
  VariantQueue* address = nullptr;
  queue = make_thread_queue(
      [&](const VariantJob& job) {
        if (job.row == "parent") address->enqueue({.row = "child"});
        ++done;
      },
      {.threads = 3});
  address = queue.get();
  for (int i = 0; i < 50; ++i) queue->enqueue({.row = "parent"});
  queue.reset();
  CHECK(done == 100);
}

TEST_CASE("a full queue refuses, and takes jobs again when there is room") {
  Gate gate;
  std::latch begun(1);
  std::atomic<int> done = 0;
  const auto queue = make_thread_queue(
      [&](const VariantJob& job) {
        if (job.row == "first") {
          begun.count_down();
          gate.pass();
        }
        ++done;
      },
      {.capacity = 2});
  queue->enqueue({.row = "first"});
  begun.wait();  // It does not count any more: it is being done.
  queue->enqueue({.row = "second"});
  queue->enqueue({.row = "third"});
  const auto error = error_of([&] { queue->enqueue({.row = "fourth"}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::too_large);
  CHECK(error->where().row == "fourth");
  gate.open();
  queue->drain();
  CHECK(done == 3);
  queue->enqueue({.row = "fourth"});
  queue->drain();
  CHECK(done == 4);
}

TEST_CASE("as many jobs are done at once as there are threads") {
  std::latch together(3);
  const auto queue =
      make_thread_queue([&](const VariantJob&) { together.arrive_and_wait(); }, {.threads = 3});
  for (int i = 0; i < 3; ++i) queue->enqueue({});
  queue->drain();  // With fewer threads this would never return.
  CHECK(together.try_wait());
}

TEST_CASE("what a job throws is told to the observer, and the next one is done") {
  const auto failures = std::make_shared<Failures>();
  int done = 0;
  const auto queue = make_thread_queue(
      [&](const VariantJob& job) {
        if (job.row == "own") throw Error(Errc::conflict, "Somebody was faster");
        if (job.row == "foreign") throw std::runtime_error("no connection");
        if (job.row == "odd") throw 7;
        ++done;
      },
      {.observer = failures});
  for (const char* row : {"own", "foreign", "odd", "sound"}) queue->enqueue({.row = row});
  queue->drain();
  CHECK(done == 1);
  CHECK(failures->failed ==
        std::vector<std::pair<std::string, Errc>>{{"own", Errc::conflict},
                                                  {"foreign", Errc::conversion_failed},
                                                  {"odd", Errc::conversion_failed}});
}

TEST_CASE("many threads enqueue pictures, and all are made") {
  Workshop shop(Backing::memory);
  std::atomic<int> made = 0;
  const auto queue = make_thread_queue(
      [&](const VariantJob& job) {
        const PendingAttachment pending =
            shop.files.create(picture("coffee.png"), {.variants = job.variants});
        made += static_cast<int>(pending.preview().variants.size());
      },
      {.threads = 2});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 3; ++round) queue->enqueue({.variants = {"thumb", "card"}});
      queue->drain();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 24);
}

TEST_CASE("a queue refuses options that make no sense") {
  const auto member = [](VariantHandler handler, ThreadQueueOptions options) {
    const auto error = error_of([&] { make_thread_queue(std::move(handler), std::move(options)); });
    return error ? error->where().member : "";
  };
  const auto nothing = [](const VariantJob&) {};
  CHECK(member(nothing, {}) == "");
  CHECK(member(nullptr, {}) == "handler");
  CHECK(member(nothing, {.threads = 0}) == "threads");
  CHECK(member(nothing, {.capacity = 0}) == "capacity");
}

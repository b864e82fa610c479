#include "affix/testing/faulty_disk.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

namespace affix::testing {
namespace {

constexpr int never = std::numeric_limits<int>::max();
constexpr std::int64_t unknown_half = 4096;  ///< Bytes, of a content of unknown length.

void read_half(Reader& content) {
  std::int64_t left = content.size() ? *content.size() / 2 : unknown_half;
  std::vector<std::byte> buffer(64 * 1024);
  while (left > 0) {
    const auto wanted = std::min(buffer.size(), static_cast<std::size_t>(left));
    const std::size_t count = content.read(std::span(buffer).first(wanted));
    if (count == 0) return;
    left -= static_cast<std::int64_t>(count);
  }
}

[[noreturn]] void fail(Fault fault) {
  if (fault == Fault::disk_full) throw Error(Errc::no_space, "The disk is full (injected)");
  throw Error(Errc::storage, "The disk failed (injected)");
}

}  // namespace

struct FaultyDisk::State {
  std::shared_ptr<Disk> disk{};
  std::mutex mutex{};
  int first = never;
  int last = 0;
  int count = 0;
  bool tripped = false;
  Fault fault = Fault::before;
  std::function<void()> meanwhile{};  ///< Empty: no delay, but the fault.

  void arm(int from, int to, Fault what, std::function<void()> delay = {}) {
    const std::lock_guard lock(mutex);
    first = from;
    last = to;
    count = 0;
    tripped = false;
    fault = what;
    meanwhile = std::move(delay);
  }

  /// Counts an operation; the fault that is its lot, or nothing after its delay.
  std::optional<Fault> next() {
    std::unique_lock lock(mutex);
    ++count;
    if (count < first || count > last) return std::nullopt;
    tripped = true;
    if (!meanwhile) return fault;
    const auto others = meanwhile;
    lock.unlock();
    others();
    return std::nullopt;
  }

  template <typename Operation>
  auto run(const Operation& operation) {
    const std::optional<Fault> chosen = next();
    if (!chosen) return operation();
    if (*chosen == Fault::after) operation();
    fail(*chosen);
  }
};

FaultyDisk::FaultyDisk(std::shared_ptr<Disk> disk) : state_(std::make_unique<State>()) {
  state_->disk = std::move(disk);
}

FaultyDisk::~FaultyDisk() = default;

void FaultyDisk::fail_at(int n, Fault fault) { state_->arm(n > 0 ? n : never, n, fault); }

void FaultyDisk::fail_from(int n, Fault fault) { state_->arm(n > 0 ? n : never, never, fault); }

void FaultyDisk::delay_at(int n, std::function<void()> meanwhile) {
  state_->arm(n > 0 ? n : never, n, Fault::before, std::move(meanwhile));
}

int FaultyDisk::operations() const {
  const std::lock_guard lock(state_->mutex);
  return state_->count;
}

bool FaultyDisk::tripped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tripped;
}

void FaultyDisk::do_put(const Key& key, Reader& content, const PutOptions& options) {
  const std::optional<Fault> chosen = state_->next();
  if (chosen == Fault::half) read_half(content);
  if (!chosen || chosen == Fault::after) state_->disk->put(key, content, options);
  if (chosen) fail(*chosen);
}

std::unique_ptr<Reader> FaultyDisk::do_open(const Key& key, std::optional<ByteRange> range) {
  return state_->run([&] { return state_->disk->open(key, range); });
}

std::optional<FileInfo> FaultyDisk::do_stat(const Key& key) {
  return state_->run([&] { return state_->disk->stat(key); });
}

void FaultyDisk::do_remove(const Key& key) {
  state_->run([&] { state_->disk->remove(key); });
}

void FaultyDisk::do_remove_prefix(const Key& prefix) {
  state_->run([&] { state_->disk->remove_prefix(prefix); });
}

std::size_t FaultyDisk::do_remove_stale_uploads(TimePoint older_than) {
  return state_->run([&] { return state_->disk->remove_stale_uploads(older_than); });
}

void FaultyDisk::do_copy(const Key& from, const Key& to, const PutOptions& options) {
  state_->run([&] { state_->disk->copy(from, to, options); });
}

Listing FaultyDisk::do_list(const ListOptions& options) {
  return state_->run([&] { return state_->disk->list(options); });
}

std::string FaultyDisk::do_url(const Key& key) { return state_->disk->url(key); }

std::string FaultyDisk::do_temporary_url(const Key& key, const TemporaryUrlOptions& options) {
  return state_->disk->temporary_url(key, options);
}

Capabilities FaultyDisk::do_capabilities() const { return state_->disk->capabilities(); }

}  // namespace affix::testing

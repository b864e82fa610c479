#pragma once

#include <functional>
#include <memory>

#include "affix/storage/disk.hpp"

namespace affix::testing {

/// How the chosen operation of a `FaultyDisk` goes wrong. Each throws `Errc::storage` (or
/// `no_space`) to the caller.
enum class Fault {
  before,     ///< Nothing is done.
  half,       ///< A put reads half of its content and writes nothing; others as `before`.
  after,      ///< It is done, but the answer is lost.
  disk_full,  ///< As `before`, with `Errc::no_space`.
};

/// A disk around a disk whose n-th operation fails, or takes long: the tool for walking through
/// every fault. Counts put, open, stat, remove, remove_prefix, remove_stale_uploads, copy and list,
/// not url. Safe from many threads.
class FaultyDisk : public Disk {
 public:
  explicit FaultyDisk(std::shared_ptr<Disk> disk);
  ~FaultyDisk() override;

  /// The `n`-th operation from now (1: the next one) goes wrong, once. 0: none does. Starts the
  /// count anew.
  void fail_at(int n, Fault fault = Fault::before);
  /// From the `n`-th operation on every one goes wrong, as after a lost mount.
  void fail_from(int n, Fault fault = Fault::before);
  /// Before the `n`-th operation from now `meanwhile` is called, once: as if the operation took
  /// that long. It does not fail. `meanwhile` must not use this disk.
  void delay_at(int n, std::function<void()> meanwhile);
  /// Operations since the last `fail_at`, `fail_from` or `delay_at`.
  int operations() const;
  /// Whether a fault, or the delay, has happened since then.
  bool tripped() const;

 private:
  struct State;
  void do_put(const Key& key, Reader& content, const PutOptions& options) override;
  std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) override;
  std::optional<FileInfo> do_stat(const Key& key) override;
  void do_remove(const Key& key) override;
  void do_remove_prefix(const Key& prefix) override;
  std::size_t do_remove_stale_uploads(TimePoint older_than) override;
  void do_copy(const Key& from, const Key& to, const PutOptions& options) override;
  Listing do_list(const ListOptions& options) override;
  std::string do_url(const Key& key) override;
  std::string do_temporary_url(const Key& key, const TemporaryUrlOptions& options) override;
  Capabilities do_capabilities() const override;

  std::unique_ptr<State> state_;
};

}  // namespace affix::testing

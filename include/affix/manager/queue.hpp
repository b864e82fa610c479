#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "affix/manager/events.hpp"

namespace affix {

/// Variants that are to be made later: a value that can be sent to another process. What its texts
/// mean is agreed upon between those who enqueue and the handler.
struct VariantJob {
  std::string field{};                  ///< Which field has the attachment, e.g. `users.avatar`.
  std::string row{};                    ///< Key of the row.
  std::string attachment{};             ///< Its id, for lists; may be empty.
  std::vector<std::string> variants{};  ///< Names of presets. Empty: those of the field.

  bool operator==(const VariantJob&) const = default;
};

/// Does a job, with a session of its own: in most programs by `Transaction::ensure_variants`, which
/// does nothing for variants that are there, so that a job may come twice. What it throws is told
/// to the observer. Is called from several threads at once.
using VariantHandler = std::function<void(const VariantJob&)>;

/// Where variants wait that nobody wants to wait for. Derive from it for a queue that outlives the
/// process. Safe to use from many threads.
class VariantQueue {
 public:
  virtual ~VariantQueue() = default;

  /// Puts a job behind the others and returns at once. Enqueue when the row is committed
  /// (`Transaction::after_commit`): before, the handler would not find it. `Errc::too_large` if the
  /// queue is full: refused and not waited for, because who waits may hold the very session that
  /// the jobs need. Nothing is lost then but time: the variant is missing until it is asked for
  /// again.
  virtual void enqueue(VariantJob job) = 0;

  /// Returns when all jobs are over that were enqueued before. Not to be called by a handler.
  virtual void drain() = 0;
};

struct ThreadQueueOptions {
  std::size_t threads = 1;     ///< How many jobs are done at once; at least one.
  std::size_t capacity = 256;  ///< How many may wait, besides those that are done; at least one.
  std::shared_ptr<Observer> observer{};
};

/// A queue in this process, without a memory: jobs that wait are lost when the process is killed.
/// Its destructor does all jobs that wait, and what these enqueue. What the handler uses (manager,
/// session pool) must outlive it. `Errc::invalid_argument` with `where().member` for no handler, no
/// threads or no room.
std::unique_ptr<VariantQueue> make_thread_queue(VariantHandler handler,
                                                ThreadQueueOptions options = {});

}  // namespace affix

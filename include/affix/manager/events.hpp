#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "affix/conversion/preset.hpp"
#include "affix/value/attachment.hpp"
#include "affix/value/error.hpp"

namespace affix {

struct VariantJob;

/// The files of an attachment are on the disk; no row has it yet.
struct CreatedEvent {
  const Attachment& attachment;
  std::chrono::nanoseconds duration{};  ///< From opening the source.
};

/// A committed transaction put one attachment in the place of another.
struct ReplacedEvent {
  const Attachment& old_attachment;
  const Attachment& new_attachment;
};

/// The files of an attachment have been removed from its disk.
struct RemovedEvent {
  std::string_view id{};
  std::string_view disk{};
  std::string_view prefix{};
  enum class Reason {
    discarded,    ///< Pending, and not wanted any more.
    rolled_back,  ///< Its transaction was rolled back.
    replaced,     ///< Another took its place in a committed transaction.
    removed,      ///< It was removed in a committed transaction.
    expired,      ///< The reaper: pending, and no row got it in time.
    purged,       ///< The reaper: no row has had it for long enough.
  } reason;
};

struct VariantMadeEvent {
  std::string_view attachment_id{};
  std::string_view variant{};
  std::int64_t size{};  ///< Bytes.
};

struct VariantFailedEvent {
  std::string_view attachment_id{};
  std::string_view variant{};
  const Error& error;
};

/// Cleaning up after a commit, a rollback or a failed create did not succeed. The marker stays, so
/// that the leftover is known.
struct CleanupFailedEvent {
  std::string_view id{};
  std::string_view disk{};
  std::string_view prefix{};
  const Error& error;
};

/// A function that was given to `Transaction::after_commit` or `after_rollback` has thrown.
struct HookFailedEvent {
  std::string_view what{};
};

/// A job of a `VariantQueue` has thrown. Nobody does it again by itself.
struct JobFailedEvent {
  const VariantJob& job;
  const Error& error;
};

/// Is told what happens to files. Every function does nothing by default. They are called on the
/// thread that does the work, after the fact; what they throw is swallowed. What the events refer
/// to is valid during the call only. Must be safe to use from many threads.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void created(const CreatedEvent&) {}
  virtual void replaced(const ReplacedEvent&) {}
  virtual void removed(const RemovedEvent&) {}
  virtual void variant_made(const VariantMadeEvent&) {}
  virtual void variant_failed(const VariantFailedEvent&) {}
  virtual void cleanup_failed(const CleanupFailedEvent&) {}
  virtual void hook_failed(const HookFailedEvent&) {}
  virtual void job_failed(const JobFailedEvent&) {}
};

}  // namespace affix

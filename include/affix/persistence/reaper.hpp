#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/persistence/attachment_table.hpp"
#include "affix/persistence/column_field.hpp"

namespace affix {

/// How much `reap` does in one call, and how soon.
struct ReapOptions {
  /// Files that no row has any more stay for this long. Longer than the age of the backup or
  /// replica that you may have to go back to: its rows still find their files.
  std::chrono::milliseconds purge_delay = std::chrono::hours(1);
  /// For how long an id whose files are gone is remembered, so that a writer or a variant that
  /// comes after that is noticed. Longer than any process can sleep between two statements, and no
  /// shorter than the manager's grace (`Errc::invalid_argument`). Zero is for when nobody else is
  /// at work, as in tests: what comes late is nobody's then.
  std::chrono::milliseconds tombstone_ttl = std::chrono::hours(24 * 30);
  /// A call that has begun to remove an attachment keeps others from it for this long, so that work
  /// is not done twice. Nothing depends on it.
  std::chrono::milliseconds lease = std::chrono::minutes(1);
  /// The budget: this many attachments are dealt with, and none is begun after this time.
  std::size_t limit = 1000;
  std::chrono::milliseconds time = std::chrono::minutes(1);
  /// Columns that are looked through for files about to be removed: what a row still has, because a
  /// statement of your own copied the JSON there, stays. Costs a scan of the columns for each call
  /// that removes something; empty: none is looked at.
  std::vector<ColumnField> fields{};
  std::vector<ColumnListField> list_fields{};
  std::vector<std::shared_ptr<const AttachmentTable>> tables{};  ///< The same for tables.
};

/// What `reap` has done, in attachments.
struct ReapResult {
  std::size_t settled = 0;  ///< Uploads that have their row: the marker is gone.
  std::size_t expired = 0;  ///< Uploads that got no row within the manager's grace: removed.
  std::size_t purged = 0;   ///< No row has had them for the purge delay: removed.
  /// Given up, but found in one of `ReapOptions::fields`: kept, as that row's.
  std::size_t restored = 0;
  std::size_t forgotten = 0;      ///< Tombstones that had their time.
  std::size_t stale_uploads = 0;  ///< Parts of files that a killed process has left on a disk.
  std::size_t failed = 0;         ///< Told to the observer (`cleanup_failed`); tried again later.
  /// The budget was used up before the work: call again.
  bool more = false;

  bool operator==(const ReapResult&) const = default;
};

/// Removes what no row has, and nothing else: the files of replaced and removed attachments, of
/// transactions that were rolled back or killed, of uploads that nobody adopted. The ledger says
/// which these are; the rows are not read (except `ReapOptions::fields`).
///
/// Any process may call it at any time, several at once, from a timer, a thread or after a request.
/// The session must be in no transaction (`Errc::invalid_state`); for the time of the call it waits
/// half a second at most for a lock of others (MySQL and MariaDB, which count in seconds: one;
/// Firebird: for as long as it takes, so give it a thread there), and what is locked waits for the
/// next call.
///
/// `Errc::conflict` if database and disks do not belong together, or the database was copied or
/// restored from a backup: then nothing is removed until `claim_disk`. `Errc::unsupported` without
/// a ledger, or if a disk cannot list. Else `Errc::database`, and the errors of the disks; what was
/// done until then stays done.
ReapResult reap(soci::session& sql, AttachmentManager& files, const ReapOptions& options = {});

/// Removes the files of these attachments at once, provided that a committed transaction has given
/// them up: for requests of erasure, instead of waiting for the purge delay. Others are left alone,
/// and so is for the time of its lease what a reaper has begun to remove. Returns how many were
/// removed; what a disk refused is told to the observer and not counted: call again.
///
/// Errors as `reap`, but waits two seconds at most for the locks of others, and then throws what
/// every statement does: `Errc::database` with the cause `lock_timeout: …`, `Errc::conflict` with
/// the cause `conflict: …`. Call again then, too.
std::size_t purge_now(soci::session& sql, AttachmentManager& files,
                      std::span<const std::string> ids);

/// For the operator, after restoring a backup or moving to another database: says that this
/// database is the one to which all disks of the manager belong, so that `reap` works again. Make
/// sure that no other database uses the disks with this instance's name: its files would be
/// removed as nobody's. Run `verify` afterwards. Errors as `reap`.
void claim_disk(soci::session& sql, AttachmentManager& files);

}  // namespace affix

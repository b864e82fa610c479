#pragma once

#include <memory>
#include <optional>

#include "affix/manager/attachment_manager.hpp"
#include "affix/persistence/column_field.hpp"

namespace affix {

/// The unit of work that ties files to a database transaction: what is created here is there after
/// the commit and gone without it, what is removed or replaced goes after the commit and stays
/// without it.
///
/// It begins the database transaction by itself, with its first statement; from then on every
/// statement on the session belongs to it until `commit` or `rollback`. After either it can be used
/// again. Files are stored and converted before the transaction begins where that is possible:
/// make them pending first (`AttachmentManager::create`) and no lock is held while uploading.
///
/// With a plain INSERT or UPDATE of a column the promises hold for the files that are named here.
/// A value that is overwritten or deleted by hand without `replace`, `clear` or `remove` leaves its
/// files behind, and so does one that was created and that no row got before the commit: when a
/// statement of your own fails, do not commit. Neither call `commit` on the session itself.
///
/// Belongs to one thread, like the session. Session and manager must outlive it.
class Transaction {
 public:
  Transaction(soci::session& sql, AttachmentManager& files);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Rolls back what was not committed. Does not throw.
  ~Transaction();

  /// Starts the database transaction now, if it has not begun, for callers whose first statement is
  /// their own. `Errc::invalid_state` if the session is inside a transaction that somebody else
  /// began; on Firebird every statement begins one, so commit or roll back what came before.
  void begin();

  /// Stores a new file; write the returned value into a row before `commit`.
  /// Errors as `AttachmentManager::create`, after which the transaction can go on.
  [[nodiscard]] Attachment create(Source source, const CreateOptions& options = {});

  /// Takes over files that were stored before. `Errc::gone` when they are older than the manager's
  /// grace. They are removed if the call fails, also because the database is locked; only a pending
  /// attachment of another manager (`Errc::invalid_argument`) is left alone.
  [[nodiscard]] Attachment adopt(PendingAttachment pending);

  /// Puts a new file in the place of what the row has, if anything; the old files go after the
  /// commit. The row is read first, then the file is stored (with no lock held unless the
  /// transaction has begun before); `Errc::conflict` when the field has another attachment by then.
  /// `Errc::record_not_found` if there is no such row. Disk, variants, types and size that
  /// `options` leaves empty are the field's.
  Attachment replace(const ColumnField& field, const RowKey& key, Source source,
                     CreateOptions options = {});
  /// The same with files that were stored before, on their own disk and with their own variants;
  /// the field's types and size are checked. They are removed if the call fails.
  Attachment replace(const ColumnField& field, const RowKey& key, PendingAttachment pending);

  /// Sets the column to NULL; the files go after the commit. Nothing happens if it is NULL.
  void clear(const ColumnField& field, const RowKey& key);

  /// The files go after the commit. For rows that are deleted or changed by the caller's own
  /// statement in this transaction; no other row may have the attachment. Nothing happens for no
  /// attachment. `Errc::invalid_key` for one that affix has not stored, `Errc::unknown_disk`; after
  /// these the transaction can go on.
  void remove(const Attachment& attachment);
  void remove(const std::optional<Attachment>& attachment);
  void remove(const AttachmentList& attachments);

  /// Commits, then cleans up. A commit that fails is `Errc::in_doubt`: nobody knows whether it
  /// happened, so no file is removed, neither new nor old. The same if the database transaction is
  /// over already, because a deadlock or a statement of the caller's own has ended it.
  /// `Errc::invalid_state` if a statement of this transaction has failed and the database can only
  /// roll it back (one of affix; on PostgreSQL any). Cleaning up does not throw; what fails is
  /// reported to the manager's observer. Without anything begun, nothing happens.
  void commit();

  /// Undoes everything since the last commit, files included. If the database transaction is over
  /// already, because a deadlock, the session or a statement of the caller's own has ended it,
  /// nobody here knows how it ended, and no file is removed: their markers stay.
  void rollback();

  /// Whether the database transaction has begun and is not over.
  bool is_open() const noexcept;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace affix

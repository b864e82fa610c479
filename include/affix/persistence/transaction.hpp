#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/persistence/column_field.hpp"
#include "affix/persistence/transaction_options.hpp"

namespace affix {

namespace detail {
struct TransactionAccess;
}

class Transaction;

/// How rows have one attachment each: a `ColumnField`, a `MediaField`, or one of your own. Code
/// that takes any does not see where the attachment is kept.
template <class Field>
concept AttachmentField =
    requires(const Field& field, soci::session& sql, Transaction& tx, const RowKey& key,
             Source source, CreateOptions options, PendingAttachment pending,
             const std::function<void(const RowKey&, const Attachment&)>& visit) {
  { field.load(sql, key) } -> std::same_as<std::optional<Attachment>>;
  { field.put(tx, key, std::move(source), options) } -> std::same_as<Attachment>;
  { field.put(tx, key, std::move(pending)) } -> std::same_as<Attachment>;
  field.clear(tx, key);
  field.each(sql, visit);
};

/// How rows have a list of them each: a `ColumnListField`, a `MediaListField`.
template <class Field>
concept AttachmentListField =
    requires(const Field& field, soci::session& sql, Transaction& tx, const RowKey& key,
             Source source, CreateOptions options, PendingAttachment pending, std::string_view id,
             const std::function<void(const RowKey&, const AttachmentList&)>& visit) {
  { field.load(sql, key) } -> std::same_as<AttachmentList>;
  { field.append(tx, key, std::move(source), options) } -> std::same_as<Attachment>;
  { field.append(tx, key, std::move(pending)) } -> std::same_as<Attachment>;
  field.remove(tx, key, id);
  field.clear(tx, key);
  field.each(sql, visit);
};

/// The unit of work that ties files to a database transaction: what is created here is there after
/// the commit and gone without it, what is removed or replaced goes after the commit and stays
/// without it. Also if the program is killed in between: what is left to do is in the ledger and on
/// the disk, and `reap` does it, in this process or another. See docs/lifecycle.md.
///
/// It begins the database transaction by itself, with its first statement; from then on every
/// statement on the session belongs to it until `commit` or `rollback`. After either it can be used
/// again. Files are stored and converted before the transaction begins where that is possible:
/// make them pending first (`AttachmentManager::create`) and no lock is held while uploading.
///
/// If the session is inside a transaction already, this one becomes a part of it, by a savepoint:
/// `commit` hands over to whoever began, `rollback` undoes this part alone.
///
/// With a plain INSERT of a created attachment the promises hold. A value that is overwritten or
/// deleted by hand without `replace`, `clear` or `remove` leaves its files behind for `verify`, and
/// so does one that was created and that no row got before the commit: when a statement of your own
/// fails, do not commit. Neither call `commit` on a session whose transaction began here.
///
/// Belongs to one thread, like the session. Session and manager must outlive it.
class Transaction {
 public:
  Transaction(soci::session& sql, AttachmentManager& files, TransactionOptions options = {});
  /// A part of `outer`, which it begins if necessary and which must outlive it. What is committed
  /// here shares the fate of `outer`, whose options it has. `Errc::unsupported` when it begins, if
  /// the database's driver keeps no savepoints (PostgreSQL through ODBC).
  explicit Transaction(Transaction& outer);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Rolls back what was not committed. Does not throw.
  ~Transaction();

  /// Starts the database transaction now, if it has not begun, for callers whose first statement is
  /// their own.
  void begin();

  /// Stores a new file; write the returned value into a row before `commit`.
  /// Errors as `AttachmentManager::create`, after which the transaction can go on. `Errc::exists`
  /// with the attachment's id in `where()` for an idempotency key that is in use; `Errc::conflict`
  /// if another transaction is taking the key, and cannot be seen here: roll back and try again.
  [[nodiscard]] Attachment create(Source source, const CreateOptions& options = {});
  /// Several files as one: all are stored before the first is announced to the database, fifty in
  /// one statement (Firebird: one). If one fails, none is there. In the order of `sources`.
  [[nodiscard]] std::vector<Attachment> create_all(std::vector<Source> sources,
                                                   const CreateOptions& options = {});

  /// Takes over files that were stored before. `Errc::gone` when they are older than the manager's
  /// grace, or the reaper has them already; idempotency keys as `create`, each for one of them.
  /// They are removed if the call fails, at the latest with the rollback; only a pending attachment
  /// of another manager (`Errc::invalid_argument`) is left alone.
  [[nodiscard]] Attachment adopt(PendingAttachment pending);
  [[nodiscard]] std::vector<Attachment> adopt_all(std::vector<PendingAttachment> pending);

  /// Stores a copy of an attachment, with its variants, under a new id: one attachment belongs to
  /// one row. Errors as `AttachmentManager::copy`.
  [[nodiscard]] Attachment copy(const Attachment& attachment);

  /// Puts a new file in the place of what the row has, if anything; the old files go after the
  /// commit. The row is read first, then the file is stored (with no lock held unless the
  /// transaction has begun before); `Errc::conflict` when the field has another attachment by then.
  /// `Errc::record_not_found` if there is no such row. Disk, variants, types and size that
  /// `options` leaves empty are the field's.
  ///
  /// Files that affix has not stored, or that belong to another row, are left alone.
  Attachment replace(const ColumnField& field, const RowKey& key, Source source,
                     CreateOptions options = {});
  /// The same with files that were stored before, on their own disk and with their own variants;
  /// the field's types and size are checked. They are removed if the call fails.
  Attachment replace(const ColumnField& field, const RowKey& key, PendingAttachment pending);

  /// Sets the column to NULL; the files go after the commit. Nothing happens if it is NULL.
  void clear(const ColumnField& field, const RowKey& key);
  void clear(const ColumnListField& field, const RowKey& key);

  /// Puts a new file behind the others of a list. The row is read under its lock and merged, so two
  /// who append at the same time both succeed; on Firebird, where the second cannot see what the
  /// first has written, it is `Errc::conflict` and has to try again. Options as `replace`.
  Attachment append(const ColumnListField& field, const RowKey& key, Source source,
                    CreateOptions options = {});
  Attachment append(const ColumnListField& field, const RowKey& key, PendingAttachment pending);
  /// Takes the attachment of this id out of a list; its files go after the commit.
  /// `Errc::conflict` if somebody else has, or is about to. `Errc::record_not_found` if there is no
  /// such row.
  void remove(const ColumnListField& field, const RowKey& key, std::string_view id);

  /// Makes the variants of these presets that the row's attachment has not, or has by an older
  /// recipe, and writes them into the row. The pictures are made before the transaction begins
  /// where that is possible; then the row is read again and merged, so nobody's variants are lost.
  /// Several threads that ask for one at once wait for the first, which makes it. Returns the
  /// attachment as it is in the row then. See docs/lifecycle.md for files that no row lists.
  ///
  /// `Errc::conflict` if the row has got another attachment meanwhile, `Errc::file_not_found` if it
  /// has none, else as `AttachmentManager::create`. No names: the field's variants.
  Attachment ensure_variants(const ColumnField& field, const RowKey& key,
                             std::vector<std::string> names = {});
  /// The same for one attachment of a list.
  Attachment ensure_variants(const ColumnListField& field, const RowKey& key, std::string_view id,
                             std::vector<std::string> names = {});

  /// All of these for a field of another kind, e.g. a `MediaField`: what the field does under the
  /// same names, and by `put` for `replace`.
  template <AttachmentField Field>
  Attachment replace(const Field& field, const RowKey& key, Source source,
                     CreateOptions options = {}) {
    return field.put(*this, key, std::move(source), std::move(options));
  }
  template <AttachmentField Field>
  Attachment replace(const Field& field, const RowKey& key, PendingAttachment pending) {
    return field.put(*this, key, std::move(pending));
  }
  template <class Field>
  requires AttachmentField<Field> || AttachmentListField<Field>
  void clear(const Field& field, const RowKey& key) { field.clear(*this, key); }
  template <AttachmentListField Field>
  Attachment append(const Field& field, const RowKey& key, Source source,
                    CreateOptions options = {}) {
    return field.append(*this, key, std::move(source), std::move(options));
  }
  template <AttachmentListField Field>
  Attachment append(const Field& field, const RowKey& key, PendingAttachment pending) {
    return field.append(*this, key, std::move(pending));
  }
  template <AttachmentListField Field>
  void remove(const Field& field, const RowKey& key, std::string_view id) {
    field.remove(*this, key, id);
  }
  template <AttachmentField Field>
  requires requires { &Field::ensure_variants; }
  Attachment ensure_variants(const Field& field, const RowKey& key,
                             std::vector<std::string> names = {}) {
    return field.ensure_variants(*this, key, std::move(names));
  }
  template <AttachmentListField Field>
  requires requires { &Field::ensure_variants; }
  Attachment ensure_variants(const Field& field, const RowKey& key, std::string_view id,
                             std::vector<std::string> names = {}) {
    return field.ensure_variants(*this, key, id, std::move(names));
  }

  /// The files go after the commit. For rows that are deleted or changed by the caller's own
  /// statement in this transaction; no other row may have the attachment. Nothing happens for no
  /// attachment. `Errc::invalid_argument` for one of a media table: clear its field, or remove the
  /// record. `Errc::conflict` if somebody else has removed it; `Errc::invalid_key` or
  /// `Errc::record_not_found` for one that affix has not stored, `Errc::unknown_disk`. Nothing
  /// happens to files in the manager's `foreign_folders`.
  void remove(const Attachment& attachment);
  void remove(const std::optional<Attachment>& attachment);
  void remove(const AttachmentList& attachments);

  /// Calls `hook` after the commit, or after a rollback. Each is forgotten with the transaction
  /// that it was added to; add it again for the next one. What it throws is told to the manager's
  /// observer. After `Errc::in_doubt` neither is called. `Errc::unsupported` in a transaction that
  /// was joined, since nobody here will know how it ends.
  void after_commit(std::function<void()> hook);
  void after_rollback(std::function<void()> hook);

  /// Commits. `Errc::conflict` if the database refuses it because of another transaction: it is
  /// rolled back then, files included. Any other commit that fails is `Errc::in_doubt`: nobody
  /// knows whether it happened, so no file is removed, neither new nor old. The same if the
  /// database transaction is over already, because a deadlock or a statement of the caller's own
  /// has ended it. `Errc::invalid_state` if a statement of this transaction has failed and the
  /// database can only roll it back (one of affix; on PostgreSQL any). Without anything begun there
  /// are only hooks to run.
  void commit();

  /// Undoes everything since the last commit, files included. If the database transaction is over
  /// already, because a deadlock, the session or a statement of the caller's own has ended it,
  /// nobody here knows how it ended, and no file is removed: that is left to the reaper.
  void rollback();

  /// Whether the database transaction has begun and is not over.
  bool is_open() const noexcept;

  /// The session it works on, whose statements belong to it once it has begun.
  soci::session& session() const noexcept;

 private:
  friend struct detail::TransactionAccess;
  class Work;
  Attachment adopt_for(const std::string& slot, PendingAttachment pending);
  template <class Load>
  void check_or_discard(const ColumnField& field, PendingAttachment& pending, Load load);
  template <class Field>
  Attachment ensure(const Field& field, const ColumnField& column, const RowKey& key,
                    const Attachment* found, std::vector<std::string> names);

  std::unique_ptr<Work> work_;
};

}  // namespace affix

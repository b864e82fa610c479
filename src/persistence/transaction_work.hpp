#pragma once

#include <soci/soci.h>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/persistence/transaction.hpp"
#include "affix/soci/session_state.hpp"
#include "manager/manager_core.hpp"
#include "manager/variants.hpp"
#include "persistence/ledger.hpp"
#include "persistence/row_access.hpp"

namespace affix {

/// The state of a transaction: what was begun, and which files follow it.
class Transaction::Work {
 public:
  Work(soci::session& sql, AttachmentManager& files, TransactionOptions options);
  explicit Work(Work& outer);

  AttachmentManager& files() { return files_; }
  const detail::ManagerCore& core() const { return core_; }
  bool is_open() const noexcept { return state_ != State::idle; }
  soci::session& session() const noexcept { return sql_; }

  void begin();
  /// Announces the files to the database. `slot` is the one place that will have them.
  std::vector<Attachment> adopt(std::vector<PendingAttachment> pending, const std::string& slot);
  void discard(PendingAttachment pending) noexcept;
  /// `Errc::invalid_state` if nothing may be changed here.
  void require_writes() const;
  /// Before a file is stored. The same, and `Errc::exists` if an attachment has this key.
  void require_upload(const std::string& idempotency_key);
  void remove(const Attachment& attachment);
  void add_hook(std::vector<std::function<void()>>& hooks, std::function<void()> hook);
  std::vector<std::function<void()>>& after_commit_hooks() { return after_commit_hooks_; }
  std::vector<std::function<void()>>& after_rollback_hooks() { return after_rollback_hooks_; }

  // ---- the end, in transaction_end.cpp ----------------------------------------------------------
  void commit();
  void rollback();

  // ---- steps on a row, in transaction_rows.cpp -------------------------------------------------
  /// As the field's own: what the row has now, without a lock.
  std::optional<Attachment> load(const ColumnField& field, const RowKey& key);
  AttachmentList load(const ColumnListField& field, const RowKey& key);
  /// Puts `replacement` (or NULL) into the row, provided that it still has what `expected` says.
  void swap(const ColumnField& field, const RowKey& key, const std::optional<Attachment>& expected,
            const std::optional<Attachment>& replacement);
  void append(const ColumnListField& field, const RowKey& key, const Attachment& attachment);
  void take_out(const ColumnListField& field, const RowKey& key, std::string_view id);
  void clear(const ColumnListField& field, const RowKey& key);

  // ---- variants of what a row has, in transaction_variants.cpp ---------------------------------
  /// Makes and publishes them, before the transaction begins if it has not: that nobody names an
  /// old file must last before the file can go.
  detail::PublishedVariants make_variants(const Attachment& attachment,
                                          std::span<const Preset> presets);
  /// Adds variants to the row's attachment, which must still be this one.
  Attachment merge(const ColumnField& field, const RowKey& key, const Attachment& attachment,
                   const detail::PublishedVariants& published);
  Attachment merge(const ColumnListField& field, const RowKey& key, const Attachment& attachment,
                   const detail::PublishedVariants& published);
  /// Locks an attachment for variants that are on the disk. `Errc::conflict` if it is given up, or
  /// a file is gone. Returns the old files that `slot`, the place that has it, may remove.
  std::vector<Key> lock_for_variants(const Attachment& attachment, const std::string& slot,
                                     const detail::PublishedVariants& published);
  /// Removes those of the old files that the place, which is locked, does not name now.
  void remove_unlisted(const Attachment& now, std::span<const Key> old) const noexcept;

  /// Runs a step of the open transaction. If it fails, nobody knows how far it came, and the
  /// transaction can only be rolled back.
  template <class Step>
  auto guarded(Step step) {
    require_writes();
    begin();
    try {
      return step();
    } catch (...) {
      state_ = State::failed;
      throw;
    }
  }

  /// What only reads, maybe before the transaction has begun. One that is open has failed with a
  /// statement, but not with what it has found.
  template <class Step>
  auto reading(Step step) {
    try {
      return step();
    } catch (const Error& error) {
      const bool has_failed = error.code() == Errc::database || error.code() == Errc::conflict;
      if (has_failed && state_ == State::open) state_ = State::failed;
      throw;
    } catch (...) {
      if (state_ == State::open) state_ = State::failed;
      throw;
    }
  }

 private:
  friend struct detail::TransactionAccess;
  enum class State { idle, open, failed };
  static constexpr std::string_view must_roll_back =
      "A statement of this transaction failed: roll it back";
  /// Whose the database transaction is.
  enum class Owner { self, caller, outer };

  /// Without a ledger: what goes after the commit.
  struct Doomed {
    detail::StoredFiles files;
    RemovedEvent::Reason reason;
    enum class Marker { own, from_before } marker;
  };
  struct Replacement {
    Attachment old_attachment;
    Attachment new_attachment;
  };

  /// Gives up what a row had. `Errc::conflict` if somebody else has, or is about to.
  void release(const Attachment& attachment, const std::string& slot, RemovedEvent::Reason reason);
  bool is_given_up(const std::string& id) const;
  bool is_doomed_by_trigger(const std::string& id) const;
  /// Locks an attachment until the end. Whether a row has it, as far as the ledger knows.
  bool lock_live(const std::string& id);
  /// The same for something that whoever locks it later must not overlook.
  bool touch_live(const std::string& id);
  /// Another place gets the attachment, which is locked then. `Errc::conflict` if it is given up,
  /// or belongs to a third one.
  void move(const std::string& id, const std::string& from, const std::string& to);
  /// Runs a step on one row; its errors get the row's place.
  template <class Step>
  auto on_row(const ColumnField& field, const RowKey& key, Step step) {
    return guarded([&] { return detail::run_at(detail::place_of(field, key), step); });
  }
  /// What the row has now, locked until the end. `before` is what was read without a lock.
  template <class Value>
  Value read_locked(const ColumnField& field, const RowKey& key, Value before) {
    core_.statement("row.read",
                    [&] { before = detail::read_row<Value>(sql_, field, key, RowLock::wait); });
    return before;
  }
  template <class Value>
  void write(const ColumnField& field, const RowKey& key, const Value& value) {
    core_.statement("row.write", [&] { detail::write_row(sql_, field, key, value); });
  }
  /// The same if the row still has `before`; false if that is not so, or has to be read.
  bool write_if(const ColumnField& field, const RowKey& key,
                const std::optional<Attachment>& before, const std::optional<Attachment>& value) {
    bool written = false;
    core_.statement("row.write",
                    [&] { written = detail::write_row_if(sql_, field, key, before, value); });
    return written;
  }

  void begin_own();
  void begin_part(Owner owner);
  void set_savepoint();
  void announce(std::span<const detail::PendingFiles> contents, const std::string& slot);
  void doom_by_marker(const detail::StoredFiles& files, RemovedEvent::Reason reason);
  void join_or_begin();
  /// What was found before; commits only if that is `open`.
  TransactionState commit_if_open();
  bool is_ours() const;
  [[noreturn]] void commit_failed(const std::exception& error);
  /// Whether there was something to roll back.
  bool roll_back_database();
  void leave_to_reaper() noexcept;
  void hand_over() noexcept;
  void after_commit() noexcept;
  void forget_committed() noexcept;
  void after_rollback() noexcept;
  void run(const std::vector<std::function<void()>>& hooks) const noexcept;
  void forget() noexcept;

  soci::session& sql_;
  AttachmentManager& files_;
  const detail::ManagerCore& core_;
  const Dialect& dialect_;
  const detail::Ledger ledger_;
  Work* outer_ = nullptr;
  const TransactionOptions options_;
  State state_ = State::idle;
  Owner owner_ = Owner::self;
  std::string savepoint_;
  std::chrono::steady_clock::time_point begun_{};  ///< When the statements began to be ours.
  long long generation_ = 0;                       ///< Counts the transactions that are over.
  long long outer_generation_ = 0;                 ///< Of `outer_`, when this one began.

  std::map<std::string, detail::StoredFiles> created_;  ///< By id: gone without the commit.
  std::set<std::string> given_up_;                      ///< Ids that were doomed here.
  std::map<std::string, Doomed> doomed_;                ///< By id; without a ledger.
  std::vector<Replacement> replacements_;               ///< For the observer.
  std::vector<std::function<void()>> after_commit_hooks_;
  std::vector<std::function<void()>> after_rollback_hooks_;
};

}  // namespace affix

#pragma once

#include <soci/soci.h>

#include <map>
#include <vector>

#include "affix/persistence/transaction.hpp"
#include "affix/soci/session_state.hpp"
#include "manager/manager_core.hpp"

namespace affix {

/// The state of a transaction: what was begun, and which files follow it.
class Transaction::Work {
 public:
  Work(soci::session& sql, AttachmentManager& files);

  AttachmentManager& files() { return files_; }
  soci::session& sql() { return sql_; }
  bool is_open() const noexcept { return state_ != State::idle; }

  void begin();
  Attachment adopt(PendingAttachment pending);
  void discard(PendingAttachment pending) noexcept;
  /// Puts `replacement` (or NULL) into the row, provided that it still has what `expected` says.
  void swap(const ColumnField& field, const RowKey& key, const std::optional<Attachment>& expected,
            const std::optional<Attachment>& replacement);
  /// What removing the attachment would remove; throws if it must not be.
  detail::StoredFiles removable(const Attachment& attachment) const;
  void remove(const detail::StoredFiles& files, RemovedEvent::Reason reason);
  void commit();
  void rollback();

  /// Runs a step of the open transaction. If it fails, nobody knows how far it came, and the
  /// transaction can only be rolled back.
  template <class Step>
  auto guarded(Step step) {
    try {
      return step();
    } catch (...) {
      state_ = State::failed;
      throw;
    }
  }

 private:
  enum class State { idle, open, failed };

  struct Doomed {
    detail::StoredFiles files;
    RemovedEvent::Reason reason;
    enum class Marker { own, from_before } marker;
  };
  struct Replacement {
    Attachment old_attachment;
    Attachment new_attachment;
  };

  void swap_locked(const ColumnField& field, const RowKey& key,
                   const std::optional<Attachment>& expected,
                   const std::optional<Attachment>& replacement);
  /// What was found before; commits only if that is `open`.
  TransactionState commit_if_open();
  /// Whether there was something to roll back.
  bool roll_back_database();
  void after_commit() noexcept;
  void after_rollback() noexcept;
  void forget() noexcept;

  soci::session& sql_;
  AttachmentManager& files_;
  const detail::ManagerCore& core_;
  const Dialect& dialect_;
  State state_ = State::idle;
  std::map<std::string, detail::StoredFiles> created_;  ///< By id: gone without the commit.
  std::map<std::string, Doomed> doomed_;                ///< By id: gone after the commit.
  std::vector<Replacement> replacements_;               ///< For the observer.
};

}  // namespace affix

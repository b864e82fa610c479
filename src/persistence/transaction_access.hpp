#pragma once

#include <map>
#include <string>
#include <vector>

#include "persistence/transaction_work.hpp"

namespace affix::detail {

/// What layers above the transaction may do with its files and its locks.
struct TransactionAccess {
  static Transaction::Work& work(Transaction& tx) noexcept { return *tx.work_; }

  /// Runs a step of the open transaction; if it fails, that can only be rolled back.
  template <class Step>
  static auto guarded(Transaction& tx, Step step) {
    return work(tx).guarded(step);
  }

  /// As `Transaction::adopt`, for the one place that will have the file.
  static Attachment adopt(Transaction& tx, PendingAttachment pending, const std::string& slot) {
    std::vector<PendingAttachment> one;
    one.push_back(std::move(pending));
    return work(tx).adopt(std::move(one), slot).front();
  }
  /// Locks an attachment until the end; false if it is given up.
  static bool lock(Transaction& tx, const std::string& id) { return work(tx).lock_live(id); }
  /// The same for who is going to share it.
  static bool touch(Transaction& tx, const std::string& id) { return work(tx).touch_live(id); }
  /// The place of an attachment becomes another one, within the database; it is locked then.
  /// `Errc::conflict` if it is given up, or belongs to a third one.
  static void move(Transaction& tx, const std::string& id, const std::string& from,
                   const std::string& to) {
    work(tx).move(id, from, to);
  }
  /// The observer is told so after the commit.
  static void replaced(Transaction& tx, const Attachment& old_attachment,
                       const Attachment& new_attachment) {
    work(tx).replacements_.push_back({old_attachment, new_attachment});
  }
  /// The files go after the commit. `Errc::conflict` if somebody else has given them up.
  static void give_up(Transaction& tx, const Attachment& attachment, const std::string& slot) {
    work(tx).release(attachment, slot, RemovedEvent::Reason::removed);
  }
};

}  // namespace affix::detail

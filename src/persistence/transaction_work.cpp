#include "persistence/transaction_work.hpp"

#include "persistence/row_access.hpp"

namespace affix {

Transaction::Work::Work(soci::session& sql, AttachmentManager& files)
    : sql_(sql),
      files_(files),
      core_(detail::ManagerAccess::core(files)),
      dialect_(dialect_of(sql)) {}

void Transaction::Work::begin() {
  if (state_ == State::open && !in_transaction(sql_)) {
    state_ = State::failed;
    detail::require_connection(sql_);
    throw Error(Errc::invalid_state, "The database transaction was ended by something else");
  }
  if (state_ == State::open) return;
  if (state_ == State::failed) {
    throw Error(Errc::invalid_state, "A statement of this transaction failed: roll it back");
  }
  if (in_transaction(sql_)) {
    throw Error(Errc::invalid_state,
                "The session is inside a transaction that was begun elsewhere; let affix begin it");
  }
  try {
    dialect_.begin_for_write(sql_);
  } catch (const std::exception& error) {
    throw detail::database_error("The database transaction could not be begun", error);
  }
  state_ = State::open;
}

Attachment Transaction::Work::adopt(PendingAttachment pending) {
  detail::PendingFiles content = detail::ManagerAccess::take(pending, core_);
  try {
    if (core_.now() - content.started > core_.options().grace) {
      throw Error(Errc::gone, "The pending attachment has waited too long for its row",
                  {.attachment = content.files.id});
    }
    begin();
  } catch (...) {
    core_.try_remove(content.files, RemovedEvent::Reason::discarded);
    throw;
  }
  created_.emplace(content.files.id, content.files);
  return content.attachment;
}

void Transaction::Work::discard(PendingAttachment pending) noexcept {
  try {
    core_.try_remove(detail::ManagerAccess::take(pending, core_).files,
                     RemovedEvent::Reason::discarded);
  } catch (...) {  // It was empty.
  }
}

void Transaction::Work::swap(const ColumnField& field, const RowKey& key,
                             const std::optional<Attachment>& expected,
                             const std::optional<Attachment>& replacement) {
  guarded([&] {
    try {
      swap_locked(field, key, expected, replacement);
    } catch (const Error& error) {
      throw error.with(detail::place_of(field, key));
    }
  });
}

void Transaction::Work::swap_locked(const ColumnField& field, const RowKey& key,
                                    const std::optional<Attachment>& expected,
                                    const std::optional<Attachment>& replacement) {
  const auto current = detail::read_row(sql_, field, key, RowLock::wait);
  const auto id = [](const std::optional<Attachment>& one) { return one ? one->id : ""; };
  if (id(current) != id(expected)) {
    throw Error(Errc::conflict, "Somebody else has changed the field meanwhile");
  }
  if (current) {
    remove(removable(*current),
           replacement ? RemovedEvent::Reason::replaced : RemovedEvent::Reason::removed);
  }
  detail::write_row(sql_, field, key, replacement);
  if (current && replacement) replacements_.push_back({*current, *replacement});
}

detail::StoredFiles Transaction::Work::removable(const Attachment& attachment) const {
  detail::StoredFiles files = detail::files_of(attachment);
  core_.disk(files.disk);
  return files;
}

void Transaction::Work::remove(const detail::StoredFiles& files, RemovedEvent::Reason reason) {
  if (doomed_.contains(files.id)) return;
  // What is doomed gets a marker before the commit, so that a crash after it leaves no file that
  // nobody knows. New files have theirs already.
  const bool marked = !created_.contains(files.id) && core_.ensure_marked(files);
  const auto marker = marked ? Doomed::Marker::own : Doomed::Marker::from_before;
  doomed_.emplace(files.id, Doomed{files, reason, marker});
}

void Transaction::Work::commit() {
  constexpr std::string_view failed = "A statement of this transaction failed: roll it back";
  if (state_ == State::idle) return;
  if (state_ == State::failed) throw Error(Errc::invalid_state, failed);
  switch (commit_if_open()) {
    case TransactionState::open:
      return after_commit();
    case TransactionState::failed:
      state_ = State::failed;
      throw Error(Errc::invalid_state, failed);
    case TransactionState::none:
      forget();
      throw Error(Errc::in_doubt,
                  "The database transaction was over before its commit; no file was removed");
  }
}

TransactionState Transaction::Work::commit_if_open() {
  try {
    const TransactionState found = transaction_state(sql_);
    if (found == TransactionState::open) sql_.commit();
    return found;
  } catch (const std::exception& error) {
    forget();
    detail::abandon_transaction(sql_);
    throw Error(Errc::in_doubt, "The commit failed; whether it happened is not known", {},
                detail::cause_of(error));
  }
}

void Transaction::Work::rollback() {
  if (state_ == State::idle) return;
  // Over without us: somebody may have committed it, and then its rows have these files.
  if (!roll_back_database()) return forget();
  after_rollback();
}

bool Transaction::Work::roll_back_database() {
  try {
    if (transaction_state(sql_) == TransactionState::none) return false;
    sql_.rollback();
    return true;
  } catch (const std::exception& error) {
    forget();
    detail::abandon_transaction(sql_);
    throw detail::database_error("The rollback failed; no file was removed", error);
  }
}

void Transaction::Work::after_commit() noexcept {
  for (const auto& [id, files] : created_) {
    if (!doomed_.contains(id)) core_.try_unmark(files);
  }
  for (const auto& [id, doomed] : doomed_) core_.try_remove(doomed.files, doomed.reason);
  for (const Replacement& replacement : replacements_) {
    core_.notify(&Observer::replaced,
                 ReplacedEvent{replacement.old_attachment, replacement.new_attachment});
  }
  forget();
}

void Transaction::Work::after_rollback() noexcept {
  for (const auto& [id, files] : created_) {
    core_.try_remove(files, RemovedEvent::Reason::rolled_back);
  }
  for (const auto& [id, doomed] : doomed_) {
    if (doomed.marker == Doomed::Marker::own) core_.try_unmark(doomed.files);
  }
  forget();
}

void Transaction::Work::forget() noexcept {
  created_.clear();
  doomed_.clear();
  replacements_.clear();
  state_ = State::idle;
}

}  // namespace affix

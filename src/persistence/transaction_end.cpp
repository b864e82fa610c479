#include <iterator>

#include "affix/soci/database_error.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "persistence/transaction_work.hpp"
#include "session_failure.hpp"

// How a transaction ends, and what becomes of its files then.

namespace affix {

void Transaction::Work::commit() {
  if (state_ == State::idle) return after_commit();  // Hooks of a transaction without statements.
  if (state_ == State::failed) throw Error(Errc::invalid_state, must_roll_back);
  switch (commit_if_open()) {
    case TransactionState::open:
      return owner_ == Owner::self ? after_commit() : hand_over();
    case TransactionState::failed:
      state_ = State::failed;
      throw Error(Errc::invalid_state, must_roll_back);
    case TransactionState::none:
      leave_to_reaper();
      throw Error(Errc::in_doubt,
                  "The database transaction was over before its commit; no file was removed");
  }
}

TransactionState Transaction::Work::commit_if_open() {
  try {
    TransactionState found = transaction_state(sql_);
    if (outer_ && outer_->generation_ != outer_generation_) found = TransactionState::none;
    if (found != TransactionState::open) return found;
    if (owner_ == Owner::self && !is_ours()) return TransactionState::none;
    core_.statement("transaction.commit", [&] {
      if (owner_ == Owner::self) return sql_.commit();
      detail::Query(sql_, dialect_.release(savepoint_)).run();
    });
    return found;
  } catch (const std::exception& error) {
    if (owner_ != Owner::self) {
      state_ = State::failed;
      throw detail::database_error("A part of the transaction could not be ended", error);
    }
    commit_failed(error);
  }
}

/// Whether the database transaction is the one that was begun, and no other after it.
bool Transaction::Work::is_ours() const {
  if (savepoint_.empty()) return true;
  try {
    core_.statement("transaction.release",
                    [&] { detail::Query(sql_, dialect_.release(savepoint_)).run(); });
    return true;
  } catch (const soci::soci_error&) {
    return false;
  }
}

/// Who is told of a conflict has been rolled back, or can be now.
void Transaction::Work::commit_failed(const std::exception& error) {
  const std::string cause = detail::cause_of(error);
  const bool conflict = classify(error) == DatabaseError::conflict;
  const bool rolled_back = detail::abandon_transaction(sql_);
  if (conflict && rolled_back) {
    after_rollback();
    throw Error(Errc::conflict,
                "Another transaction was in the way of the commit; everything is rolled back", {},
                cause);
  }
  forget();
  throw Error(Errc::in_doubt, "The commit failed; whether it happened is not known", {}, cause);
}

void Transaction::Work::rollback() {
  if (state_ == State::idle) return after_rollback();
  // Over without us: somebody may have committed it, and then its rows have these files.
  if (!roll_back_database()) return leave_to_reaper();
  after_rollback();
}

/// The server has no transaction any more, but its driver may not know (ODBC), and would begin
/// another one with the next statement.
void Transaction::Work::leave_to_reaper() noexcept {
  if (owner_ == Owner::self) detail::abandon_transaction(sql_);
  forget();
}

bool Transaction::Work::roll_back_database() {
  try {
    if (transaction_state(sql_) == TransactionState::none) return false;
    if (outer_ && outer_->generation_ != outer_generation_) return false;
    core_.statement("transaction.rollback", [&] {
      if (owner_ == Owner::self) return sql_.rollback();
      detail::Query(sql_, dialect_.rollback_to(savepoint_)).run();
      detail::Query(sql_, dialect_.release(savepoint_)).run();
    });
    return true;
  } catch (const std::exception& error) {
    if (owner_ == Owner::self) detail::abandon_transaction(sql_);
    if (owner_ == Owner::outer)
      outer_->state_ = State::failed;  // Its commit would commit this, too.
    forget();
    throw detail::database_error("The rollback failed; no file was removed", error);
  }
}

void Transaction::Work::hand_over() noexcept {
  if (owner_ == Owner::outer) {
    const auto append = [](auto& from, auto& to) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    outer_->created_.merge(created_);
    outer_->given_up_.merge(given_up_);
    outer_->doomed_.merge(doomed_);
    append(replacements_, outer_->replacements_);
    append(after_commit_hooks_, outer_->after_commit_hooks_);
    append(after_rollback_hooks_, outer_->after_rollback_hooks_);
  }
  forget();
}

void Transaction::Work::after_commit() noexcept {
  if (!core_.has_ledger()) {
    for (const auto& [id, files] : created_) {
      if (!doomed_.contains(id)) core_.try_unmark(files);
    }
    for (const auto& [id, doomed] : doomed_) core_.try_remove(doomed.files, doomed.reason);
  }
  for (const Replacement& replacement : replacements_) {
    core_.notify(&Observer::replaced,
                 ReplacedEvent{replacement.old_attachment, replacement.new_attachment});
  }
  const auto hooks = std::move(after_commit_hooks_);
  forget();
  run(hooks);
}

/// Ours may have been committed by a statement of the caller's, and another begun, which is what
/// was rolled back: then the ledger has the files, and they are somebody's.
void Transaction::Work::forget_committed() noexcept {
  if (owner_ != Owner::self || created_.empty() || !core_.has_ledger()) return;
  try {
    std::vector<std::string> ids;
    for (const auto& [id, files] : created_) ids.push_back(id);
    const detail::OpenedByStatement opened(sql_);
    for (const auto& [id, row] : ledger_.find(ids)) {
      if (row.state != detail::LedgerState::dead && row.files == created_.at(id)) {
        created_.erase(id);
      }
    }
  } catch (...) {
    created_.clear();  // Nobody knows: the reaper will.
  }
}

void Transaction::Work::after_rollback() noexcept {
  forget_committed();
  for (const auto& [id, files] : created_) {
    core_.try_remove(files, RemovedEvent::Reason::rolled_back);
  }
  for (const auto& [id, doomed] : doomed_) {
    if (doomed.marker == Doomed::Marker::own) core_.try_unmark(doomed.files);
  }
  const auto hooks = std::move(after_rollback_hooks_);
  forget();
  run(hooks);
}

void Transaction::Work::run(const std::vector<std::function<void()>>& hooks) const noexcept {
  for (const auto& hook : hooks) {
    try {
      hook();
    } catch (const std::exception& error) {
      core_.notify(&Observer::hook_failed, HookFailedEvent{error.what()});
    } catch (...) {
      core_.notify(&Observer::hook_failed, HookFailedEvent{});
    }
  }
}

void Transaction::Work::forget() noexcept {
  created_.clear();
  given_up_.clear();
  doomed_.clear();
  replacements_.clear();
  after_commit_hooks_.clear();
  after_rollback_hooks_.clear();
  state_ = State::idle;
  ++generation_;
}

}  // namespace affix

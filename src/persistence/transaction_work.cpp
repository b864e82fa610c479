#include "persistence/transaction_work.hpp"

#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "persistence/statement.hpp"

namespace affix {

Transaction::Work::Work(soci::session& sql, AttachmentManager& files, TransactionOptions options)
    : sql_(sql),
      files_(files),
      core_(detail::ManagerAccess::core(files)),
      dialect_(dialect_of(sql)),
      ledger_(sql, core_),
      options_(options) {}

Transaction::Work::Work(Work& outer)
    : Work(outer.sql_, outer.files_, {.writes = outer.options_.writes}) {
  outer_ = &outer;
}

void Transaction::Work::begin() {
  const bool over = state_ == State::open &&
                    (!in_transaction(sql_) || (outer_ && outer_->generation_ != outer_generation_));
  if (over) {
    state_ = State::failed;
    detail::require_connection(sql_);
    throw Error(Errc::invalid_state, "The database transaction was ended by something else");
  }
  if (state_ == State::open) return;
  if (state_ == State::failed) throw Error(Errc::invalid_state, must_roll_back);
  if (outer_) {
    outer_->begin();
    outer_generation_ = outer_->generation_;
    return begin_part(Owner::outer);
  }
  join_or_begin();
}

void Transaction::Work::join_or_begin() {
  const bool open = in_transaction(sql_);
  if (open && options_.join == Join::automatic && !dialect_.traits().autocommits) {
    throw Error(Errc::invalid_state,
                "The session is inside a transaction, if only by a SELECT; end it before, or say "
                "that you want to join it");
  }
  if (!open && options_.join == Join::required) {
    throw Error(Errc::invalid_state, "There is no transaction to join");
  }
  if (!open) return begin_own();
  if (options_.isolation != IsolationLevel::as_is || options_.writes != Writes::allowed) {
    throw Error(Errc::invalid_state,
                "A transaction that is joined cannot be given another isolation, nor be made one "
                "that only reads");
  }
  begin_part(Owner::caller);
}

void Transaction::Work::begin_own() {
  detail::run_statement(core_, "transaction.begin", "The database transaction could not be begun",
                        {}, [&] { dialect_.begin(sql_, options_.isolation, options_.writes); });
  owner_ = Owner::self;
  state_ = State::open;
  begun_ = std::chrono::steady_clock::now();
  savepoint_.clear();
  if (dialect_.traits().notices_rollbacks) return;
  try {
    set_savepoint();  // By which the commit knows that it is still this one.
  } catch (...) {
    state_ = State::failed;
    throw;
  }
}

void Transaction::Work::set_savepoint() {
  savepoint_ = detail::new_savepoint();
  detail::run_statement(core_, "transaction.savepoint",
                        "A part of the database transaction could not be begun", {},
                        [&] { detail::Query(sql_, dialect_.savepoint(savepoint_)).run(); });
}

void Transaction::Work::begin_part(Owner owner) {
  if (owner == Owner::caller && !(after_commit_hooks_.empty() && after_rollback_hooks_.empty())) {
    throw Error(Errc::unsupported,
                "Whether a transaction that was joined is committed is not known");
  }
  set_savepoint();
  owner_ = owner;
  state_ = State::open;
  begun_ = owner == Owner::outer ? outer_->begun_ : std::chrono::steady_clock::now();
}

std::vector<Attachment> Transaction::Work::adopt(std::vector<PendingAttachment> pending,
                                                 const std::string& slot) {
  std::vector<detail::PendingFiles> contents;
  try {
    for (PendingAttachment& one : pending) {
      contents.push_back(detail::ManagerAccess::take(one, core_));
      if (core_.now() - contents.back().started > core_.options().grace) {
        throw Error(Errc::gone, "The pending attachment has waited too long for its row",
                    {.attachment = contents.back().files.id});
      }
    }
    require_writes();
    begin();
    announce(contents, slot);
  } catch (...) {
    // After a failed statement the database has to say first that nothing came of it.
    for (const detail::PendingFiles& one : contents) {
      if (state_ == State::failed) {
        created_.emplace(one.files.id, one.files);
      } else {
        core_.try_remove(one.files, RemovedEvent::Reason::discarded);
      }
    }
    for (PendingAttachment& one : pending) discard(std::move(one));
    throw;
  }
  std::vector<Attachment> attachments;
  for (detail::PendingFiles& one : contents) {
    created_.emplace(one.files.id, one.files);
    attachments.push_back(std::move(one.attachment));
  }
  return attachments;
}

void Transaction::Work::announce(std::span<const detail::PendingFiles> contents,
                                 const std::string& slot) {
  if (!core_.has_ledger()) return;
  std::vector<detail::LedgerEntry> entries;
  for (const detail::PendingFiles& one : contents) {
    entries.push_back({one.files, one.attachment.size, slot, one.idempotency_key});
  }
  try {
    ledger_.insert(std::move(entries));
  } catch (const Error& error) {
    if (error.code() != Errc::exists) state_ = State::failed;
    throw;
  } catch (...) {
    state_ = State::failed;
    throw;
  }
}

void Transaction::Work::discard(PendingAttachment pending) noexcept {
  try {
    core_.try_remove(detail::ManagerAccess::take(pending, core_).files,
                     RemovedEvent::Reason::discarded);
  } catch (...) {  // It was empty, or another manager's.
  }
}

void Transaction::Work::require_writes() const {
  if (options_.writes == Writes::allowed) return;
  throw Error(Errc::invalid_state, "Nothing can be changed in a transaction that only reads");
}

void Transaction::Work::require_upload(const std::string& idempotency_key) {
  require_writes();
  if (idempotency_key.empty() || !core_.has_ledger()) return;
  const detail::OpenedByStatement opened(sql_);
  if (const auto id = reading([&] { return ledger_.find_key(idempotency_key); })) {
    throw Error(Errc::exists, "An attachment with this idempotency key is there",
                {.attachment = *id});
  }
}

void Transaction::Work::release(const Attachment& attachment, const std::string& slot,
                                RemovedEvent::Reason reason) {
  if (core_.is_foreign(attachment)) return;
  if (!core_.has_ledger()) {
    const detail::StoredFiles files = detail::files_of(attachment);
    core_.disk(files.disk);
    return doom_by_marker(files, reason);
  }
  static_cast<void>(detail::own_key(attachment, {}));  // A tampered value is not overwritten.
  if (is_given_up(attachment.id)) return;
  if (ledger_.doom(attachment.id, slot)) {
    given_up_.insert(attachment.id);
    return;
  }
  const auto found = ledger_.lock(attachment.id);
  if (!found) return;  // Somebody else's files: not ours to remove.
  const bool elsewhere =
      found->state == detail::LedgerState::live && !found->slot.empty() && found->slot != slot;
  if (!elsewhere) {
    throw Error(Errc::conflict, "Somebody else has replaced or removed the attachment",
                {.attachment = attachment.id});
  }
}

bool Transaction::Work::is_given_up(const std::string& id) const {
  return given_up_.contains(id) || (outer_ && outer_->is_given_up(id));
}

/// Whether a trigger of `install_triggers` has, for a statement of the caller's.
bool Transaction::Work::is_doomed_by_trigger(const std::string& id) const {
  using std::chrono::milliseconds;
  const auto age = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begun_);
  // The database reads its clock when the question arrives, which takes as long as it takes.
  constexpr std::chrono::seconds on_the_way{2};
  return ledger_.is_doomed_here(id, age + on_the_way);
}

bool Transaction::Work::lock_live(const std::string& id) {
  if (!core_.has_ledger()) return true;
  const auto found = ledger_.lock(id);
  return !found || found->state == detail::LedgerState::live;
}

bool Transaction::Work::touch_live(const std::string& id) {
  if (!lock_live(id)) return false;
  if (core_.has_ledger()) ledger_.touch(id);
  return true;
}

void Transaction::Work::move(const std::string& id, const std::string& from,
                             const std::string& to) {
  if (!core_.has_ledger()) return;
  if (is_given_up(id) || (!ledger_.move(id, from, to) && ledger_.lock(id))) {
    throw Error(Errc::conflict, "The attachment belongs to another row, or is given up",
                {.attachment = id});
  }
}

void Transaction::Work::remove(const Attachment& attachment) {
  if (core_.is_foreign(attachment)) return;
  const detail::StoredFiles files = detail::files_of(attachment);
  core_.disk(files.disk);
  guarded([&] {
    if (!core_.has_ledger()) return doom_by_marker(files, RemovedEvent::Reason::removed);
    if (is_given_up(attachment.id)) return;
    if (!ledger_.doom(attachment.id, {}) && !is_doomed_by_trigger(attachment.id)) {
      const auto found = ledger_.lock(attachment.id);
      if (found && found->state == detail::LedgerState::live &&
          found->slot.starts_with(detail::record_slots)) {
        throw Error(
            Errc::invalid_argument,
            "The attachment is a media record: clear its field, or remove it by its library",
            {.attachment = attachment.id});
      }
      const bool known = found.has_value();
      throw Error(known ? Errc::conflict : Errc::record_not_found,
                  known ? "Somebody else has replaced or removed the attachment"
                        : "The ledger does not know the attachment; its files are not removed",
                  {.attachment = attachment.id});
    }
    given_up_.insert(attachment.id);
  });
}

void Transaction::Work::doom_by_marker(const detail::StoredFiles& files,
                                       RemovedEvent::Reason reason) {
  if (doomed_.contains(files.id)) return;
  // What is doomed gets a marker before the commit, so that a crash after it leaves no file that
  // nobody knows. New files have theirs already.
  const bool marked = !created_.contains(files.id) && core_.ensure_marked(files);
  const auto marker = marked ? Doomed::Marker::own : Doomed::Marker::from_before;
  doomed_.emplace(files.id, Doomed{files, reason, marker});
}

void Transaction::Work::add_hook(std::vector<std::function<void()>>& hooks,
                                 std::function<void()> hook) {
  if (state_ != State::idle && owner_ == Owner::caller) {
    throw Error(Errc::unsupported,
                "Whether a transaction that was joined is committed is not known");
  }
  hooks.push_back(std::move(hook));
}

}  // namespace affix

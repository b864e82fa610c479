#include <algorithm>

#include "affix/soci/database_error.hpp"
#include "affix/value/id.hpp"
#include "persistence/session_settings.hpp"
#include "persistence/statement.hpp"
#include "persistence/verify.hpp"

// Each repair looks again at what it is based on, under the locks that those take who could change
// it. Who is faster wins, and the repair is left to another call.

namespace affix::detail {
namespace {

/// How long a repair waits for those who are at work.
constexpr std::chrono::milliseconds patience{500};

/// Somebody was faster, or what the finding was based on has changed.
[[noreturn]] void leave_alone() {
  throw Error(Errc::conflict, "Somebody else has changed the place of a repair");
}

}  // namespace

/// Runs `work` in a transaction. False if somebody else was in the way, and then nothing is done.
template <class Work>
bool Verifier::attempt(Work work) {
  const LockPatience waiting(sql_, patience);
  try {
    core_.statement("verify.repair", [&] { in_own_transaction(sql_, work); });
    return true;
  } catch (const Error& error) {
    if (error.code() == Errc::conflict || error.code() == Errc::gone || is_locked(error)) {
      return false;
    }
    throw;
  } catch (const std::exception& error) {
    const DatabaseError kind = classify(error);
    if (kind == DatabaseError::lock_timeout || kind == DatabaseError::conflict) return false;
    throw database_error("A repair could not be committed", error);
  }
}

bool Verifier::repair_item(const RowItem& item, const Finding& finding, bool is_whole) {
  if (!repairs() || ids_.count(item.attachment.id) > 1) return false;
  if (finding.kind == FindingKind::unlisted_variant) {
    return remove_unlisted(item, Key::parse(finding.where.key));
  }
  if (finding.kind != FindingKind::unknown || !is_whole) return false;
  return is_uuid_v7(item.attachment.id) && enter_into_ledger(item);
}

bool Verifier::enter_into_ledger(const RowItem& item) {
  const StoredFiles files = files_of(item.attachment);
  return attempt([&] {
    ledger_.insert({{files, item.attachment.size, item.slot}});
    const auto now = read_again(item, RowLock::wait);
    if (!now || now->path != item.attachment.path) leave_alone();
  });
}

/// What `step` says; false if somebody else holds a lock.
template <class Step>
bool Verifier::unless_locked(Step step) {
  const LockPatience waiting(sql_, patience);
  try {
    return step();
  } catch (const Error& error) {
    if (!is_locked(error)) throw;
    return false;
  }
}

bool Verifier::remove_unlisted(const RowItem& item, const Key& key) {
  const bool is_durable = unless_locked([&] {
    reaper_.before_acting();
    return true;
  });
  if (!is_durable) return false;
  return attempt([&] {
    const auto row = ledger_.lock(item.attachment.id);
    if (!row || row->state != LedgerState::live || !key.is_below(row->files.prefix)) leave_alone();
    const auto now = read_again(item, RowLock::wait);
    if (!now || now->path == key.text()) leave_alone();
    for (const auto& [name, variant] : now->variants) {
      if (variant.path == key.text()) leave_alone();
    }
    core_.disk(row->files.disk).remove(key);
  });
}

bool Verifier::give_up(const LedgerRow& row) {
  if (!repairs()) return false;
  return attempt([&] {
    const auto now = ledger_.lock(row.files.id);
    if (!now || now->state != LedgerState::live || now->changed_at != row.changed_at) leave_alone();
    const std::vector<std::string> ids{row.files.id};
    if (!find_references(sql_, core_, ids, Places(options_)).empty()) leave_alone();
    if (!ledger_.doom_if_older(row.files.id, options_.purge_delay)) leave_alone();
  });
}

bool Verifier::remove_orphan(const DiskItem& item) {
  // A ledger that was lost, or is younger than the files, would make all of them orphans.
  const bool knows_all = options_.coverage == VerifyOptions::Coverage::all;
  if (!repairs() || !knows_all || !is_old(item.modified)) return false;
  const std::span<const std::string> id(&item.files.id, 1);
  if (!find_references(sql_, core_, id, Places(options_)).empty()) return false;
  return unless_locked([&] { return reaper_.remove_unannounced(item.files); });
}

}  // namespace affix::detail

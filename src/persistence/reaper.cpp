#include "persistence/reaper.hpp"

#include <algorithm>

#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/value/id.hpp"
#include "persistence/marker.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "persistence/session_settings.hpp"
#include "persistence/statement.hpp"

namespace affix::detail {
namespace {

constexpr std::chrono::milliseconds patience{500};
/// Of who wants something removed now, and does not come again by itself.
constexpr std::chrono::milliseconds patience_of_purge{2000};
constexpr std::size_t rows_of_a_batch = 50;

std::vector<std::string> ids_of(std::span<const LedgerRow> rows) {
  std::vector<std::string> ids;
  for (const LedgerRow& row : rows) ids.push_back(row.files.id);
  return ids;
}

}  // namespace

Reaper::Reaper(soci::session& sql, const ManagerCore& core, const ReapOptions& options)
    : sql_(sql),
      core_(core),
      dialect_(dialect_of(sql)),
      options_(options),
      ledger_(sql, core),
      stamps_(sql, core),
      table_(dialect_.identifier(core.options().ledger.table)),
      owner_(core.options().ids->next()) {}

ReapResult Reaper::run() {
  try {
    const LockPatience waiting(sql_, patience);
    pass();
  } catch (const Error& error) {
    if (!is_locked(error)) throw;
    result_.more = true;
  }
  return result_;
}

void Reaper::pass() {
  // Also when there is nothing to do: by that a copy of the database is found.
  before_acting();
  for (const std::string& name : core_.options().disks.names()) settle_markers(name);
  purge_doomed();
  forget_dead();
  for (const std::string& name : core_.options().disks.names()) {
    result_.stale_uploads +=
        core_.disk(name).remove_stale_uploads(core_.now() - core_.options().grace);
  }
}

std::size_t Reaper::purge(std::span<const std::string> ids) {
  const LockPatience waiting(sql_, patience_of_purge);
  stamps_.check();
  std::vector<LedgerRow> rows;
  {
    const OpenedByStatement opened(sql_);
    for (const auto& [id, row] : ledger_.find(ids)) {
      if (row.state == LedgerState::doomed) rows.push_back(row);
    }
  }
  if (!rows.empty()) purge_claimed(claim(std::move(rows)));
  return result_.purged;
}

// ---- markers -----------------------------------------------------------------------------------

void Reaper::settle_markers(const std::string& disk) {
  ListOptions page{.prefix = core_.marker_folder().text() + "/", .delimiter = "/"};
  do {
    const Listing markers = core_.disk(disk).list(page);
    for (std::size_t i = 0; i < markers.files.size(); i += rows_of_a_batch) {
      if (!has_budget()) return;
      settle_page(disk, std::span(markers.files)
                            .subspan(i)
                            .first(std::min(rows_of_a_batch, markers.files.size() - i)));
    }
    page.cursor = markers.cursor.value_or("");
  } while (!page.cursor.empty());
}

void Reaper::settle_page(const std::string& disk, std::span<const FileInfo> markers) {
  std::vector<std::string> ids;
  for (const FileInfo& marker : markers) {
    const std::string_view id = marker.key.file_name();
    if (is_uuid_v7(id)) ids.emplace_back(id);
  }
  std::map<std::string, LedgerRow> rows;
  {
    const OpenedByStatement opened(sql_);
    rows = ledger_.find(ids);
  }
  if (!rows.empty()) before_acting();
  for (const std::string& id : ids) {
    if (!has_budget()) return;
    const StoredFiles here{id, disk, core_.marker_folder()};
    attempt(here, [&] {
      const auto marker = read_marker(core_, here);
      if (!marker) return;
      if (const auto known = rows.find(id); known != rows.end()) {
        return settle_known(known->second, marker->files);
      }
      if (core_.now() - marker->started >= core_.options().grace) expire(marker->files);
    });
  }
}

void Reaper::settle_known(const LedgerRow& row, const StoredFiles& marked) {
  // Files elsewhere under the same id wait until the ledger has forgotten it: another program may
  // have another name for this disk, and then they are not elsewhere.
  if (marked != row.files) return;
  if (row.state == LedgerState::dead) core_.disk(marked.disk).remove_prefix(marked.prefix);
  core_.unmark(marked);
  ++result_.settled;
}

void Reaper::expire(const StoredFiles& files) {
  if (remove_unannounced(files)) ++result_.expired;
}

bool Reaper::remove_unannounced(const StoredFiles& files) {
  before_acting();
  if (!fence(files)) return false;  // Its transaction is not over yet, or was faster.
  core_.remove(files, RemovedEvent::Reason::expired);
  return true;
}

/// Makes the id one that no transaction can announce any more. False if one has, or is about to.
bool Reaper::fence(const StoredFiles& files) {
  Query insert(sql_, "insert into " + table_ +
                         " (id, state, disk, prefix, size, changed_at) values (:p0, 'dead', :p1, "
                         ":p2, 0, " +
                         std::string(dialect_.now_milliseconds()) + ")");
  insert.bind(files.id).bind(files.disk).bind(files.prefix.text());
  try {
    core_.statement("ledger.fence", [&] { commit_durably(sql_, [&] { insert.execute(); }); });
    return true;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    const DatabaseError kind = classify(error);
    if (kind == DatabaseError::unique || kind == DatabaseError::lock_timeout ||
        kind == DatabaseError::conflict) {
      return false;
    }
    throw database_error(ledger_unwritable, error, {.attachment = files.id});
  }
}

// ---- what no row has any more ------------------------------------------------------------------

std::vector<LedgerRow> Reaper::due(LedgerState state, std::chrono::milliseconds delay,
                                   std::size_t behind) {
  const std::string now(dialect_.now_milliseconds());
  std::string disks;
  for (const std::string& name : core_.options().disks.names()) {
    disks += (disks.empty() ? "" : ", ") + Dialect::literal(name);
  }
  std::string text =
      "select " + std::string(ledger_columns) + " from " + table_ +
      " where state = " + Dialect::literal(name(state)) + " and changed_at <= " + now + " - " +
      std::to_string(delay.count()) + " and disk in (" + disks +
      ") and (lease_until is null or lease_until <= " + now + ") order by changed_at, id" +
      dialect_.page(std::min(rows_of_a_batch, left()), behind);
  const OpenedByStatement opened(sql_);
  Query query(sql_, std::move(text));
  return ledger_rows(core_, "ledger.due", query);
}

void Reaper::purge_doomed() {
  while (has_budget()) {
    const std::vector<LedgerRow> mine = claim(due(LedgerState::doomed, options_.purge_delay));
    if (mine.empty()) return;
    purge_claimed(mine);
  }
}

/// Those of the rows that are this pass's for the next minute; the claim lasts before it returns.
std::vector<LedgerRow> Reaper::claim(std::vector<LedgerRow> rows) {
  if (rows.empty()) return rows;
  before_acting();
  const std::string now(dialect_.now_milliseconds());
  std::ranges::sort(rows, {}, [](const LedgerRow& row) { return row.files.id; });
  std::vector<LedgerRow> mine;
  const auto update = [&](const LedgerRow& row) {
    Query query(sql_, "update " + table_ + " set lease_owner = :p0, lease_until = " + now + " + " +
                          std::to_string(options_.lease.count()) +
                          " where id = :p1 and state = 'doomed' and (lease_until is null or "
                          "lease_until <= " +
                          now + ")");
    if (query.bind(owner_).bind(row.files.id).execute() == 1) mine.push_back(row);
  };
  run_statement(core_, "ledger.claim", ledger_unwritable, {}, [&] {
    commit_durably(sql_, [&] {
      for (const LedgerRow& row : rows) update(row);
    });
  });
  return mine;
}

void Reaper::purge_claimed(std::span<const LedgerRow> rows) {
  const std::vector<std::string> ids = ids_of(rows);
  const auto used = find_references(sql_, core_, ids, Places(options_));
  std::vector<std::string> purged;
  for (const LedgerRow& row : rows) {
    if (used.contains(row.files.id)) continue;
    const bool gone =
        attempt(row.files, [&] { core_.remove(row.files, RemovedEvent::Reason::purged); });
    if (gone) purged.push_back(row.files.id);
  }
  change_state(purged, LedgerState::dead);
  change_state(std::vector<std::string>(used.begin(), used.end()), LedgerState::live);
  result_.purged += purged.size();
  result_.restored += used.size();
}

void Reaper::change_state(std::span<const std::string> ids, LedgerState state) {
  if (ids.empty()) return;
  // What a row has again need not be in the place that it was given up in.
  const std::string place = state == LedgerState::live ? ", slot = null" : "";
  const auto update = [&](const std::string& id) {
    Query query(sql_, "update " + table_ + " set state = " + Dialect::literal(name(state)) +
                          ", changed_at = " + std::string(dialect_.now_milliseconds()) + place +
                          ", lease_owner = null, lease_until = null where id = :p0 and "
                          "state = 'doomed' and lease_owner = :p1");
    query.bind(id).bind(owner_).execute();
  };
  run_statement(core_, "ledger.change", ledger_unwritable, {}, [&] {
    in_own_transaction(sql_, [&] {
      for (const std::string& id : ids) update(id);
    });
  });
}

void Reaper::forget_dead() {
  std::size_t kept = 0;  // The first ones, that must not keep those behind them.
  while (has_budget()) {
    const std::vector<LedgerRow> rows = due(LedgerState::dead, options_.tombstone_ttl, kept);
    if (rows.empty()) return;
    before_acting();
    std::vector<LedgerRow> swept;
    for (const LedgerRow& row : rows) {
      // Once more: a variant that was late, or an upload that landed after it had been given up.
      if (attempt(row.files, [&] { core_.disk(row.files.disk).remove_prefix(row.files.prefix); })) {
        swept.push_back(row);
      }
    }
    kept += rows.size() - swept.size();
    forget(swept);
    result_.forgotten += swept.size();
  }
}

void Reaper::forget(std::span<const LedgerRow> rows) {
  if (rows.empty()) return;
  std::vector<std::string> ids = ids_of(rows);
  std::ranges::sort(ids);  // The lock order.
  run_statement(core_, "ledger.forget", ledger_unwritable, {}, [&] {
    in_own_transaction(sql_, [&] {
      for (const std::string& id : ids) {
        Query query(sql_, "delete from " + table_ + " where id = :p0 and state = 'dead'");
        query.bind(id).execute();
      }
    });
  });
}

// ---- the pass ----------------------------------------------------------------------------------

void Reaper::before_acting() {
  has_advanced_ ? stamps_.make_durable() : stamps_.advance();
  has_advanced_ = true;
}

std::size_t Reaper::left() const {
  const std::size_t done = result_.settled + result_.expired + result_.purged + result_.restored +
                           result_.forgotten + result_.failed;
  return done < options_.limit ? options_.limit - done : 0;
}

bool Reaper::has_budget() {
  if (left() > 0 && std::chrono::steady_clock::now() - started_ < options_.time) return true;
  result_.more = true;
  return false;
}

/// Whether the step has succeeded; what fails is told, counted, and left to the next pass.
template <class Step>
bool Reaper::attempt(const StoredFiles& files, Step step) {
  try {
    step();
    return true;
  } catch (const Error& error) {
    if (error.code() == Errc::database || error.code() == Errc::conflict) throw;
    ++result_.failed;
    core_.notify(&Observer::cleanup_failed,
                 CleanupFailedEvent{files.id, files.disk, files.prefix.text(), error});
    return false;
  }
}

}  // namespace affix::detail

namespace affix {
namespace {

const detail::ManagerCore& checked_core(soci::session& sql, AttachmentManager& files) {
  const detail::ManagerCore& core = detail::ManagerAccess::core(files);
  if (!core.has_ledger()) {
    throw Error(Errc::unsupported, "Without a ledger nobody knows what can be removed");
  }
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state, "The reaper needs a session that is in no transaction");
  }
  return core;
}

}  // namespace

ReapResult reap(soci::session& sql, AttachmentManager& files, const ReapOptions& options) {
  const detail::ManagerCore& core = checked_core(sql, files);
  const auto ttl = options.tombstone_ttl;
  if (ttl != ttl.zero() && ttl < core.options().grace) {
    throw Error(Errc::invalid_argument, "A tombstone must outlive the grace of the manager",
                {.member = "tombstone_ttl"});
  }
  return detail::Reaper(sql, core, options).run();
}

std::size_t purge_now(soci::session& sql, AttachmentManager& files,
                      std::span<const std::string> ids) {
  const ReapOptions options{.lease = {}};  // Whoever calls again finds what a disk has refused.
  return detail::Reaper(sql, checked_core(sql, files), options).purge(ids);
}

void claim_disk(soci::session& sql, AttachmentManager& files) {
  detail::Stamps(sql, checked_core(sql, files)).claim();
}

}  // namespace affix

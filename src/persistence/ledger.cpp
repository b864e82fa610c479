#include "persistence/ledger.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <set>

#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "persistence/statement.hpp"

namespace affix::detail {
namespace {

// The order of locks is that of the ids, and a statement has as many rows as every engine takes.
constexpr std::size_t rows_of_a_statement = 50;
constexpr const char* key_savepoint = "affix_key";

LedgerState state_of(const std::string& text) {
  if (text == "live") return LedgerState::live;
  if (text == "doomed") return LedgerState::doomed;
  if (text == "dead") return LedgerState::dead;
  throw Error(Errc::invalid_document, "The ledger has a row in an unknown state", {}, text);
}

bool has_key(const LedgerEntry& entry) { return !entry.idempotency_key.empty(); }

bool has_key_twice(std::span<const LedgerEntry> entries) {
  std::set<std::string_view> keys;
  return std::ranges::any_of(entries, [&](const LedgerEntry& entry) {
    return has_key(entry) && !keys.insert(entry.idempotency_key).second;
  });
}

/// The reaper was there first. Which of several it was may not be known.
Error too_late(std::span<const std::string> ids) {
  return {Errc::gone,
          "The pending attachment has waited too long for its row",
          {.attachment = ids.size() == 1 ? ids.front() : std::string()}};
}

[[noreturn]] void refuse_late(std::span<const LedgerEntry> entries) {
  std::vector<std::string> ids;
  for (const LedgerEntry& entry : entries) ids.push_back(entry.files.id);
  throw too_late(ids);
}

std::string parameters(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = first; i < first + count; ++i) {
    text += (text.empty() ? ":p" : ", :p") + std::to_string(i);
  }
  return text;
}

}  // namespace

std::string_view name(LedgerState state) noexcept {
  switch (state) {
    case LedgerState::live:
      return "live";
    case LedgerState::doomed:
      return "doomed";
    case LedgerState::dead:
      return "dead";
  }
  return {};
}

std::string_view signature(Engine engine) noexcept {
  switch (engine) {
    case Engine::sqlite:
      return "'session'";  // While one is in a transaction that writes, no other is.
    case Engine::postgresql:
      return "'transaction ' || txid_current()";
    case Engine::mysql:
    case Engine::mariadb:
      return "concat('session ', connection_id())";
    case Engine::firebird:
      return "'transaction ' || current_transaction";
  }
  return {};
}

Ledger::Ledger(soci::session& sql, const ManagerCore& core)
    : sql_(sql),
      core_(core),
      dialect_(dialect_of(sql)),
      table_(dialect_.identifier(core.options().ledger.table)) {}

void Ledger::insert(std::vector<LedgerEntry> entries) const {
  std::ranges::sort(entries, {}, [](const LedgerEntry& entry) { return entry.files.id; });
  const bool save =
      dialect_.traits().error_aborts_transaction && std::ranges::any_of(entries, has_key);
  if (save)
    run("ledger.savepoint", {}, [&] { Query(sql_, dialect_.savepoint(key_savepoint)).run(); });
  const std::size_t step = dialect_.engine() == Engine::firebird ? 1 : rows_of_a_statement;
  std::size_t inserted = 0;
  try {
    for (; inserted < entries.size(); inserted += step) {
      insert_some(std::span(entries).subspan(inserted, std::min(step, entries.size() - inserted)));
    }
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    if (classify(error) != DatabaseError::unique) {
      throw database_error(ledger_unwritable, error);
    }
    // Without a key it can only be an id, and nothing can be asked any more.
    if (!save && dialect_.traits().error_aborts_transaction) refuse_late(entries);
    if (save) {
      run("ledger.rollback_to", {},
          [&] { Query(sql_, dialect_.rollback_to(key_savepoint)).run(); });
    } else {
      erase(std::span(entries).first(inserted));
    }
    explain_duplicate(entries);
  }
  if (save) run("ledger.release", {}, [&] { Query(sql_, dialect_.release(key_savepoint)).run(); });
}

void Ledger::insert_some(std::span<const LedgerEntry> entries) const {
  std::string query = "insert into " + table_ +
                      " (id, state, disk, prefix, slot, idempotency_key, size, changed_at) values ";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string number = std::to_string(6 * i);
    query += (i == 0 ? "(:p" : ", (:p") + number + ", 'live', " + parameters(6 * i + 1, 5) + ", " +
             std::string(dialect_.now_milliseconds()) + ")";
  }
  Query statement(sql_, query);
  for (const LedgerEntry& entry : entries) {
    statement.bind(entry.files.id).bind(entry.files.disk).bind(entry.files.prefix.text());
    statement.bind_optional(entry.slot).bind_optional(entry.idempotency_key).bind(entry.size);
  }
  core_.statement("ledger.insert", [&] {
    if (entries.size() > 1) return static_cast<void>(statement.execute());
    if (statement.change_one() == 1) return;
    throw Error(Errc::database, ledger_unwritable, {.attachment = entries.front().files.id});
  });
}

/// Takes back what this transaction has inserted.
void Ledger::erase(std::span<const LedgerEntry> entries) const {
  for (const LedgerEntry& entry : entries) {
    Query statement(sql_, "delete from " + table_ + " where id = :p0");
    statement.bind(entry.files.id);
    run("ledger.erase", entry.files.id, [&] { statement.change_one(); });
  }
}

void Ledger::explain_duplicate(std::span<const LedgerEntry> entries) const {
  for (const LedgerEntry& entry : entries) {
    if (!has_key(entry)) continue;
    if (const auto id = find_key(entry.idempotency_key)) {
      throw Error(Errc::exists, "An attachment with this idempotency key is there",
                  {.attachment = *id});
    }
  }
  std::vector<std::string> ids;
  for (const LedgerEntry& entry : entries) ids.push_back(entry.files.id);
  const auto known = find(ids);
  if (known.empty() && has_key_twice(entries)) {
    throw Error(Errc::invalid_argument, "Two of the files have the same idempotency key");
  }
  if (known.empty() && std::ranges::any_of(entries, has_key)) {
    // It is gone again, or this transaction is too old to see it (Firebird).
    throw Error(Errc::conflict, "Somebody else has stored a file under the same idempotency key");
  }
  if (!known.empty()) ids = {known.begin()->first};
  throw too_late(ids);
}

bool Ledger::doom(const std::string& id, const std::string& slot) const {
  if (!slot.empty()) return doom_where(id, slot, " and (slot is null or slot = :p1)");
  std::string condition = " and (slot is null or slot not like '";
  condition += record_slots;
  return doom_where(id, slot, condition += "%')");
}

bool Ledger::doom_if_older(const std::string& id, std::chrono::milliseconds age) const {
  std::string condition = " and changed_at <= ";
  condition += dialect_.now_milliseconds();
  return doom_where(id, {}, condition += " - " + std::to_string(age.count()));
}

bool Ledger::doom_where(const std::string& id, const std::string& slot,
                        const std::string& condition) const {
  std::string query = "update " + table_ + " set state = 'doomed', idempotency_key = null, ";
  query += "changed_at = " + std::string(dialect_.now_milliseconds());
  query += " where id = :p0 and state = 'live'";
  query += condition;
  Query statement(sql_, query);
  statement.bind(id);
  if (!slot.empty()) statement.bind(slot);
  long long rows = 1;
  run("ledger.doom", id, [&] { rows = statement.change_one(); });
  return rows == 1;
}

bool Ledger::is_doomed_here(const std::string& id, std::chrono::milliseconds age) const {
  std::string query = "select count(*) from " + table_ + " where id = :p0 and state = 'doomed'";
  query += " and lease_owner = ";
  query += signature(dialect_.engine());
  query += " and changed_at >= ";
  query += dialect_.now_milliseconds();
  query += " - " + std::to_string(age.count());
  Query statement(sql_, std::move(query));
  statement.bind(id);
  long long rows = 0;
  run_statement(core_, "ledger.is_doomed_here", ledger_unreadable, {.attachment = id},
                [&] { statement.fetch([] {}, soci::into(rows)); });
  return rows > 0;
}

std::optional<LedgerRow> Ledger::lock(const std::string& id) const {
  const std::string condition = "id = :p0" + dialect_.row_lock(RowLock::wait);
  const auto rows = select("ledger.lock", condition, std::span(&id, 1));
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

void Ledger::touch(const std::string& id) const {
  Query statement(sql_, "update " + table_ + " set changed_at = " +
                            std::string(dialect_.now_milliseconds()) + " where id = :p0");
  statement.bind(id);
  run("ledger.touch", id, [&] { statement.change_one(); });
}

bool Ledger::move(const std::string& id, const std::string& from, const std::string& to) const {
  Query statement(sql_, "update " + table_ + " set slot = :p0, changed_at = " +
                            std::string(dialect_.now_milliseconds()) +
                            " where id = :p1 and state = 'live' and (slot is null or slot = :p2)");
  statement.bind(to).bind(id).bind(from);
  long long rows = 0;
  run("ledger.move", id, [&] { rows = statement.change_one(); });
  return rows == 1;
}

std::map<std::string, LedgerRow> Ledger::find(std::span<const std::string> ids) const {
  std::map<std::string, LedgerRow> found;
  for (std::size_t i = 0; i < ids.size(); i += rows_of_a_statement) {
    const auto some = ids.subspan(i, std::min(rows_of_a_statement, ids.size() - i));
    const std::string condition = "id in (" + parameters(0, some.size()) + ")";
    for (LedgerRow& row : select("ledger.find", condition, some)) {
      std::string id = row.files.id;
      found.emplace(std::move(id), std::move(row));
    }
  }
  return found;
}

std::optional<std::string> Ledger::find_key(const std::string& idempotency_key) const {
  const std::string condition = "idempotency_key = :p0 and state = 'live'" +
                                (in_transaction(sql_) ? dialect_.row_lock(RowLock::wait) : "");
  const auto rows = select("ledger.find_key", condition, std::span(&idempotency_key, 1));
  if (rows.empty()) return std::nullopt;
  return rows.front().files.id;
}

/// A statement that writes, on one attachment or several.
template <class Statement>
void Ledger::run(std::string_view name, const std::string& id, Statement statement) const {
  run_statement(core_, name, ledger_unwritable, {.attachment = id}, statement);
}

std::vector<LedgerRow> Ledger::select(std::string_view name, const std::string& condition,
                                      std::span<const std::string> values) const {
  Query query(sql_,
              "select " + std::string(ledger_columns) + " from " + table_ + " where " + condition);
  for (const std::string& value : values) query.bind(value);
  return ledger_rows(core_, name, query);
}

std::vector<LedgerRow> ledger_rows(const ManagerCore& core, std::string_view name, Query& query) {
  std::vector<LedgerRow> rows;
  std::string id, state, disk, prefix, slot;
  soci::indicator has_slot = soci::i_null;
  long long changed_at = 0;
  const auto add = [&] {
    rows.push_back({{id, disk, Key::parse(prefix)},
                    state_of(state),
                    has_slot == soci::i_ok ? slot : std::string(),
                    changed_at});
  };
  run_statement(core, name, ledger_unreadable, {}, [&] {
    query.fetch(add, soci::into(id), soci::into(state), soci::into(disk), soci::into(prefix),
                soci::into(slot, has_slot), soci::into(changed_at));
  });
  return rows;
}

}  // namespace affix::detail

#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "affix/soci/dialect.hpp"
#include "manager/manager_core.hpp"

namespace affix::detail {

class Query;

enum class LedgerState {
  live,    ///< A row has the attachment, or its transaction is about to give it to one.
  doomed,  ///< No row has it any more; its files wait for the reaper.
  dead,    ///< Its files are gone, and nothing may be stored under its id any more.
};

/// How the slots of attachments start that are media records.
inline constexpr std::string_view record_slots = "media/";

/// What is written for a new attachment.
struct LedgerEntry {
  StoredFiles files;
  std::int64_t size = 0;
  std::string slot{};             ///< The one place that may have it; empty: not known.
  std::string idempotency_key{};  ///< Empty: none.
};

/// What is there for an attachment.
struct LedgerRow {
  StoredFiles files;
  LedgerState state = LedgerState::live;
  std::string slot{};
  std::int64_t changed_at = 0;  ///< Milliseconds since 1970, by the database's clock.
};

/// The table that says which attachments the database has: the rows of one session's transaction.
/// What fails is `Errc::database`, or `Errc::conflict` if another transaction was in the way.
class Ledger {
 public:
  Ledger(soci::session& sql, const ManagerCore& core);

  /// Announces new attachments, in the order of their ids. `Errc::gone` if the reaper was faster
  /// with one of them, `Errc::exists` with `where().attachment` if another has its idempotency key:
  /// then nothing was written. `Errc::conflict` if another had that key, and cannot be seen here.
  void insert(std::vector<LedgerEntry> entries) const;

  /// Gives an attachment up. Returns false, and has changed nothing, if it is not live or belongs
  /// to another slot than `slot`; an empty one fits all but those of media records.
  bool doom(const std::string& id, const std::string& slot) const;

  /// Gives an attachment up that nothing has changed for this long; false as above.
  bool doom_if_older(const std::string& id, std::chrono::milliseconds age) const;

  /// Whether this transaction's own statements have given it up, by a trigger. The transaction is
  /// so old: some engines do not tell one of a session's transactions from the next.
  bool is_doomed_here(const std::string& id, std::chrono::milliseconds age) const;

  /// What is there, locked until the end of the transaction.
  std::optional<LedgerRow> lock(const std::string& id) const;
  /// Changes a row that is locked, but nothing that matters: a transaction that sees the past
  /// cannot lock it afterwards, and so cannot overlook what was done under this lock.
  void touch(const std::string& id) const;

  /// Makes `to` the one place that may have a live attachment. Returns false, and has changed
  /// nothing, if it is not live or belongs to another one than `from`.
  bool move(const std::string& id, const std::string& from, const std::string& to) const;

  /// What is there for those of these that are known.
  std::map<std::string, LedgerRow> find(std::span<const std::string> ids) const;

  /// The attachment with this idempotency key.
  std::optional<std::string> find_key(const std::string& idempotency_key) const;

 private:
  bool doom_where(const std::string& id, const std::string& slot,
                  const std::string& condition) const;
  void insert_some(std::span<const LedgerEntry> entries) const;
  void erase(std::span<const LedgerEntry> entries) const;
  [[noreturn]] void explain_duplicate(std::span<const LedgerEntry> entries) const;
  template <class Statement>
  void run(std::string_view name, const std::string& id, Statement statement) const;
  std::vector<LedgerRow> select(std::string_view name, const std::string& condition,
                                std::span<const std::string> values) const;

  soci::session& sql_;
  const ManagerCore& core_;
  const Dialect& dialect_;
  std::string table_;
};

inline constexpr const char* ledger_columns = "id, state, disk, prefix, slot, changed_at";
/// The rows of a query that selects `ledger_columns`; `name` is the statement's.
std::vector<LedgerRow> ledger_rows(const ManagerCore& core, std::string_view name, Query& query);

std::string_view name(LedgerState state) noexcept;

/// SQL by which a trigger signs for what it gives up, in `lease_owner`: the transaction, or where
/// the engine has no name for it, the session.
std::string_view signature(Engine engine) noexcept;

}  // namespace affix::detail

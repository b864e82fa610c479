#pragma once

#include <chrono>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "affix/persistence/reaper.hpp"
#include "persistence/ledger.hpp"
#include "persistence/stamps.hpp"

namespace affix::detail {

/// One pass of `reap`.
class Reaper {
 public:
  Reaper(soci::session& sql, const ManagerCore& core, const ReapOptions& options);

  ReapResult run();
  std::size_t purge(std::span<const std::string> ids);
  /// Removes files that the ledger does not know, after making sure that no transaction announces
  /// them any more. False, and nothing is removed, if one has, or is about to.
  bool remove_unannounced(const StoredFiles& files);
  /// Before anything is removed or forgotten: whatever was read so far lasts.
  void before_acting();

 private:
  void pass();
  void settle_markers(const std::string& disk);
  void settle_page(const std::string& disk, std::span<const FileInfo> markers);
  void settle_known(const LedgerRow& row, const StoredFiles& marked);
  void expire(const StoredFiles& files);
  bool fence(const StoredFiles& files);

  void purge_doomed();
  std::vector<LedgerRow> claim(std::vector<LedgerRow> rows);
  void purge_claimed(std::span<const LedgerRow> rows);
  void change_state(std::span<const std::string> ids, LedgerState state);
  void forget_dead();
  void forget(std::span<const LedgerRow> rows);

  /// The next ones, behind so many others.
  std::vector<LedgerRow> due(LedgerState state, std::chrono::milliseconds delay,
                             std::size_t behind = 0);
  bool has_budget();
  std::size_t left() const;
  template <class Step>
  bool attempt(const StoredFiles& files, Step step);

  soci::session& sql_;
  const ManagerCore& core_;
  const Dialect& dialect_;
  const ReapOptions& options_;
  const Ledger ledger_;
  Stamps stamps_;
  const std::string table_;
  const std::string owner_;  ///< Of leases: this pass.
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  bool has_advanced_ = false;
  ReapResult result_;
};

/// Where attachments are looked for. Refers to the options that it was made from.
struct Places {
  std::span<const ColumnField> fields;
  std::span<const ColumnListField> list_fields;
  std::span<const std::shared_ptr<const AttachmentTable>> tables;

  template <class Options>
  explicit Places(const Options& options)
      : fields(options.fields), list_fields(options.list_fields), tables(options.tables) {}
};

/// Those of the ids that a row has in one of the fields.
std::set<std::string> find_references(soci::session& sql, const ManagerCore& core,
                                      std::span<const std::string> ids, const Places& places);

}  // namespace affix::detail

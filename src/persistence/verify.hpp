#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "affix/persistence/verify.hpp"
#include "persistence/ledger.hpp"
#include "persistence/reaper.hpp"
#include "persistence/row_access.hpp"
#include "persistence/stamps.hpp"

namespace affix::detail {

/// An attachment that a row has.
struct RowItem {
  enum class Holds { one, list };

  /// A row of a column.
  RowItem(const ColumnField& at, Holds what, const RowKey& row, Attachment found);
  /// A row of a table of attachments.
  RowItem(const AttachmentTable& at, const PlacedAttachment& found);

  const ColumnField* field = nullptr;
  Holds holds = Holds::one;
  RowKey key;
  const AttachmentTable* table = nullptr;
  Attachment attachment;
  Where where;
  std::string slot;
};

/// Files of one attachment as a disk lists them.
struct DiskItem {
  StoredFiles files;
  TimePoint modified{};  ///< Of the newest.
};

/// The ids of the rows, as hashes: few bytes for each.
class IdSurvey {
 public:
  void add(const std::string& id) { hashes_.push_back(std::hash<std::string>{}(id)); }
  /// Call it once, when all are there.
  void sort();
  /// In how many places it is. Almost certain; what follows from it is looked at again.
  std::size_t count(const std::string& id) const;

 private:
  std::vector<std::size_t> hashes_;
};

/// One call of `verify`. Each check reads in the order in which nothing that is being changed looks
/// wrong: what names a thing before the thing where that is removed last, and the other way round;
/// then it reads the place again that started it.
class Verifier {
 public:
  Verifier(soci::session& sql, const ManagerCore& core, const VerifyOptions& options);

  VerifyReport run();

 private:
  // ---- rows, in verify_rows.cpp ----------------------------------------------------------------
  void survey();
  void check_rows();
  void check_items(std::span<const RowItem> items);
  void check_item(const RowItem& item, const LedgerRow* known);
  void check_ledger_of(const RowItem& item, const LedgerRow* known, std::vector<Finding>& found);
  void check_file(const RowItem& item, const std::string& variant,
                  const std::map<std::string, FileInfo>& listed, std::vector<Finding>& found);
  void check_unlisted(const RowItem& item, const std::map<std::string, FileInfo>& listed,
                      std::vector<Finding>& found);
  std::map<std::string, FileInfo> list_files(const Attachment& attachment);
  void check_unreadable(const ColumnField& field, RowItem::Holds holds, const RowKey& key);
  void report_unreadable(const Error& error);
  void report_aliases();
  template <class Page, class Bad>
  void visit_items(Page page, Bad bad);
  template <class Page, class Bad>
  void visit_tables(Page page, Bad bad);

  // ---- the ledger and the disks, in verify_files.cpp -------------------------------------------
  void check_ledger();
  void check_unreferenced(std::span<const LedgerRow> rows);
  std::vector<LedgerRow> live_rows(const std::string& after);
  void check_disk(const std::string& disk);
  void check_listed(std::span<const DiskItem> items);
  bool is_orphan(const DiskItem& item);
  bool is_known(const DiskItem& item, const std::map<std::string, LedgerRow>& rows) const;
  bool is_searchable(Disk& disk) const;

  // ---- repairs, in verify_repair.cpp: whether it was done --------------------------------------
  bool repairs() const { return options_.repair == VerifyOptions::Repair::certain; }
  bool repair_item(const RowItem& item, const Finding& finding, bool is_whole);
  bool enter_into_ledger(const RowItem& item);
  bool remove_unlisted(const RowItem& item, const Key& key);
  bool give_up(const LedgerRow& row);
  bool remove_orphan(const DiskItem& item);
  template <class Work>
  bool attempt(Work work);
  template <class Step>
  bool unless_locked(Step step);

  template <class Value>
  Value read(const ColumnField& field, const RowKey& key, RowLock lock);
  /// What a place has now of an attachment; nothing if the row, or the attachment in it, is gone.
  std::optional<Attachment> read_again(const RowItem& item, RowLock lock);
  std::optional<Attachment> read_table_again(const RowItem& item, RowLock lock);
  bool is_old(TimePoint modified) const;
  void report(Finding finding);

  soci::session& sql_;
  const ManagerCore& core_;
  const Dialect& dialect_;
  const VerifyOptions& options_;
  const Ledger ledger_;
  const ReapOptions reap_options_;
  Reaper reaper_;
  const std::string table_;
  IdSurvey ids_;
  std::vector<RowItem> aliased_;
  VerifyReport report_;
};

}  // namespace affix::detail

#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "affix/media/media_field.hpp"
#include "affix/orm/detail/model_rows.hpp"
#include "affix/persistence/row_key.hpp"

namespace affix::detail {

/// A column with attachments as the field that the transaction knows.
ColumnField column_field(const ModelTable& table, const ModelField& field);
MediaField media_field(const ModelTable& table, const ModelField& field);

RowKey row_key(const ColumnValue& key);

/// The files of one write, on their way from the caller to the fields of a row.
class FileWork {
 public:
  /// Reads what the fields of `row` have (null for a row that is new), then stores the new files,
  /// each on the disk and with the variants of its field. What is wrong with a change is
  /// `Errc::invalid_argument` before anything is stored; a failure leaves nothing.
  FileWork(Transaction& tx, const ModelTable& table, std::vector<FileChangeNode> changes,
           const RowKey* row);
  FileWork(const FileWork&) = delete;
  FileWork& operator=(const FileWork&) = delete;
  /// Discards what no field has taken.
  ~FileWork();

  /// Announces the files of columns, those of all rows at once, and puts them into the cells of the
  /// rows, which are new.
  static void fill_columns(std::deque<FileWork>& work, std::span<std::vector<ColumnValue>> rows);
  /// Changes the columns of a row that exists.
  void change_columns(const RowKey& key);
  /// Changes what is in the media table, for a row that exists.
  void change_media(const RowKey& key);
  /// `Errc::invalid_argument` for a list that has got too long or too short.
  void check_counts(const RowKey& key) const;

  const WrittenFiles& written() const noexcept { return written_; }

 private:
  struct One {
    const ModelField& field;
    MediaChange change;
    bool clear;
    std::vector<PendingAttachment> pending{};
    // What a field for one had before its file was stored: somebody else may change it meanwhile.
    std::optional<Attachment> expected{};
    std::vector<MediaRecord> expected_records{};
  };

  void check(const ModelField& field, const FileChangeNode& node) const;
  void read_expected(One& one, const RowKey& key) const;
  void store(One& one);
  void discard() noexcept;
  void change_column(One& one, const RowKey& key);
  void change_list(One& one, const RowKey& key);
  void change_medium(One& one, const RowKey& key);
  void change_collection(One& one, const RowKey& key);

  Transaction& tx_;
  const ModelTable& table_;
  std::vector<One> work_;
  WrittenFiles written_;
};

/// Gives up the files of rows that are being deleted. Before: reads what they have, and locks it.
/// After: does with the records of the media table what the model says.
class FilesOfRows {
 public:
  FilesOfRows(Transaction& tx, const ModelTable& table);
  /// What `filter` finds. Locks the files, then the rows, which must not have changed meanwhile
  /// (`Errc::conflict`).
  void give_up(const FilterNode& filter);
  const std::vector<ColumnValue>& keys() const noexcept { return keys_; }
  void remove_media();

 private:
  struct Row {
    ColumnValue key;
    std::vector<std::pair<std::string, Attachment>> attachments;  ///< With their columns.
  };
  std::vector<Row> read(const FilterNode& filter, RowLock lock) const;
  static bool same_files(const std::vector<Row>& before, const std::vector<Row>& now);

  Transaction& tx_;
  const ModelTable& table_;
  std::vector<ColumnValue> keys_;
};

}  // namespace affix::detail

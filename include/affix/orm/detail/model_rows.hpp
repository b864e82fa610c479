#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "affix/orm/file_change.hpp"
#include "affix/orm/filter.hpp"
#include "affix/orm/write_options.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/soci/dialect.hpp"

// The statements of a repository, without the types of its model. Not for users.

namespace affix::detail {

/// Receives the cells of a row, in the order of the columns that were asked for.
using VisitCells = std::function<void(std::span<ColumnValue>)>;

/// The columns that a filter reads, in the order of the model: those that it names, the key and
/// what its includes need; or else all that are not hidden. `Errc::invalid_argument` for a hidden
/// one.
std::vector<std::size_t> columns_to_read(const FilterNode& filter, const ModelTable& table);

/// The attachments of owners, by the texts of their keys.
using AttachmentsOfOwners = std::map<std::string, AttachmentList>;

/// Reads the rows of a model through one session.
class ModelReader {
 public:
  ModelReader(soci::session& sql, const ModelTable& table) : sql_(sql), table_(table) {}

  void select(const FilterNode& filter, std::span<const std::size_t> columns, RowLock lock,
              const VisitCells& visit) const;
  /// Rows whose column `by` has one of these values. Limit and offset hold for each value.
  void select_related(const FilterNode& filter, const std::string& by,
                      std::vector<ColumnValue> values, std::span<const std::size_t> columns,
                      const VisitCells& visit) const;
  /// Without the filter's limit and offset.
  long long count(const FilterNode& filter) const;
  bool exists(const FilterNode& filter) const;

  AttachmentsOfOwners attachments(const ModelField& field, const FilterNode& scope,
                                  std::vector<ColumnValue> keys) const;

 private:
  soci::session& sql_;
  const ModelTable& table_;
};

struct WriteContext {
  TimePoint now{};
  std::string user{};
};

/// The attachments that a write has given to fields.
using WrittenFiles = std::map<std::string, AttachmentList>;

/// Runs `work` and commits it, or undoes it and throws on. In a transaction that the session is in
/// it is a part of that one; where a SELECT opens one, that is `Errc::invalid_state`. A commit that
/// fails is `Errc::conflict` or `Errc::in_doubt`.
void in_unit(soci::session& sql, const ModelTable& table, const std::function<void()>& work);

/// Some of the keys, as a filter that finds their rows, whatever the default filters say. Calls
/// `visit` for all of them, as many at once as a statement takes.
void visit_keys(soci::session& sql, const ModelTable& table, std::span<const ColumnValue> keys,
                const std::function<void(const FilterNode&)>& visit);

/// Changes the rows of a model, in the unit of work; without one, which is for models without
/// attachments only, in the session's transaction.
class ModelWriter {
 public:
  ModelWriter(soci::session& sql, const ModelTable& table, Transaction* tx, WriteContext context)
      : sql_(sql), table_(table), tx_(tx), context_(std::move(context)) {}

  /// Inserts rows, whose cells get the key and what else affix gives; `files` are those of each, or
  /// empty. What was written for each.
  std::vector<WrittenFiles> insert(std::vector<std::vector<ColumnValue>>& rows,
                                   std::vector<std::vector<FileChangeNode>> files) const;

  using Cells = std::vector<std::pair<std::string, ColumnValue>>;
  /// Changes one row. False if there is none that the default filters let through.
  bool update(const ColumnValue& key, const Cells& changes, std::vector<FileChangeNode> files,
              std::span<const std::string> skipped) const;
  using Keys = std::vector<ColumnValue>;
  /// Is given the keys of the rows that are found and locked, before they are changed.
  using VisitKeys = std::function<void(const Keys&)>;

  /// Changes all rows that meet the filter's condition. How many.
  long long update(const FilterNode& filter, const Cells& changes) const;
  long long update(const Keys& keys, const Cells& changes) const;

  /// The keys of the rows that this finds, which are locked.
  Keys found(const FilterNode& filter) const;

  /// Removes all rows that meet the filter's condition, with their files. How many.
  long long remove(const FilterNode& filter, Removal removal, const VisitKeys& visit) const;

 private:
  template <class Step>
  auto run(Step step) const;
  long long matching(const FilterNode& filter) const;
  long long remove_rows(const Keys& keys) const;

  soci::session& sql_;
  const ModelTable& table_;
  Transaction* tx_;
  WriteContext context_;
};

/// `Errc::invalid_argument` if the filter's condition asks nothing of the rows.
void require_condition(soci::session& sql, const FilterNode& filter, const ModelTable& table);

}  // namespace affix::detail

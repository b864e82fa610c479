#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "affix/orm/changes.hpp"
#include "affix/orm/data_source.hpp"
#include "affix/orm/detail/model_rows.hpp"
#include "affix/orm/detail/related_rows.hpp"
#include "affix/orm/file_change.hpp"
#include "affix/orm/filter.hpp"
#include "affix/orm/medium.hpp"
#include "affix/orm/write_options.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/value/clock.hpp"

namespace affix {

struct RepositoryOptions {
  /// Who is acting, for the columns `created_by` and `modified_by`. Empty: nobody, an empty text.
  std::function<std::string()> user{};
  std::shared_ptr<const Clock> clock{};  ///< Null: the computer's.
};

/// A part of what a filter without limit and offset would find.
template <class T>
struct Page {
  std::vector<T> rows{};
  long long start = 0;  ///< The first row's place among all, from 0; the filter's offset.
  long long end = 0;    ///< Behind the last row's.
  long long total = 0;  ///< Rows that meet the condition.
};

namespace detail {

/// What the views of a repository share.
class RepositoryBase {
 public:
  RepositoryBase(const DataSource& source, AttachmentManager* files, RepositoryOptions options)
      : source_(source), files_(files), options_(std::move(options)) {}

 protected:
  /// Runs `work(session, transaction or null)`; a unit of work of its own is committed after it.
  template <class Work>
  auto write(const ModelTable& table, Transaction* tx, Work work) const {
    if (tx) return work(tx->session(), tx);
    auto session = source_.session();
    if (!files_) {
      require_no_fields(table);
      std::optional<std::invoke_result_t<Work, soci::session&, Transaction*>> result;
      in_unit(*session, table, [&] { result.emplace(work(*session, nullptr)); });
      return std::move(*result);
    }
    Transaction own(*session, *files_);
    auto result = work(*session, &own);
    own.commit();
    return result;
  }
  template <class Work>
  auto read(Transaction* tx, Work work) const {
    if (tx) {
      tx->begin();
      return work(tx->session());
    }
    auto session = source_.session();
    return work(*session);
  }
  WriteContext context() const {
    return {(options_.clock ? options_.clock : system_clock())->now(),
            options_.user ? options_.user() : std::string()};
  }
  static void require_no_fields(const ModelTable& table) {
    if (table.fields.empty()) return;
    throw Error(Errc::invalid_argument, "A model with attachments needs a manager of their files",
                {.table = table.name});
  }

  const DataSource& source_;
  AttachmentManager* files_;
  RepositoryOptions options_;
};

}  // namespace detail

/// Finds the rows of a model. A view of a data source and a manager, which must outlive it; safe
/// to use from many threads if the data source is. Each call can be given a unit of work, which it
/// then begins and reads inside of; without one it reads what is committed.
///
/// A row that cannot be read (a document that is none, a number that does not fit) is an `Error`
/// with table and column.
template <Modelled T>
class ReadRepository : private detail::RepositoryBase {
  static_assert(!std::same_as<T, Medium>, "a MediaLibrary finds media records");

 public:
  /// For a model without attachment fields no manager is needed.
  explicit ReadRepository(const DataSource& source, RepositoryOptions options = {})
      : RepositoryBase(source, nullptr, std::move(options)) {}
  template <class... More>
  explicit ReadRepository(const DataSource&&, More&&...) = delete;  // It must outlive this.
  ReadRepository(const DataSource& source, AttachmentManager& files, RepositoryOptions options = {})
      : RepositoryBase(source, &files, std::move(options)) {}

  std::vector<T> find(const Filter<T>& filter = {}) const { return find(nullptr, filter); }
  std::vector<T> find(Transaction& tx, const Filter<T>& filter = {}) const {
    return find(&tx, filter);
  }

  /// The rows, and how many there are without limit and offset: two statements, between which rows
  /// may come and go unless the unit of work isolates them.
  Page<T> find_page(const Filter<T>& filter = {}) const { return find_page(nullptr, filter); }
  Page<T> find_page(Transaction& tx, const Filter<T>& filter = {}) const {
    return find_page(&tx, filter);
  }

  /// The first one.
  std::optional<T> find_one(const Filter<T>& filter = {}) const {
    return first(find(nullptr, filter.limit(1)));
  }
  std::optional<T> find_one(Transaction& tx, const Filter<T>& filter = {}) const {
    return first(find(&tx, filter.limit(1)));
  }

  /// `filter` may say what comes with it, and which default filters are passed over.
  std::optional<T> find_by_id(const RowKey& key, const Filter<T>& filter = {}) const {
    return first(find(nullptr, with_key(key, filter)));
  }
  std::optional<T> find_by_id(Transaction& tx, const RowKey& key,
                              const Filter<T>& filter = {}) const {
    return first(find(&tx, with_key(key, filter)));
  }

  /// How many rows meet the condition; limit and offset do not count.
  long long count(const Filter<T>& filter = {}) const { return count(nullptr, filter); }
  long long count(Transaction& tx, const Filter<T>& filter = {}) const {
    return count(&tx, filter);
  }

  /// Whether there is one.
  bool exists(const Filter<T>& filter = {}) const { return exists(nullptr, filter); }
  bool exists(Transaction& tx, const Filter<T>& filter = {}) const { return exists(&tx, filter); }

 protected:
  static Filter<T> with_key(const RowKey& key, const Filter<T>& filter) {
    return filter.and_where(Condition<T>({.kind = Operator::equal,
                                          .column = detail::model_table<T>().key_column().name,
                                          .values = {detail::key_value(key)}}));
  }

 private:
  static std::optional<T> first(std::vector<T> rows) {
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }
  std::vector<T> find(Transaction* tx, const Filter<T>& filter) const {
    return read(tx, [&](soci::session& sql) { return detail::find_rows<T>(sql, filter.node()); });
  }
  Page<T> find_page(Transaction* tx, const Filter<T>& filter) const {
    return read(tx, [&](soci::session& sql) {
      Page<T> page{.rows = detail::find_rows<T>(sql, filter.node()),
                   .start = static_cast<long long>(filter.node().offset)};
      page.end = page.start + static_cast<long long>(page.rows.size());
      page.total = detail::ModelReader(sql, detail::model_table<T>()).count(filter.node());
      return page;
    });
  }
  long long count(Transaction* tx, const Filter<T>& filter) const {
    return read(tx, [&](soci::session& sql) {
      return detail::ModelReader(sql, detail::model_table<T>()).count(filter.node());
    });
  }
  bool exists(Transaction* tx, const Filter<T>& filter) const {
    return read(tx, [&](soci::session& sql) {
      return detail::ModelReader(sql, detail::model_table<T>()).exists(filter.node());
    });
  }
};

/// Changes the rows of a model, and their files with them, as docs/lifecycle.md promises. Each call
/// can be given a unit of work, whose commit decides; without one it is one by itself. A call that
/// fails inside of a given one leaves that to be rolled back.
///
/// `Errc::exists` if another row has a value that must be unique.
template <Modelled T>
class WriteRepository : private detail::RepositoryBase {
  static_assert(!std::same_as<T, Medium>, "a MediaLibrary changes media records");

 public:
  explicit WriteRepository(const DataSource& source, RepositoryOptions options = {})
      : RepositoryBase(source, nullptr, std::move(options)) {}
  template <class... More>
  explicit WriteRepository(const DataSource&&, More&&...) = delete;  // It must outlive this.
  WriteRepository(const DataSource& source, AttachmentManager& files,
                  RepositoryOptions options = {})
      : RepositoryBase(source, &files, std::move(options)) {}

  /// Inserts a row and stores its files. Returns it with its key, with what affix has given
  /// (`ColumnRole`), and with its attachments. Those of `row` must be empty
  /// (`Errc::invalid_argument`), since only a file that comes by `files` can be known to be this
  /// row's; relations of `row` do not count.
  T create(T row, const FileChanges<T>& files = {}) const {
    return create(nullptr, std::move(row), files);
  }
  T create(Transaction& tx, T row, const FileChanges<T>& files = {}) const {
    return create(&tx, std::move(row), files);
  }

  /// The same for many rows, in few statements; those that the database is to number in one each.
  /// `files` has what comes with each row, in the order of `rows`, or is empty.
  /// `Errc::invalid_argument` if it is neither. All files are stored before the first row is
  /// inserted.
  std::vector<T> create_all(std::vector<T> rows,
                            const std::vector<FileChanges<T>>& files = {}) const {
    return create_all(nullptr, std::move(rows), files);
  }
  std::vector<T> create_all(Transaction& tx, std::vector<T> rows,
                            const std::vector<FileChanges<T>>& files = {}) const {
    return create_all(&tx, std::move(rows), files);
  }

  /// Changes one row, and returns it as it is then, without what a find gives `with` it alone;
  /// nothing if there is none. `Errc::conflict` if somebody else changes one of the files at the
  /// same time.
  std::optional<T> update_by_id(
      const RowKey& key, const Changes<T>& changes, const FileChanges<T>& files = {},
      const std::vector<std::string>& skipped_default_filters = {}) const {
    return update_by_id(nullptr, key, changes, files, skipped_default_filters);
  }
  std::optional<T> update_by_id(
      Transaction& tx, const RowKey& key, const Changes<T>& changes,
      const FileChanges<T>& files = {},
      const std::vector<std::string>& skipped_default_filters = {}) const {
    return update_by_id(&tx, key, changes, files, skipped_default_filters);
  }

  /// Changes all rows that meet the condition. One that asks nothing of them (an empty one, `!` of
  /// `in` without values) is `Errc::invalid_argument` without `Force::yes`.
  WriteResult<T> update_by(const Condition<T>& condition, const Changes<T>& changes,
                           const WriteOptions& options = {}) const {
    return update_by(nullptr, condition, changes, options);
  }
  WriteResult<T> update_by(Transaction& tx, const Condition<T>& condition,
                           const Changes<T>& changes, const WriteOptions& options = {}) const {
    return update_by(&tx, condition, changes, options);
  }
  /// Changes every row; without `Force::yes` `Errc::invalid_argument`.
  WriteResult<T> update_all(const Changes<T>& changes, const WriteOptions& options = {}) const {
    return update_by(nullptr, {}, changes, options);
  }
  WriteResult<T> update_all(Transaction& tx, const Changes<T>& changes,
                            const WriteOptions& options = {}) const {
    return update_by(&tx, {}, changes, options);
  }

  /// Removes one row with its files. False if there is none. Of a model with `deleted_at` the row
  /// is marked, and its files stay.
  bool remove_by_id(const RowKey& key, const RemoveOptions& options = {}) const {
    return remove_one(nullptr, key, options);
  }
  bool remove_by_id(Transaction& tx, const RowKey& key, const RemoveOptions& options = {}) const {
    return remove_one(&tx, key, options);
  }
  /// Removes all rows that meet the condition; one that every row meets as for `update_by`.
  WriteResult<T> remove_by(const Condition<T>& condition, const RemoveOptions& options = {}) const {
    return remove(nullptr, condition, options);
  }
  WriteResult<T> remove_by(Transaction& tx, const Condition<T>& condition,
                           const RemoveOptions& options = {}) const {
    return remove(&tx, condition, options);
  }
  /// Removes every row; without `Force::yes` `Errc::invalid_argument`.
  WriteResult<T> remove_all(const RemoveOptions& options = {}) const {
    return remove(nullptr, {}, options);
  }
  WriteResult<T> remove_all(Transaction& tx, const RemoveOptions& options = {}) const {
    return remove(&tx, {}, options);
  }

 private:
  static const detail::ModelTable& table() { return detail::model_table<T>(); }

  static Condition<T> key_condition(const RowKey& key) {
    return Condition<T>({.kind = Operator::equal,
                         .column = table().key_column().name,
                         .values = {detail::key_value(key)}});
  }
  static detail::FilterNode filter_of(const Condition<T>& condition,
                                      const std::vector<std::string>& skipped) {
    detail::FilterNode filter;
    filter.where = condition.node();
    filter.skipped = skipped;
    return filter;
  }
  static std::vector<detail::FileChangeNode> nodes(const FileChanges<T>& files) {
    std::vector<detail::FileChangeNode> all;
    for (const FileChange<T>& one : files) all.push_back(one.node());
    return all;
  }

  T create(Transaction* tx, T row, const FileChanges<T>& files) const {
    std::vector<T> rows;
    rows.push_back(std::move(row));
    return std::move(create_all(tx, std::move(rows), {files}).front());
  }

  std::vector<T> create_all(Transaction* tx, std::vector<T> rows,
                            const std::vector<FileChanges<T>>& files) const {
    return write(table(), tx, [&](soci::session& sql, Transaction* unit) {
      std::vector<std::vector<ColumnValue>> cells;
      for (const T& row : rows) {
        detail::require_no_attachments(row);
        cells.push_back(detail::cells_of(row));
      }
      std::vector<std::vector<detail::FileChangeNode>> changes;
      for (const FileChanges<T>& one : files) changes.push_back(nodes(one));
      const auto written =
          detail::ModelWriter(sql, table(), unit, context()).insert(cells, std::move(changes));
      for (std::size_t i = 0; i < rows.size(); ++i) {
        detail::fill_written(rows[i], std::move(cells[i]), written[i]);
      }
      return std::move(rows);
    });
  }

  std::optional<T> update_by_id(Transaction* tx, const RowKey& key, const Changes<T>& changes,
                                const FileChanges<T>& files,
                                const std::vector<std::string>& skipped) const {
    return write(table(), tx, [&](soci::session& sql, Transaction* unit) -> std::optional<T> {
      const detail::ModelWriter writer(sql, table(), unit, context());
      const ColumnValue value = detail::key_value(key);
      if (!writer.update(value, changes.cells(), nodes(files), skipped)) return std::nullopt;
      detail::FilterNode filter = filter_of(key_condition(key), table().default_filter_names());
      auto rows = detail::find_rows<T>(sql, filter);
      if (rows.empty()) return std::nullopt;
      return std::move(rows.front());
    });
  }

  WriteResult<T> update_by(Transaction* tx, const Condition<T>& condition,
                           const Changes<T>& changes, const WriteOptions& options) const {
    return write(table(), tx, [&](soci::session& sql, Transaction* unit) {
      const detail::FilterNode filter = filter_of(condition, options.skipped_default_filters);
      if (options.force == Force::no) detail::require_condition(sql, filter, table());
      const detail::ModelWriter writer(sql, table(), unit, context());
      if (options.returning == Returning::nothing) {
        return WriteResult<T>{.count = writer.update(filter, changes.cells())};
      }
      const auto keys = writer.found(filter);
      const long long count = writer.update(keys, changes.cells());
      return WriteResult<T>{.count = count, .rows = rows_of(sql, keys)};
    });
  }

  bool remove_one(Transaction* tx, const RowKey& key, RemoveOptions options) const {
    options.returning = Returning::nothing;
    return remove(tx, key_condition(key), options).count > 0;
  }

  WriteResult<T> remove(Transaction* tx, const Condition<T>& condition,
                        const RemoveOptions& options) const {
    return write(table(), tx, [&](soci::session& sql, Transaction* unit) {
      detail::FilterNode filter = filter_of(condition, options.skipped_default_filters);
      if (options.force == Force::no) detail::require_condition(sql, filter, table());
      const auto marked = table().with_role(ColumnRole::deleted_at);
      if (options.removal == Removal::permanent && marked) {
        filter.skipped.push_back(table().columns[*marked].name);
      }
      WriteResult<T> result;
      detail::ModelWriter::VisitKeys visit;
      if (options.returning == Returning::rows) {
        visit = [&](const std::vector<ColumnValue>& keys) { result.rows = rows_of(sql, keys); };
      }
      result.count =
          detail::ModelWriter(sql, table(), unit, context()).remove(filter, options.removal, visit);
      return result;
    });
  }

  static std::vector<T> rows_of(soci::session& sql, const std::vector<ColumnValue>& keys) {
    std::vector<T> rows;
    detail::visit_keys(sql, table(), keys, [&](const detail::FilterNode& some) {
      for (T& row : detail::find_rows<T>(sql, some)) rows.push_back(std::move(row));
    });
    return rows;
  }
};

/// Both. Derive from it for finders of your own:
///
///     class Users : public affix::Repository<User> {
///      public:
///       using Repository::Repository;
///       std::optional<User> find_by_email(const std::string& email) const {
///         return find_one(affix::where(&User::email) == email);
///       }
///     };
template <Modelled T>
class Repository : public ReadRepository<T>, public WriteRepository<T> {
 public:
  explicit Repository(const DataSource& source, RepositoryOptions options = {})
      : ReadRepository<T>(source, options), WriteRepository<T>(source, options) {}
  template <class... More>
  explicit Repository(const DataSource&&, More&&...) = delete;  // It must outlive this.
  Repository(const DataSource& source, AttachmentManager& files, RepositoryOptions options = {})
      : ReadRepository<T>(source, files, options), WriteRepository<T>(source, files, options) {}
};

}  // namespace affix

#include <algorithm>
#include <deque>

#include "affix/orm/detail/model_rows.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/value/id.hpp"
#include "orm/condition_text.hpp"
#include "orm/file_work.hpp"
#include "orm/operators.hpp"
#include "orm/row_insert.hpp"
#include "orm/run_on_model.hpp"
#include "persistence/query.hpp"
#include "persistence/transaction_access.hpp"
#include "session_failure.hpp"

namespace affix::detail {
namespace {

using Row = std::vector<ColumnValue>;

/// What affix gives by itself to a row that is created or changed.
ColumnValue given(ColumnRole role, const WriteContext& context) {
  switch (role) {
    case ColumnRole::created_at:
    case ColumnRole::modified_at:
    case ColumnRole::deleted_at:
      return format_time(context.now);
    case ColumnRole::created_by:
    case ColumnRole::modified_by:
      return context.user;
    case ColumnRole::plain:
      break;
  }
  return {};
}

void complete_new(const ModelTable& table, const WriteContext& context, Row& row) {
  const ModelColumn& key = table.key_column();
  if (key.type == ColumnType::text && table.key_origin == KeyOrigin::automatic &&
      row[table.key] == ColumnValue(std::string())) {
    static const auto ids = make_id_generator(system_clock());
    row[table.key] = ids->next();
  }
  for (std::size_t at = 0; at < row.size(); ++at) {
    const ColumnRole role = table.columns[at].role;
    if (role != ColumnRole::plain && role != ColumnRole::deleted_at) row[at] = given(role, context);
  }
}

void check_changes(const ModelTable& table, const ModelWriter::Cells& changes) {
  std::vector<std::string> seen;
  for (const auto& [name, value] : changes) {
    const Where where{.table = table.name, .column = name};
    const std::size_t at = table.at(name);
    if (at == table.key) {
      throw Error(Errc::invalid_argument, "The key of a row cannot be changed", where);
    }
    if (table.columns[at].file) {
      throw Error(Errc::invalid_argument, "Files are changed by a FileChange", where);
    }
    const ColumnRole role = table.columns[at].role;
    if (role != ColumnRole::plain && role != ColumnRole::deleted_at) {
      throw Error(Errc::invalid_argument, "The value of this column is affix's", where);
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      throw Error(Errc::invalid_argument, "A column is changed twice", where);
    }
    seen.push_back(name);
  }
}

/// The changes with what affix adds to each of them.
ModelWriter::Cells completed(const ModelTable& table, const WriteContext& context,
                             ModelWriter::Cells changes) {
  check_changes(table, changes);
  for (const ModelColumn& column : table.columns) {
    if (column.role != ColumnRole::modified_at && column.role != ColumnRole::modified_by) continue;
    changes.emplace_back(column.name, given(column.role, context));
  }
  return changes;
}

bool has_fields(const ModelTable& table) { return !table.fields.empty(); }

FilterNode by_key(const ModelTable& table, const ColumnValue& key,
                  std::span<const std::string> skipped) {
  FilterNode filter;
  filter.where = {.kind = Operator::equal, .column = table.key_column().name, .values = {key}};
  filter.skipped = {skipped.begin(), skipped.end()};
  return filter;
}

/// For rows that come without files.
void require_nothing(const ModelTable& table) {
  for (const ModelField& field : table.fields) {
    if (field.options.min_items == 0) continue;
    throw Error(Errc::invalid_argument, "The field has too few attachments",
                {.table = table.name, .column = field.name});
  }
}

/// Part of a transaction that the caller has begun.
void in_part(soci::session& sql, const std::function<void()>& work) {
  const Dialect& dialect = dialect_of(sql);
  if (!dialect.traits().autocommits) {
    throw Error(Errc::invalid_state,
                "The session is inside a transaction, if only by a SELECT; end it before, or give "
                "the call its unit of work");
  }
  const std::string savepoint = new_savepoint();
  Query(sql, dialect.savepoint(savepoint)).run();
  try {
    work();
  } catch (...) {
    try {
      Query(sql, dialect.rollback_to(savepoint)).run();
      Query(sql, dialect.release(savepoint)).run();
    } catch (const std::exception&) {
      // What has failed before says more; the transaction is over, or can only be rolled back.
    }
    throw;
  }
  Query(sql, dialect.release(savepoint)).run();
}

/// A transaction by itself.
void in_whole(soci::session& sql, const std::function<void()>& work) {
  bool done = false;
  try {
    in_own_transaction(sql, [&] {
      work();
      done = true;
    });
  } catch (const std::exception& error) {
    if (!done) throw;
    const bool conflict = classify(error) == DatabaseError::conflict;
    throw Error(conflict ? Errc::conflict : Errc::in_doubt,
                conflict ? "Another transaction was in the way of the commit"
                         : "The commit failed; whether it happened is not known",
                {}, cause_of(error));
  }
}

class RowChange {
 public:
  RowChange(soci::session& sql, const ModelTable& table)
      : sql_(sql), dialect_(dialect_of(sql)), table_(table) {}

  long long update(const FilterNode& filter, const ModelWriter::Cells& changes) const {
    StatementText statement(sql_);
    statement << "update " << dialect_.identifier(table_.name);
    const char* before = " set ";
    for (const auto& [name, value] : changes) {
      statement << before << dialect_.identifier(name) << " = "
                << statement.parameter(value, table_.columns[table_.at(name)].type);
      before = ", ";
    }
    return run(std::move(statement), filter);
  }

  long long remove(const FilterNode& filter) const {
    StatementText statement(sql_);
    statement << "delete from " << dialect_.identifier(table_.name);
    return run(std::move(statement), filter);
  }

 private:
  long long run(StatementText&& statement, const FilterNode& filter) const {
    const Predicate predicate =
        ConditionText(sql_, statement, table_).compile(filter.where, filter.skipped);
    if (predicate.rows == Predicate::Rows::none) return 0;
    statement << where_clause(predicate);
    return std::move(statement).query(sql_).execute();
  }

  soci::session& sql_;
  const Dialect& dialect_;
  const ModelTable& table_;
};

}  // namespace

void visit_keys(soci::session& sql, const ModelTable& table, std::span<const ColumnValue> keys,
                const std::function<void(const FilterNode&)>& visit) {
  const std::size_t most = most_items(dialect_of(sql));
  while (!keys.empty()) {
    const auto some = keys.first(std::min(most, keys.size()));
    FilterNode filter;
    filter.where = {.kind = Operator::in,
                    .column = table.key_column().name,
                    .values = {some.begin(), some.end()}};
    filter.skipped = table.default_filter_names();
    visit(filter);
    keys = keys.subspan(some.size());
  }
}

void in_unit(soci::session& sql, const ModelTable& table, const std::function<void()>& work) {
  run_on_model(sql, table, [&] {
    in_transaction(sql) ? in_part(sql, work) : in_whole(sql, work);
    return true;
  });
}

/// Runs a step in the unit of work, or in the transaction of `in_unit`.
template <class Step>
auto ModelWriter::run(Step step) const {
  if (!tx_) return run_on_model(sql_, table_, step);
  return TransactionAccess::guarded(*tx_, [&] { return run_on_model(sql_, table_, step); });
}

std::vector<WrittenFiles> ModelWriter::insert(
    std::vector<Row>& rows, std::vector<std::vector<FileChangeNode>> files) const {
  if (!files.empty() && files.size() != rows.size()) {
    throw Error(Errc::invalid_argument, "Files are given for each row, or for none",
                {.table = table_.name});
  }
  for (Row& row : rows) complete_new(table_, context_, row);
  const auto insert = [&] {
    run([&] {
      insert_rows(sql_, table_, rows);
      return true;
    });
  };
  std::vector<WrittenFiles> written(rows.size());
  if (!has_fields(table_) || files.empty()) {
    if (!rows.empty()) require_nothing(table_);
    insert();
    return written;
  }
  std::deque<FileWork> work;  // A deque, since they stay where they are.
  for (auto& changes : files) work.emplace_back(*tx_, table_, std::move(changes), nullptr);
  FileWork::fill_columns(work, rows);
  insert();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowKey key = row_key(rows[i][table_.key]);
    run([&] {
      work[i].change_media(key);
      work[i].check_counts(key);
      return true;
    });
    written[i] = work[i].written();
  }
  return written;
}

ModelWriter::Keys ModelWriter::found(const FilterNode& filter) const {
  Keys keys;
  const std::size_t key = table_.key;
  run([&] {
    ModelReader(sql_, table_)
        .select(filter, {&key, 1}, RowLock::wait,
                [&](std::span<ColumnValue> cells) { keys.push_back(std::move(cells.front())); });
    return true;
  });
  return keys;
}

long long ModelWriter::matching(const FilterNode& filter) const {
  long long rows = 0;
  const std::size_t key = table_.key;
  ModelReader(sql_, table_).select(filter, {&key, 1}, RowLock::wait, [&](std::span<ColumnValue>) {
    ++rows;
  });
  return rows;
}

bool ModelWriter::update(const ColumnValue& key, const Cells& changes,
                         std::vector<FileChangeNode> files,
                         std::span<const std::string> skipped) const {
  const Cells all = completed(table_, context_, changes);
  const FilterNode filter = by_key(table_, key, skipped);
  if (files.empty()) return update(filter, changes) > 0;
  // As the database spells it: its collation may take two texts for one.
  std::optional<ColumnValue> there;
  const std::size_t at = table_.key;
  ModelReader(sql_, table_)
      .select(filter, {&at, 1}, RowLock::none,
              [&](std::span<ColumnValue> cells) { there = std::move(cells.front()); });
  if (!there) return false;
  const RowKey row = row_key(*there);
  FileWork work(*tx_, table_, std::move(files), &row);
  // The row last: the order of locks.
  work.change_media(row);
  work.change_columns(row);
  return run([&] {
    work.check_counts(row);
    if (matching(filter) == 0) {
      throw Error(Errc::conflict, "Somebody else has removed the row meanwhile",
                  {.table = table_.name, .row = row.text()});
    }
    if (!all.empty()) RowChange(sql_, table_).update(filter, all);
    return true;
  });
}

long long ModelWriter::update(const FilterNode& filter, const Cells& changes) const {
  const Cells all = completed(table_, context_, changes);
  return run([&]() -> long long {
    const Engine engine = dialect_of(sql_).engine();
    // They count the rows that have got other values, not those that were found.
    const bool counts = engine != Engine::mysql && engine != Engine::mariadb;
    if (all.empty() || !counts) {
      const long long rows = matching(filter);
      if (rows > 0 && !all.empty()) RowChange(sql_, table_).update(filter, all);
      return rows;
    }
    return RowChange(sql_, table_).update(filter, all);
  });
}

long long ModelWriter::update(const Keys& keys, const Cells& changes) const {
  long long rows = 0;
  visit_keys(sql_, table_, keys, [&](const FilterNode& some) { rows += update(some, changes); });
  return rows;
}

long long ModelWriter::remove_rows(const Keys& keys) const {
  return run([&] {
    long long rows = 0;
    visit_keys(sql_, table_, keys,
               [&](const FilterNode& some) { rows += RowChange(sql_, table_).remove(some); });
    return rows;
  });
}

long long ModelWriter::remove(const FilterNode& filter, Removal removal,
                              const VisitKeys& visit) const {
  const auto deleted = table_.with_role(ColumnRole::deleted_at);
  const bool marks = deleted && removal == Removal::as_declared;
  if (!marks && has_fields(table_)) {
    tx_->begin();
    FilesOfRows files(*tx_, table_);
    files.give_up(filter);
    if (files.keys().empty()) return 0;
    if (visit) visit(files.keys());
    const long long rows = remove_rows(files.keys());
    run([&] {
      files.remove_media();
      return true;
    });
    return rows;
  }
  Cells mark;
  if (marks) {
    mark.emplace_back(table_.columns[*deleted].name, given(ColumnRole::deleted_at, context_));
  }
  if (visit) {
    const Keys keys = found(filter);
    visit(keys);
    return marks ? update(keys, mark) : remove_rows(keys);
  }
  if (marks) return update(filter, mark);
  return run([&] { return RowChange(sql_, table_).remove(filter); });
}

}  // namespace affix::detail

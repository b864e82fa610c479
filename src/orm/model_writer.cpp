#include <algorithm>
#include <deque>

#include "affix/orm/model_rows.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/value/id.hpp"
#include "orm/condition_text.hpp"
#include "orm/file_work.hpp"
#include "orm/row_insert.hpp"
#include "orm/run_on_model.hpp"
#include "persistence/transaction_access.hpp"

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
    std::erase_if(changes, [&](const auto& change) { return change.first == column.name; });
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

/// Rows of these keys, whatever the default filters say: they were found before.
FilterNode by_keys(const ModelTable& table, std::vector<ColumnValue> keys) {
  FilterNode filter;
  filter.where = {
      .kind = Operator::in, .column = table.key_column().name, .values = std::move(keys)};
  filter.skipped = table.default_filter_names();
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

/// Runs a step in the unit of work, or in a transaction of its own.
template <class Step>
auto ModelWriter::run(Step step) const {
  if (tx_) {
    return TransactionAccess::guarded(*tx_, [&] { return run_on_model(sql_, table_, step); });
  }
  std::optional<decltype(step())> result;
  run_on_model(sql_, table_, [&] {
    in_own_transaction(sql_, [&] { result = step(); });
    return true;
  });
  return *result;
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

FilterNode ModelWriter::found(const FilterNode& filter) const {
  std::vector<ColumnValue> keys;
  const std::size_t key = table_.key;
  ModelReader(sql_, table_)
      .select(filter, {&key, 1}, tx_ ? RowLock::wait : RowLock::none,
              [&](std::span<ColumnValue> cells) { keys.push_back(std::move(cells.front())); });
  return by_keys(table_, std::move(keys));
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
  if (!ModelReader(sql_, table_).exists(filter)) return false;
  const RowKey row = row_key(key);
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

long long ModelWriter::remove(const FilterNode& filter, Removal removal) const {
  const auto deleted = table_.with_role(ColumnRole::deleted_at);
  if (deleted && removal == Removal::as_declared) {
    return update(filter,
                  {{table_.columns[*deleted].name, given(ColumnRole::deleted_at, context_)}});
  }
  if (!has_fields(table_)) return run([&] { return RowChange(sql_, table_).remove(filter); });
  tx_->begin();
  FilesOfRows files(*tx_, table_);
  files.give_up(filter);
  if (files.keys().empty()) return 0;
  return run([&] {
    const long long rows = RowChange(sql_, table_).remove(by_keys(table_, files.keys()));
    files.remove_media();
    return rows;
  });
}

}  // namespace affix::detail

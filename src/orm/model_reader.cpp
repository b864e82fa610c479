#include <algorithm>
#include <set>

#include "affix/orm/detail/model_rows.hpp"
#include "affix/soci/session_state.hpp"
#include "orm/condition_text.hpp"
#include "orm/operators.hpp"
#include "orm/row_cells.hpp"
#include "orm/run_on_model.hpp"
#include "persistence/row_access.hpp"

namespace affix::detail {
namespace {

constexpr std::size_t every_row = 2'147'483'647;

bool has_order_by(const FilterNode& filter, const std::string& column) {
  return std::ranges::any_of(filter.order, [&](const OrderNode& order) {
    return order.column == column && order.path.empty();
  });
}

/// What follows ORDER BY, without these words; empty for none.
std::string order_list(soci::session& sql, const FilterNode& filter, const ModelTable& table,
                       const ConditionText& columns) {
  const Dialect& dialect = dialect_of(sql);
  std::string text;
  const auto add = [&](const std::string& what, Direction direction) {
    text += (text.empty() ? "" : ", ") + what;
    text += ordering(dialect, direction == Direction::ascending);
  };
  for (const OrderNode& order : filter.order) {
    const ModelColumn& column = table.columns[table.at(order.column)];
    if (order.path.empty() == (column.type == ColumnType::json)) {
      throw Error(Errc::invalid_argument, "Rows are in the order of a column, or of a part of JSON",
                  {.table = table.name, .column = order.column});
    }
    add(order.path.empty() ? columns.column(order.column)
                           : dialect.json_member(order.column, order.path),
        order.direction);
  }
  const bool paged = filter.limit || filter.offset > 0;
  const std::string& key = table.key_column().name;
  if (paged && !has_order_by(filter, key)) add(columns.column(key), Direction::ascending);
  return text;
}

std::string page_text(const Dialect& dialect, const FilterNode& filter) {
  if (!filter.limit && filter.offset == 0) return {};
  return dialect.page(std::min(filter.limit.value_or(every_row), every_row), filter.offset);
}

void fetch(soci::session& sql, StatementText&& statement, const ModelTable& table,
           std::span<const std::size_t> columns, const VisitCells& visit) {
  RowCells cells(sql, table, columns);
  std::move(statement).query(sql).fetch_with([&](soci::statement& one) { cells.define(one); },
                                             [&] { visit(cells.take()); });
}

ConditionNode one_of(const std::string& column, std::span<const ColumnValue> values) {
  return {.kind = Operator::in, .column = column, .values = {values.begin(), values.end()}};
}

/// What the records or files of a field cannot be chosen by.
void check_scope(const FilterNode& scope, const ModelField& field, const ModelTable& table) {
  const Where place{.table = table.name, .column = field.name};
  if (!scope.fields.empty() || !scope.includes.empty() || !scope.skipped.empty()) {
    throw Error(Errc::invalid_argument, "Attachments come whole, and without anything else", place);
  }
  if (std::ranges::any_of(scope.order,
                          [](const OrderNode& order) { return !order.path.empty(); })) {
    throw Error(Errc::invalid_argument, "Attachments are in the order of columns", place);
  }
  const bool chosen = scope.where.kind != Operator::all_of || !scope.where.children.empty() ||
                      !scope.order.empty() || scope.limit || scope.offset > 0;
  if (chosen && field.place == FieldPlace::column) {
    throw Error(Errc::invalid_argument, "The attachments of a column come all of them", place);
  }
}

/// The column that an include needs of its row, if it does.
std::optional<std::size_t> column_for(const IncludeNode& include, const ModelTable& table) {
  const ModelField* const field = table.field(include.relation);
  if (!field) return table.at(table.relation(include.relation).ours);
  check_scope(*include.scope, *field, table);
  if (field->place == FieldPlace::column) return table.at(field->name);
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> columns_to_read(const FilterNode& filter, const ModelTable& table) {
  std::set<std::size_t> columns;
  for (const std::string& name : filter.fields) {
    const ModelField* field = table.field(name);
    if (field && field->place == FieldPlace::media_table) continue;
    const std::size_t at = table.at(name);
    if (table.columns[at].options.hidden) {
      throw Error(Errc::invalid_argument, "A hidden column is never read",
                  {.table = table.name, .column = name});
    }
    columns.insert(at);
  }
  if (filter.fields.empty()) {
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
      if (!table.columns[at].options.hidden) columns.insert(at);
    }
  }
  columns.insert(table.key);
  for (const IncludeNode& include : filter.includes) {
    if (const auto column = column_for(include, table)) columns.insert(*column);
  }
  return {columns.begin(), columns.end()};
}

void ModelReader::select(const FilterNode& filter, std::span<const std::size_t> columns,
                         RowLock lock, const VisitCells& visit) const {
  run_on_model(sql_, table_, [&] {
    const Dialect& dialect = dialect_of(sql_);
    StatementText statement(sql_);
    ConditionText condition(sql_, statement, table_);
    const Predicate predicate = condition.compile(filter.where, filter.skipped);
    if (predicate.rows == Predicate::Rows::none || filter.limit == std::size_t{0}) return;
    statement << "select " << selected(sql_, table_, columns) << " from "
              << dialect.identifier(table_.name) << where_clause(predicate);
    const std::string order = order_list(sql_, filter, table_, condition);
    if (!order.empty()) statement << " order by " << order;
    statement << page_text(dialect, filter) << dialect.row_lock(lock);
    fetch(sql_, std::move(statement), table_, columns, visit);
  });
}

void ModelReader::select_related(const FilterNode& filter, const std::string& by,
                                 std::vector<ColumnValue> values,
                                 std::span<const std::size_t> columns,
                                 const VisitCells& visit) const {
  const std::size_t most = most_items(dialect_of(sql_));
  const bool paged = filter.limit || filter.offset > 0;
  for (std::size_t from = 0; from < values.size(); from += most) {
    FilterNode part = filter;
    const std::span some(values.data() + from, std::min(most, values.size() - from));
    part.where = both(one_of(by, some), part.where);
    if (!paged) {
      select(part, columns, RowLock::none, visit);
      continue;
    }
    run_on_model(sql_, table_, [&] {
      const Dialect& dialect = dialect_of(sql_);
      StatementText statement(sql_);
      ConditionText condition(sql_, statement, table_);
      const Predicate predicate = condition.compile(part.where, part.skipped);
      if (predicate.rows == Predicate::Rows::none) return;
      std::string inner;
      for (const std::size_t column : columns) {
        inner += dialect.identifier(table_.columns[column].name) + ", ";
      }
      statement << "select " << selected(sql_, table_, columns, "ranked") << " from (select "
                << inner << "row_number() over (partition by " << condition.column(by)
                << " order by " << order_list(sql_, part, table_, condition)
                << ") as place_in_order from " << dialect.identifier(table_.name)
                << where_clause(predicate) << ") ranked where place_in_order > "
                << std::to_string(part.offset);
      if (part.limit) {
        const std::size_t last = part.offset + std::min(*part.limit, every_row);
        statement << " and place_in_order <= " << std::to_string(last);
      }
      statement << " order by place_in_order";
      fetch(sql_, std::move(statement), table_, columns, visit);
    });
  }
}

long long ModelReader::count(const FilterNode& filter) const {
  return run_on_model(sql_, table_, [&]() -> long long {
    StatementText statement(sql_);
    const Predicate predicate =
        ConditionText(sql_, statement, table_).compile(filter.where, filter.skipped);
    if (predicate.rows == Predicate::Rows::none) return 0;
    statement << "select count(*) from " << dialect_of(sql_).identifier(table_.name)
              << where_clause(predicate);
    long long rows = 0;
    std::move(statement).query(sql_).fetch([] {}, soci::into(rows));
    return rows;
  });
}

bool ModelReader::exists(const FilterNode& filter) const {
  FilterNode one;
  one.where = filter.where;
  one.skipped = filter.skipped;
  one.limit = 1;
  bool found = false;
  const std::size_t key = table_.key;
  select(one, {&key, 1}, RowLock::none, [&](std::span<ColumnValue>) { found = true; });
  return found;
}

void require_condition(soci::session& sql, const FilterNode& filter, const ModelTable& table) {
  StatementText statement(sql);
  const Predicate predicate = ConditionText(sql, statement, table).compile(filter.where);
  if (predicate.rows != Predicate::Rows::all) return;
  throw Error(Errc::invalid_argument,
              "The condition asks nothing of the rows; say that every row is meant",
              {.table = table.name});
}

}  // namespace affix::detail

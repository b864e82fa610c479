#include "orm/row_cells.hpp"

#include "affix/soci/session_state.hpp"
#include "media/media_tables.hpp"

namespace affix::detail {

RowCells::RowCells(const ModelTable& table, std::span<const std::size_t> columns)
    : values_(columns.size()) {
  for (const std::size_t column : columns) cells_.push_back({table.columns[column].type});
}

void RowCells::define(soci::statement& statement) {
  for (Cell& cell : cells_) {
    switch (cell.type) {
      case ColumnType::integer:
      case ColumnType::boolean:
        statement.exchange(soci::into(cell.number, cell.indicator));
        break;
      case ColumnType::real:
        statement.exchange(soci::into(cell.real, cell.indicator));
        break;
      case ColumnType::text:
      case ColumnType::time:
        statement.exchange(soci::into(cell.text, cell.indicator));
        break;
      case ColumnType::json:
        statement.exchange(
            soci::details::into_type_ptr(new JsonInto<DocumentText>(cell.document, nullptr)));
        break;
    }
  }
}

std::span<ColumnValue> RowCells::take() {
  std::size_t number = 0;
  for (Cell& cell : cells_) {
    ColumnValue& value = values_[number++];
    if (cell.indicator == soci::i_null) {
      value = std::monostate();
      continue;
    }
    switch (cell.type) {
      case ColumnType::integer:
      case ColumnType::boolean:
        value = cell.number;
        break;
      case ColumnType::real:
        value = cell.real;
        break;
      case ColumnType::text:
      case ColumnType::time:
        value = std::move(cell.text);
        break;
      case ColumnType::json:
        if (cell.document.text.empty()) {
          value = std::monostate();
        } else {
          value = std::move(cell.document.text);
        }
        break;
    }
  }
  return values_;
}

std::string selected(soci::session& sql, const ModelTable& table,
                     std::span<const std::size_t> columns, const std::string& qualifier) {
  const Dialect& dialect = dialect_of(sql);
  std::string text;
  for (const std::size_t number : columns) {
    const ModelColumn& column = table.columns[number];
    std::string name = dialect.identifier(column.name);
    if (!qualifier.empty()) name = qualifier + "." + name;
    const bool is_text = column.type == ColumnType::text || column.type == ColumnType::time;
    if (is_text) name = whole_text(sql, name, column.options.length);
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace affix::detail

#include "orm/row_cells.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "media/media_tables.hpp"

namespace affix::detail {

namespace {

bool may_be_cut(const std::string& text, std::size_t length) {
  constexpr std::size_t most_bytes = 4;  // Of a character, and of `whole_text`.
  if (text.size() + most_bytes <= length * most_bytes) return false;
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins)) > length;
}

}  // namespace

RowCells::RowCells(soci::session& sql, const ModelTable& table,
                   std::span<const std::size_t> columns)
    : may_cut_(is_read_in_part(sql)), values_(columns.size()) {
  for (const std::size_t column : columns) cells_.push_back({table.columns[column]});
}

void RowCells::define(soci::statement& statement) {
  for (Cell& cell : cells_) {
    switch (cell.column.type) {
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
    switch (cell.column.type) {
      case ColumnType::integer:
      case ColumnType::boolean:
        value = cell.number;
        break;
      case ColumnType::real:
        value = cell.real;
        break;
      case ColumnType::text:
      case ColumnType::time:
        if (may_cut_ && may_be_cut(cell.text, cell.column.options.length)) {
          throw Error(Errc::invalid_document, "A text is longer than its column is declared",
                      {.column = cell.column.name});
        }
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

#pragma once

#include <soci/soci.h>

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "affix/orm/detail/model_table.hpp"
#include "document_text.hpp"

namespace affix::detail {

/// Receives columns of a model, row by row.
class RowCells {
 public:
  RowCells(soci::session& sql, const ModelTable& table, std::span<const std::size_t> columns);

  void define(soci::statement& statement);
  /// The cells of the row that was fetched. Once for each row. `Errc::invalid_document` for a text
  /// that is longer than its column is declared and may have been cut, which is ODBC's way.
  std::span<ColumnValue> take();

 private:
  struct Cell {
    const ModelColumn& column;
    soci::indicator indicator = soci::i_ok;
    long long number = 0;
    double real = 0;
    std::string text{};
    DocumentText document{};
  };

  bool may_cut_;
  std::deque<Cell> cells_;  // A deque, since SOCI keeps the addresses.
  std::vector<ColumnValue> values_;
};

/// The columns as they stand in a SELECT, each with `qualifier` before it unless that is empty.
std::string selected(soci::session& sql, const ModelTable& table,
                     std::span<const std::size_t> columns, const std::string& qualifier = {});

}  // namespace affix::detail

#pragma once

#include <soci/soci.h>

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "affix/orm/model_table.hpp"
#include "persistence/document_text.hpp"

namespace affix::detail {

/// Receives columns of a model, row by row.
class RowCells {
 public:
  RowCells(const ModelTable& table, std::span<const std::size_t> columns);

  void define(soci::statement& statement);
  /// The cells of the row that was fetched. Once for each row.
  std::span<ColumnValue> take();

 private:
  struct Cell {
    ColumnType type;
    soci::indicator indicator = soci::i_ok;
    long long number = 0;
    double real = 0;
    std::string text{};
    DocumentText document{};
  };

  std::deque<Cell> cells_;  // A deque, since SOCI keeps the addresses.
  std::vector<ColumnValue> values_;
};

/// The columns as they stand in a SELECT, each with `qualifier` before it unless that is empty.
std::string selected(soci::session& sql, const ModelTable& table,
                     std::span<const std::size_t> columns, const std::string& qualifier = {});

}  // namespace affix::detail

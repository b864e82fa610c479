#pragma once

#include <soci/soci.h>

#include <span>
#include <vector>

#include "affix/orm/detail/model_table.hpp"

namespace affix::detail {

/// Inserts rows with all their columns, in as few statements as the database takes. The key of a
/// row that the database is to number is filled in; those go one by one, on Firebird and SQLite
/// all.
void insert_rows(soci::session& sql, const ModelTable& table,
                 std::span<std::vector<ColumnValue>> rows);

}  // namespace affix::detail

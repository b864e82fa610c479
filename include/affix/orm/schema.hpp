#pragma once

#include <string>
#include <vector>

#include "affix/orm/detail/model_table.hpp"
#include "affix/soci/dialect.hpp"

namespace affix {

namespace detail {
void ensure_model_table(soci::session& sql, const ModelTable& table);
std::vector<std::string> model_table_sql(const Dialect& dialect, const ModelTable& table);
}  // namespace detail

/// Creates what is missing of a model's table: the table, columns, indexes; for development and
/// tests, or as a beginning. Nothing is ever dropped, renamed or altered. Several processes may do
/// it at the same time. Columns that are added to rows that are there get 0, an empty text, or the
/// first moment of 1970, if they are not nullable. An index is made for every column that says so,
/// and for those that belong to another row.
///
/// `Errc::invalid_state` inside of a transaction; `Errc::invalid_argument` for a JSON column that
/// is not nullable and would have to be added; `Errc::database`, e.g. without the right to do it.
template <Modelled T>
void ensure_model_schema(soci::session& sql) {
  detail::ensure_model_table(sql, detail::model_table<T>());
}

/// The statements that create it in an empty database, in their order and without semicolons, for
/// those who migrate by hand.
template <Modelled T>
std::vector<std::string> model_schema_sql(const Dialect& dialect) {
  return detail::model_table_sql(dialect, detail::model_table<T>());
}

}  // namespace affix

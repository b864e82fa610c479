#pragma once

#include "affix/orm/detail/model_table.hpp"
#include "affix/soci/database_error.hpp"
#include "persistence/row_access.hpp"
#include "session_failure.hpp"

namespace affix::detail {

/// Runs statements on a model's table: what the backend throws becomes an `Error` with the table.
/// Where the engine does not autocommit, a transaction that was not open before is ended.
template <class Statement>
auto run_on_model(soci::session& sql, const ModelTable& table, Statement statement) {
  const Where place{.table = table.name};
  try {
    const OpenedByStatement opened(sql);
    return statement();
  } catch (const Error& error) {
    throw error.with(place);
  } catch (const std::exception& error) {
    if (classify(error) == DatabaseError::unique) {
      throw Error(Errc::exists, "Another row has a value that must be unique", place,
                  cause_of(error));
    }
    throw database_error("A statement on a model's table failed", error, place);
  }
}

}  // namespace affix::detail

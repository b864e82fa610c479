#include "persistence/row_access.hpp"

#include "affix/soci/attachment.hpp"
#include "affix/soci/session_pool.hpp"
#include "affix/soci/session_state.hpp"

namespace affix::detail {
namespace {

/// The names of a field as this database writes them.
struct Names {
  std::string table;
  std::string column;
  std::string key;

  Names(soci::session& sql, const ColumnField& field)
      : table(dialect_of(sql).identifier(field.table)),
        column(dialect_of(sql).identifier(field.column)),
        key(dialect_of(sql).identifier(field.key)) {}
};

/// Runs a statement of affix: what the backend throws becomes an `Error` with the row's place.
template <class Statement>
auto run(const ColumnField& field, const RowKey& key, Statement statement) {
  try {
    return statement();
  } catch (const Error& error) {
    throw error.with(place_of(field, key));
  } catch (const std::exception& error) {
    throw database_error("A statement on the owner's row failed", error, place_of(field, key));
  }
}

}  // namespace

Where place_of(const ColumnField& field, const RowKey& key) {
  return {
      .table = std::string(field.table), .column = std::string(field.column), .row = key.text()};
}

std::optional<Attachment> read_row(soci::session& sql, const ColumnField& field, const RowKey& key,
                                   RowLock lock) {
  return run(field, key, [&] {
    const Names names(sql, field);
    std::string query =
        "select " + names.column + " from " + names.table + " where " + names.key + " = :row_key";
    query += dialect_of(sql).row_lock(lock);
    std::optional<Attachment> value;
    const bool found = std::visit(
        [&](const auto& row) {
          soci::statement statement(sql);
          const StatementGuard guard(sql, statement);
          statement.exchange(soci::use(row, "row_key"));
          statement.exchange(soci::into(value));
          statement.alloc();
          // Spares PostgreSQL two round trips.
          statement.prepare(query, soci::details::st_one_time_query);
          statement.define_and_bind();
          return statement.execute(true);
        },
        key.value());
    if (!found) throw Error(Errc::record_not_found, "There is no row with this key");
    return value;
  });
}

void write_row(soci::session& sql, const ColumnField& field, const RowKey& key,
               const std::optional<Attachment>& value) {
  run(field, key, [&] {
    const Names names(sql, field);
    const std::string query = "update " + names.table + " set " + names.column +
                              " = :document where " + names.key + " = :row_key";
    const long long rows = std::visit(
        [&](const auto& row) {
          soci::statement statement =
              (sql.prepare << query, soci::use(value, "document"), soci::use(row, "row_key"));
          const StatementGuard guard(sql, statement);
          statement.execute(true);
          return statement.get_affected_rows();
        },
        key.value());
    if (rows == 0) throw Error(Errc::record_not_found, "There is no row with this key");
    if (rows != 1) {
      throw Error(Errc::invalid_argument, "The key column of a field must be unique");
    }
  });
}

}  // namespace affix::detail

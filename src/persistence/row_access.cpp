#include "persistence/row_access.hpp"

#include "affix/soci/attachment.hpp"
#include "affix/soci/database_error.hpp"
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

void abandon_transaction(soci::session& sql) noexcept {
  constexpr int enough = 4;  // Firebird's client gives a dead connection up at the third time.
  for (int attempt = 0; attempt < enough; ++attempt) {
    try {
      if (in_transaction(sql)) sql.rollback();
      return;
    } catch (...) {  // Whatever made it necessary says more.
    }
  }
}

Where place_of(const ColumnField& field, const RowKey& key) {
  return {
      .table = std::string(field.table), .column = std::string(field.column), .row = key.text()};
}

Error database_error(std::string_view message, const std::exception& cause, Where where) {
  const bool conflict = classify(cause) == DatabaseError::conflict;
  return Error(conflict ? Errc::conflict : Errc::database, message, std::move(where),
               cause_of(cause));
}

std::string cause_of(const std::exception& error) {
  const auto* soci_error = dynamic_cast<const soci::soci_error*>(&error);
  return std::string(name(classify(error))) + ": " +
         (soci_error ? soci_error->get_error_message() : error.what());
}

std::optional<Attachment> read_row(soci::session& sql, const ColumnField& field, const RowKey& key,
                                   RowLock lock) {
  return run(field, key, [&] {
    const Names names(sql, field);
    std::string query =
        "select " + names.column + " from " + names.table + " where " + names.key + " = :row_key";
    query += dialect_of(sql).row_lock(lock);
    std::optional<Attachment> value;
    std::visit([&](const auto& row) { sql << query, soci::use(row, "row_key"), soci::into(value); },
               key.value());
    if (!sql.got_data()) throw Error(Errc::record_not_found, "There is no row with this key");
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

#include "persistence/table_schema.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "affix/soci/session_state.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"

namespace affix::detail {
namespace {

// SQLite's writers exclude each other, and a session may have no patience with that.
constexpr std::chrono::milliseconds patience{500};

std::string create_index(const Dialect& dialect, const std::string& table_name,
                         const IndexDefinition& index) {
  std::string columns;
  for (const std::string& column : index.columns) {
    columns += (columns.empty() ? "" : ", ") + dialect.identifier(column);
  }
  const bool unique = index.kind == IndexDefinition::Kind::unique;
  std::string name = index.name;
  std::string table = table_name;
  const std::size_t dot = table.rfind('.');
  if (dialect.engine() == Engine::sqlite && dot != table.npos) {
    // There the schema is part of the index's name.
    name.insert(0, table, 0, dot + 1);
    table.erase(0, dot + 1);
  }
  return std::string("create ") + (unique ? "unique " : "") + "index " + dialect.identifier(name) +
         " on " + dialect.identifier(table) + " (" + columns + ")";
}

class Schema {
 public:
  Schema(soci::session& sql, const TableDefinition& table)
      : sql_(sql), dialect_(dialect_of(sql)), table_(table) {}

  void ensure() {
    until([&] { return missing_columns().empty(); }, [&] { make_table_or_column(); });
    for (const IndexDefinition& index : table_.indexes) {
      until([&] { return has_index(index); },
            [&] { run(create_index(dialect_, table_.name, index)); });
    }
  }

 private:
  /// Does `step` until `done` holds. Somebody else may be faster, and then the step fails; some
  /// engines also take two changes of tables at once for a conflict.
  void until(const std::function<bool()>& done, const std::function<void()>& step) {
    constexpr int attempts = 20;
    for (int attempt = 1;; ++attempt) {
      try {
        if (done()) return;
        step();
      } catch (const Error&) {
        throw;
      } catch (const std::exception& error) {
        if (attempt >= attempts) {
          throw database_error("A table of affix could not be created", error,
                               {.table = table_.name});
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5 * attempt));
      }
    }
  }

  std::vector<ColumnDefinition> missing_columns() {
    const OpenedByStatement opened(sql_);
    const std::vector<ColumnInfo> there = dialect_.columns(sql_, table_.name);
    std::vector<ColumnDefinition> missing;
    for (const ColumnDefinition& column : table_.columns) {
      const auto is_it = [&](const ColumnInfo& one) { return dialect_.is_named(one, column.name); };
      if (std::ranges::none_of(there, is_it)) missing.push_back(column);
    }
    return missing;
  }

  void make_table_or_column() {
    const auto missing = missing_columns();
    if (missing.empty()) return;
    if (missing.size() == table_.columns.size()) {
      run(dialect_.create_table(table_.name, table_.columns, table_.primary_key));
    } else {
      run(dialect_.add_column(table_.name, missing.front()));
    }
  }

  bool has_index(const IndexDefinition& index) {
    const OpenedByStatement opened(sql_);
    return dialect_.has_index(sql_, table_.name, index.name);
  }

  void run(const std::string& statement) {
    in_own_transaction(sql_, [&] { Query(sql_, statement).run(); });
  }

  soci::session& sql_;
  const Dialect& dialect_;
  const TableDefinition& table_;
};

}  // namespace

std::string index_name(const std::string& table, const char* what) {
  std::string name = table.substr(table.rfind('.') + 1);
  name += '_';
  return name += what;
}

std::vector<std::string> creating_statements(const Dialect& dialect, const TableDefinition& table) {
  std::vector<std::string> statements{
      dialect.create_table(table.name, table.columns, table.primary_key)};
  for (const IndexDefinition& index : table.indexes) {
    statements.push_back(create_index(dialect, table.name, index));
  }
  return statements;
}

SchemaChange::SchemaChange(soci::session& sql) {
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state, "Tables cannot be created inside of a transaction");
  }
  if (dialect_of(sql).engine() == Engine::sqlite) waiting_.emplace(sql, patience);
}

void ensure_table(soci::session& sql, const TableDefinition& table) { Schema(sql, table).ensure(); }

}  // namespace affix::detail

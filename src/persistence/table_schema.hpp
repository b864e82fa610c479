#pragma once

#include <optional>
#include <string>
#include <vector>

#include "affix/soci/dialect.hpp"
#include "persistence/session_settings.hpp"

namespace affix::detail {

struct IndexDefinition {
  std::string name;
  std::vector<std::string> columns;
  enum class Kind { plain, unique } kind = Kind::plain;
};

/// A table of affix's own.
struct TableDefinition {
  std::string name;
  std::vector<ColumnDefinition> columns;
  std::vector<std::string> primary_key;
  std::vector<IndexDefinition> indexes;
};

/// The name of an index: `affix_ledger` and `state` are `affix_ledger_state`. The schema of the
/// table is no part of it.
std::string index_name(const std::string& table, const char* what);

/// The statements that create a table and its indexes where there is none.
std::vector<std::string> creating_statements(const Dialect& dialect, const TableDefinition& table);

/// While a session creates tables. `Errc::invalid_state` if it is inside of a transaction.
class SchemaChange {
 public:
  explicit SchemaChange(soci::session& sql);

 private:
  std::optional<LockPatience> waiting_;
};

/// Creates what is missing of a table: itself, columns, indexes. Never drops or alters anything.
/// Another process may do the same at the same time. Within a
/// `SchemaChange`.
void ensure_table(soci::session& sql, const TableDefinition& table);

}  // namespace affix::detail

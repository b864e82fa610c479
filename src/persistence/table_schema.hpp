#pragma once

#include <string>
#include <vector>

#include "affix/soci/dialect.hpp"

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

/// Creates what is missing of a table: itself, columns, indexes. Never drops or alters anything.
/// Another process may do the same at the same time. The session must be in no transaction.
void ensure_table(soci::session& sql, const TableDefinition& table);

}  // namespace affix::detail

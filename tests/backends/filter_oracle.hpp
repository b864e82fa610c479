#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "affix/orm/filter.hpp"
#include "affix/soci/dialect.hpp"

// What a filter must find, worked out here from rows in memory and from what the documentation
// says, and from nothing that affix compiles.

namespace affix::tests {

/// What SQL makes of a condition.
enum class Truth { no, unknown, yes };

/// Rows as JSON: columns, attachments and JSON columns by their names, and for each relation and
/// each collection an array of rows.
class FilterOracle {
 public:
  FilterOracle(Engine engine, std::vector<nlohmann::json> rows);

  /// The rows that are found, without limit and offset, in the filter's order and then by `id`.
  std::vector<nlohmann::json> matching(const detail::FilterNode& filter) const;
  /// The part of them that limit and offset leave.
  static std::vector<nlohmann::json> page(const std::vector<nlohmann::json>& rows,
                                          const detail::FilterNode& filter);
  /// What the filter orders a row by.
  static std::vector<nlohmann::json> order_keys(const nlohmann::json& row,
                                                const detail::FilterNode& filter);

 private:
  Truth truth(const detail::ConditionNode& node, const nlohmann::json& row) const;
  Truth compared(const detail::ConditionNode& node, const nlohmann::json& row) const;
  Truth text_match(const detail::ConditionNode& node, const nlohmann::json& cell) const;
  Truth array_match(const detail::ConditionNode& node, const nlohmann::json& cell) const;
  Truth member_of(const detail::ConditionNode& node, const nlohmann::json& cell) const;
  int compare(const nlohmann::json& left, const nlohmann::json& right) const;

  Engine engine_;
  std::vector<nlohmann::json> rows_;
};

/// A value of a condition as JSON.
nlohmann::json json_of(const ColumnValue& value);

}  // namespace affix::tests

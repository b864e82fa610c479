#pragma once

#include <span>
#include <string>
#include <utility>

#include "affix/orm/filter.hpp"
#include "orm/statement_text.hpp"

namespace affix::detail {

/// What is left of a condition when everything that does not depend on the row is worked out.
struct Predicate {
  enum class Rows { all, none, some } rows = Rows::all;
  std::string text{};  ///< For `some`, in no need of brackets.
};

/// Writes conditions on the rows of one table of a statement.
class ConditionText {
 public:
  /// Columns are written with `qualifier` before them, unless it is empty.
  ConditionText(soci::session& sql, StatementText& statement, const ModelTable& table,
                std::string qualifier = {}, int depth = 0);

  Predicate compile(const ConditionNode& node);
  /// The condition of a filter, and those default filters of the model that it does not skip.
  /// `Errc::invalid_argument` for a name of none.
  Predicate compile(const ConditionNode& where, std::span<const std::string> skipped);

  /// Writes this text for a column that is in another table of the statement.
  void write_as(std::string column, std::string text) {
    elsewhere_ = {std::move(column), std::move(text)};
  }

  /// A column as it is written here.
  std::string column(std::string_view name) const;

 private:
  Predicate combine(Operator kind, std::span<const ConditionNode> children);
  Predicate negate(const ConditionNode& node);
  Predicate compare(const ConditionNode& node, const std::string& text, const std::string& number,
                    ColumnType type);
  Predicate compare_field(const ConditionNode& node, const ModelField& field);
  Predicate compare_array(const ConditionNode& node);
  Predicate membership(const ConditionNode& node, const std::string& operand, ColumnType type);
  Predicate related(const ConditionNode& node);
  std::string parameter(ColumnValue value, ColumnType type);
  std::string inner_alias() const;
  std::string outer(std::string_view column) const;

  soci::session& sql_;
  const Dialect& dialect_;
  StatementText& statement_;
  const ModelTable& table_;
  std::string qualifier_;
  int depth_;
  std::pair<std::string, std::string> elsewhere_{};  ///< A column, and its text.
};

/// ` where …`, or nothing if it is met by all rows.
std::string where_clause(const Predicate& predicate);

}  // namespace affix::detail

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "affix/orm/column_value.hpp"
#include "persistence/query.hpp"

namespace affix::detail {

/// `Errc::invalid_argument` for a text with U+0000, which some databases cut there.
void require_whole(const ColumnValue& value);

/// A statement that is being written, with the values of its parameters in their order.
class StatementText {
 public:
  explicit StatementText(soci::session& sql) : by_position_(sql.get_backend_name() == "sqlite3") {}

  StatementText& operator<<(std::string_view more) {
    text_ += more;
    return *this;
  }

  /// The name of a new parameter, which must be written before the next one.
  std::string parameter(ColumnValue value, ColumnType type) {
    require_whole(value);
    values_.emplace_back(std::move(value), type);
    // SQLite looks for each name among all that it has seen: with thousands that takes long.
    if (by_position_) return "?";
    std::string name = ":p";
    return name += std::to_string(values_.size() - 1);
  }

  /// To take back what came after: parameters of a text that is not written after all.
  std::size_t parameters() const { return values_.size(); }
  void forget_from(std::size_t parameter) {
    values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(parameter), values_.end());
  }

  const std::string& text() const { return text_; }

  /// The statement, to be executed once; this one is empty then. `Errc::invalid_argument` if it has
  /// more values than the database takes.
  Query query(soci::session& sql) &&;

 private:
  bool by_position_;
  std::string text_;
  std::vector<std::pair<ColumnValue, ColumnType>> values_;
};

}  // namespace affix::detail

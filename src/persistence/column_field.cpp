#include "affix/persistence/column_field.hpp"

#include "affix/soci/session_state.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

/// Ends the transaction that a statement opens by itself where there is no autocommit.
class OpenedByStatement {
 public:
  explicit OpenedByStatement(soci::session& sql)
      : sql_(sql), ours_(!dialect_of(sql).traits().autocommits && !in_transaction(sql)) {}
  OpenedByStatement(const OpenedByStatement&) = delete;
  OpenedByStatement& operator=(const OpenedByStatement&) = delete;
  ~OpenedByStatement() {
    if (ours_) detail::abandon_transaction(sql_);
  }

 private:
  soci::session& sql_;
  bool ours_;
};

}  // namespace

std::optional<Attachment> ColumnField::load(soci::session& sql, const RowKey& key_value) const {
  const OpenedByStatement opened(sql);
  return detail::read_row(sql, *this, key_value, RowLock::none);
}

}  // namespace affix

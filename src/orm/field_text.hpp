#pragma once

#include <string>

#include "affix/orm/filter.hpp"
#include "orm/statement_text.hpp"

namespace affix::detail {

/// The media tables of a field, with exact names.
MediaTables tables_of(const ModelField& field);
/// What owners of this model are called in them.
std::string owner_type_of(const ModelTable& table, const ModelField& field);
/// The model of a media table, with the names that its columns have.
ModelTable medium_table(const MediaTables& tables);
/// A filter over `Medium` with those names.
FilterNode for_medium(FilterNode filter, const MediaTables& tables);

/// Writes questions about the records of a field in the media table: those that were stored for the
/// owner, and those that it shares.
class FieldText {
 public:
  /// `owner_key` is the owner's key as it is written in the statement.
  FieldText(soci::session& sql, const ModelTable& table, const ModelField& field,
            const std::string& owner_key);

  /// Whether there is a record that meets the condition. `alias` is a name that is not in use.
  std::string exists(StatementText& statement, const std::string& alias,
                     const ConditionNode& condition) const;
  /// A member of the first record; NULL if there is none.
  std::string first(const std::string& alias, const ConditionNode& node) const;
  /// Of what type that is. `Errc::invalid_argument` for a path that no record has.
  ColumnType type_of(const ConditionNode& node) const;

 private:
  const std::string& column_of(const ConditionNode& node) const;
  std::string own(const std::string& alias, const std::string& what) const;
  std::string shared(const std::string& alias, const std::string& what) const;
  std::string here(const std::string& alias, const std::string& type, const std::string& id,
                   const std::string& collection) const;

  soci::session& sql_;
  const Dialect& dialect_;
  const MediaTables tables_;
  const ModelTable medium_;
  std::string owner_type_;
  std::string collection_;
  std::string owner_id_;
};

}  // namespace affix::detail

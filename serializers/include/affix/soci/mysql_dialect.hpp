#pragma once

#include "affix/soci/access.hpp"
#include "affix/soci/dialect.hpp"

namespace affix {

/// MySQL and MariaDB, through SOCI's mysql backend or the MariaDB ODBC driver. Tested with MariaDB;
/// MySQL itself was not at hand.
class MysqlDialect final : public Dialect {
 public:
  explicit MysqlDialect(Engine engine = Engine::mariadb, Access access = Access::native)
      : engine_(engine),
        access_(access),
        traits_{.transactional_ddl = false,
                .notices_rollbacks = access == Access::native,
                .skip_locked = true,
                .repeated_parameters = access == Access::native,
                .bulk_fetch = access == Access::native,
                .max_identifier = 64,
                .max_index_text = 768} {}

  Engine engine() const noexcept override { return engine_; }
  const DialectTraits& traits() const noexcept override { return traits_; }
  std::string_view json_type() const noexcept override { return "json"; }
  std::string_view identity_type() const noexcept override { return "bigint auto_increment"; }
  /// The default of most databases folds case and accents.
  std::string text_type(std::size_t characters) const override {
    return Dialect::text_type(characters) + " character set utf8mb4 collate utf8mb4_bin";
  }

  std::string_view now_milliseconds() const noexcept override {
    return "cast(unix_timestamp(now(3)) * 1000 as signed)";
  }

  // MariaDB's `json` is `longtext` in the catalogue. `columns` adds the character set where it is
  // not all of Unicode.
  std::optional<std::string_view> unfit_for_json(std::string_view type) const override {
    const std::string word = lower(type);
    if (word.find(" character set ") != word.npos) {
      return "not every character has a place in its character set; declare the column as json";
    }
    if (word == "json" || word == "longtext" || word == "mediumtext") return std::nullopt;
    return "a document does not fit this type; declare the column as json";
  }

  std::vector<ColumnInfo> columns(soci::session& session, std::string_view table) const override {
    const QualifiedName name = qualified(table);
    const std::string schema = name.schema.empty() ? "database()" : literal(name.schema);
    return catalogue_columns(
        session,
        "select column_name, cast(case when coalesce(character_set_name, 'utf8mb4') in "
        "('utf8mb4', 'utf16', 'utf16le', 'utf32') then column_type else concat(column_type, ' "
        "character set ', character_set_name) end as "
        "char(128)), case is_nullable when 'NO' then 1 else 0 end from "
        "information_schema.columns where table_schema = " +
            schema + " and table_name = :name order by ordinal_position",
        name.table);
  }

  bool has_index(soci::session& session, std::string_view table,
                 std::string_view index) const override {
    const QualifiedName name = qualified(table);
    return catalogue_has(
        session,
        "select count(*) from information_schema.statistics where table_schema = " +
            (name.schema.empty() ? "database()" : literal(name.schema)) +
            " and table_name = :t and lower(index_name) = lower(:i)",
        name.table, std::string(index));
  }

  // Not MySQL's newer form with an alias: MariaDB does not know it.
  std::string upsert(std::string_view table, std::span<const std::string> columns,
                     std::span<const std::string> keys) const override {
    std::string set =
        updates(columns, keys, [](const std::string& column) { return "values(" + column + ")"; });
    if (set.empty() && !keys.empty()) {
      set = identifier(keys.front()) + " = " + identifier(keys.front());
    }
    return insert(table, columns) + " on duplicate key update " + set;
  }

  std::string json_member(std::string_view column,
                          std::span<const std::string> path) const override {
    const std::string member = json_extract(column, path);
    return "case when json_type(" + member + ") <> 'NULL' then json_unquote(" + member + ") end";
  }
  std::string json_number(std::string_view column,
                          std::span<const std::string> path) const override {
    const std::string member = json_extract(column, path);
    return "case when json_type(" + member +
           ") in ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') then json_unquote(" + member +
           ") + 0e0 end";
  }

  // Through ODBC a transaction is there only from its first statement on otherwise.
  void begin_for_write(soci::session& session) const override {
    session.begin();
    if (access_ == Access::odbc) session << "start transaction";
  }

 private:
  // `$[0]` of what is no array would be the thing itself.
  std::string json_extract(std::string_view column, std::span<const std::string> path) const {
    const auto extract = [&](std::span<const std::string> part) {
      if (part.empty()) return identifier(column);
      return "json_extract(" + identifier(column) + ", " + literal(json_path(part)) + ")";
    };
    std::string member = extract(path);
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (path[i].find_first_not_of("0123456789") != std::string::npos) continue;
      std::string guarded = "case when json_type(" + extract(path.first(i));
      member = guarded.append(") = 'ARRAY' then ").append(member).append(" end");
    }
    return member;
  }

  // For the next transaction of the session alone.
  void begin_as(soci::session& session, IsolationLevel isolation, Writes writes) const override {
    session << "set transaction " + transaction_mode(isolation, writes);
    begin_for_write(session);
  }
  std::string quote(std::string_view name) const override { return between('`', name); }
  // Quoted or not, case counts the same.
  bool must_quote(std::string_view) const override { return true; }

  Engine engine_;
  Access access_;
  DialectTraits traits_;
};

}  // namespace affix

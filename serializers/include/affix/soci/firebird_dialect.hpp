#pragma once

#include "affix/soci/dialect.hpp"

namespace affix {

/// Firebird 3, through SOCI's firebird backend. It has no autocommit: the first statement opens a
/// transaction, nobody else sees what was done before `commit`, and SOCI commits when the session
/// is destroyed.
class FirebirdDialect final : public Dialect {
 public:
  Engine engine() const noexcept override { return Engine::firebird; }
  const DialectTraits& traits() const noexcept override { return traits_; }
  std::string_view json_type() const noexcept override {
    return "blob sub_type text character set utf8";
  }
  std::string text_type(std::size_t characters) const override {
    return "varchar(" + std::to_string(characters) + ") character set utf8";
  }

  std::string_view now_milliseconds() const noexcept override {
    return "datediff(millisecond from cast('1970-01-01' as timestamp) to current_timestamp)";
  }

  // 261 is the catalogue's number for blobs.
  std::optional<std::string_view> unfit_for_json(std::string_view type) const override {
    if (type == "261") return std::nullopt;
    return "SOCI would store an empty text in this type; declare the column as a text blob";
  }

  std::vector<ColumnInfo> columns(soci::session& session, std::string_view table) const override {
    return catalogue_columns(
        session,
        "select cast(trim(rf.rdb$field_name) as varchar(31)), cast(f.rdb$field_type as "
        "varchar(20)), coalesce(rf.rdb$null_flag, f.rdb$null_flag, 0) from rdb$relation_fields rf "
        "join rdb$fields f on f.rdb$field_name = rf.rdb$field_source where rf.rdb$relation_name = "
        ":name order by rf.rdb$field_position",
        upper_unless_quoted(table));
  }

  bool has_index(soci::session& session, std::string_view table,
                 std::string_view index) const override {
    return catalogue_has(session,
                         "select count(*) from rdb$indices where rdb$relation_name = :t and "
                         "rdb$index_name = :i",
                         upper_unless_quoted(table), upper_unless_quoted(index));
  }

  bool is_named(const ColumnInfo& column, std::string_view name) const override {
    return column.name == upper_unless_quoted(name);
  }

  std::string upsert(std::string_view table, std::span<const std::string> columns,
                     std::span<const std::string> keys) const override {
    return "update or " + insert(table, columns) + " matching (" + list(keys) + ")";
  }

  std::string page(std::size_t limit, std::size_t offset) const override {
    return " offset " + std::to_string(offset) + " rows fetch first " + std::to_string(limit) +
           " rows only";
  }

  std::string row_lock(RowLock lock) const override {
    return lock == RowLock::wait ? " with lock" : Dialect::row_lock(lock);
  }

  [[noreturn]] std::string json_member(std::string_view,
                                       std::span<const std::string>) const override {
    throw Error(Errc::unsupported, "Firebird cannot look into JSON");
  }

 private:
  // SOCI begins every transaction as a snapshot.
  void begin_as(soci::session& session, IsolationLevel isolation, Writes) const override {
    if (isolation == IsolationLevel::serializable) {
      throw Error(Errc::unsupported, "Firebird has no serializable transaction through SOCI");
    }
    session.begin();
  }
  // What version 3.0 refuses as a bare name.
  bool must_quote(std::string_view word) const override {
    return is_among(
        " add admin all alter and any as at avg begin between bigint bit_length blob boolean "
        "both by case cast char char_length character check close collate column commit "
        "connect constraint corr count covar_pop covar_samp create cross current "
        "current_connection current_date current_role current_time current_timestamp "
        "current_transaction current_user cursor date day dec decimal declare default delete "
        "deleting deterministic disconnect distinct double drop else end error errors escape "
        "execute exists external extract false fetch filter float for foreign from full "
        "function gdscode global grant group having hour in index inner insensitive insert "
        "inserting int integer into is join leading left like localtime localtimestamp long "
        "lower max merge min minute month national natural nchar no not null numeric "
        "octet_length of offset on only open or order outer over parameter plan position "
        "post_event precision primary procedure real recreate recursive references regr_avgx "
        "regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy "
        "release return returning_values returns revoke right rollback row row_count rows "
        "savepoint scroll second select sensitive set similar smallint some sqlcode sqlstate "
        "start stddev_pop stddev_samp sum table then time timestamp to trailing trigger trim "
        "true union unique unknown update updating upper user using value values var_pop "
        "var_samp varchar variable varying view when where while with year ",
        word);
  }

  DialectTraits traits_{.autocommits = false,
                        .ddl_needs_commit = true,
                        .json_members = false,
                        .repeated_parameters = false,
                        .max_identifier = 31,
                        .max_index_text = 120};
};

}  // namespace affix

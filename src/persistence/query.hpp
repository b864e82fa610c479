#pragma once

#include <soci/soci.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "affix/soci/session_pool.hpp"
#include "at_once.hpp"
#include "document_text.hpp"

namespace affix::detail {

/// A statement of affix with parameters `:p0`, `:p1` … that are bound in their order. Executed
/// once.
class Query {
 public:
  Query(soci::session& sql, std::string text) : sql_(sql), text_(std::move(text)) {}

  Query& bind(std::string value) { return add({std::move(value)}); }
  /// SQL NULL for an empty text.
  Query& bind_optional(std::string value) {
    const auto indicator = value.empty() ? soci::i_null : soci::i_ok;
    return add({std::move(value), indicator});
  }
  template <std::integral Number>
  Query& bind(Number value) {
    return add({static_cast<long long>(value)});
  }
  /// SQL NULL for 0.
  Query& bind_unless_zero(std::int64_t value) {
    return add({static_cast<long long>(value), value == 0 ? soci::i_null : soci::i_ok});
  }
  Query& bind(double value) { return add({value}); }
  /// A JSON column; SQL NULL for an empty text.
  Query& bind_document(std::string text) { return add({DocumentText{std::move(text)}}); }

  /// The number of rows that were changed.
  long long execute() {
    long long rows = 0;
    execute_and([&](soci::statement& statement) { rows = statement.get_affected_rows(); });
    return rows;
  }

  /// The same for a statement that changes one row at most, found by its key: 0, 1, or more if the
  /// key is none. Much faster on Firebird, where several rows are left as they were.
  long long change_one() {
    if (const auto rows = change_one_at_once(sql_, text_, parameters_)) return *rows;
    return execute();
  }

  /// A statement that does not change rows, such as one of schemas or savepoints.
  void run() {
    execute_and([](soci::statement&) {});
  }

  /// Calls `row` for each row, after what `into` names has been filled.
  template <class Row, class... Into>
  void fetch(Row row, Into... into) {
    fetch_with([&](soci::statement& statement) { (statement.exchange(std::move(into)), ...); },
               row);
  }

  /// The same where `define` tells the statement what to fill.
  template <class Define, class Row>
  void fetch_with(Define define, Row row) {
    soci::statement statement(sql_);
    const StatementGuard guard(sql_, statement);
    define(statement);
    prepare(statement);
    statement.execute();
    while (statement.fetch()) row();
  }

 private:
  template <class Look>
  void execute_and(Look look) {
    soci::statement statement(sql_);
    const StatementGuard guard(sql_, statement);
    prepare(statement);
    statement.execute(true);
    look(statement);
  }

  Query& add(Parameter parameter) {
    parameters_.push_back(std::move(parameter));
    return *this;
  }

  /// SOCI keeps the addresses, so this is done when all parameters are there.
  static void exchange(soci::statement& statement, Parameter& parameter) {
    if (const auto* document = std::get_if<DocumentText>(&parameter.value)) {
      statement.exchange(soci::details::use_type_ptr(
          new JsonUse<DocumentText>(*document, nullptr, std::string())));
    } else if (const auto* text = std::get_if<std::string>(&parameter.value)) {
      statement.exchange(soci::use(*text, parameter.indicator));
    } else if (const auto* number = std::get_if<long long>(&parameter.value)) {
      statement.exchange(soci::use(*number, parameter.indicator));
    } else {
      statement.exchange(
          soci::use(std::get<double>(std::as_const(parameter.value)), parameter.indicator));
    }
  }

  void prepare(soci::statement& statement) {
    for (Parameter& parameter : parameters_) exchange(statement, parameter);
    statement.alloc();
    statement.prepare(text_, soci::details::st_one_time_query);  // Spares PostgreSQL round trips.
    statement.define_and_bind();
  }

  soci::session& sql_;
  std::string text_;
  std::vector<Parameter> parameters_;
};

}  // namespace affix::detail

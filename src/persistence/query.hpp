#pragma once

#include <soci/soci.h>

#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "affix/soci/session_pool.hpp"
#include "persistence/document_text.hpp"

namespace affix::detail {

/// A statement of affix with parameters `:p0`, `:p1` … that are bound in their order. Executed
/// once.
class Query {
 public:
  Query(soci::session& sql, std::string text) : sql_(sql), text_(std::move(text)) {}

  Query& bind(std::string value) {
    texts_.push_back(std::move(value));
    binders_.emplace_back([&held = texts_.back()](soci::statement& statement) {
      statement.exchange(soci::use(held));
    });
    return *this;
  }
  /// SQL NULL for an empty text.
  Query& bind_optional(std::string value) {
    indicators_.push_back(value.empty() ? soci::i_null : soci::i_ok);
    texts_.push_back(std::move(value));
    binders_.emplace_back([&held = texts_.back(), &is = indicators_.back()](soci::statement& one) {
      one.exchange(soci::use(held, is));
    });
    return *this;
  }
  template <std::integral Number>
  Query& bind(Number value) {
    numbers_.push_back(static_cast<long long>(value));
    binders_.emplace_back([&held = numbers_.back()](soci::statement& statement) {
      statement.exchange(soci::use(held));
    });
    return *this;
  }
  /// SQL NULL for 0.
  Query& bind_unless_zero(std::int64_t value) {
    indicators_.push_back(value == 0 ? soci::i_null : soci::i_ok);
    numbers_.push_back(value);
    binders_.emplace_back([&held = numbers_.back(), &is = indicators_.back()](
                              soci::statement& one) { one.exchange(soci::use(held, is)); });
    return *this;
  }
  Query& bind(double value) {
    reals_.push_back(value);
    binders_.emplace_back([&held = reals_.back()](soci::statement& statement) {
      statement.exchange(soci::use(held));
    });
    return *this;
  }
  /// A JSON column; SQL NULL for an empty text.
  Query& bind_document(std::string text) {
    documents_.push_back({std::move(text)});
    binders_.emplace_back([&held = documents_.back()](soci::statement& one) {
      one.exchange(
          soci::details::use_type_ptr(new JsonUse<DocumentText>(held, nullptr, std::string())));
    });
    return *this;
  }

  /// The number of rows that were changed.
  long long execute() {
    long long rows = 0;
    execute_and([&](soci::statement& statement) { rows = statement.get_affected_rows(); });
    return rows;
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

  void prepare(soci::statement& statement) {
    for (const auto& bind : binders_) bind(statement);
    statement.alloc();
    statement.prepare(text_, soci::details::st_one_time_query);  // Spares PostgreSQL round trips.
    statement.define_and_bind();
  }

  soci::session& sql_;
  std::string text_;
  // Deques, since SOCI keeps the addresses.
  std::deque<std::string> texts_;
  std::deque<long long> numbers_;
  std::deque<double> reals_;
  std::deque<DocumentText> documents_;
  std::deque<soci::indicator> indicators_;
  std::deque<std::function<void(soci::statement&)>> binders_;
};

}  // namespace affix::detail

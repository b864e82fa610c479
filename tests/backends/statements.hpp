#pragma once

#include <soci/soci.h>

#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "affix/soci/session_state.hpp"

namespace affix::tests {

/// Counts the statements of a session, as long as it lives.
class StatementCount {
 public:
  explicit StatementCount(soci::session& sql) : sql_(sql), before_(sql.get_logger()) {
    sql_.set_logger(soci::logger(new Counter(count_)));
  }
  StatementCount(const StatementCount&) = delete;
  StatementCount& operator=(const StatementCount&) = delete;
  ~StatementCount() { sql_.set_logger(before_); }

  long long value() const { return *count_; }

 private:
  class Counter final : public soci::logger_impl {
   public:
    explicit Counter(std::shared_ptr<long long> count) : count_(std::move(count)) {}
    void start_query(const std::string&) override { ++*count_; }

   private:
    soci::logger_impl* do_clone() const override { return new Counter(count_); }
    std::shared_ptr<long long> count_;
  };

  soci::session& sql_;
  soci::logger before_;
  std::shared_ptr<long long> count_ = std::make_shared<long long>(0);
};

/// Refuses the n-th statement of a session that is prepared while it lives: it is not run.
class QueryFault {
 public:
  QueryFault(soci::session& sql, int n) : sql_(sql), before_(sql.get_logger()) {
    *left_ = n;
    sql_.set_logger(soci::logger(new Refuser(left_)));
  }
  QueryFault(const QueryFault&) = delete;
  QueryFault& operator=(const QueryFault&) = delete;
  ~QueryFault() { sql_.set_logger(before_); }

  bool tripped() const { return *left_ == 0; }

 private:
  class Refuser final : public soci::logger_impl {
   public:
    explicit Refuser(std::shared_ptr<int> left) : left_(std::move(left)) {}
    void start_query(const std::string&) override {
      if (*left_ > 0 && --*left_ == 0) throw soci::soci_error("A fault that was asked for");
    }

   private:
    soci::logger_impl* do_clone() const override { return new Refuser(left_); }
    std::shared_ptr<int> left_;
  };

  soci::session& sql_;
  soci::logger before_;
  std::shared_ptr<int> left_ = std::make_shared<int>(0);
};

/// How the database goes about a statement, line by line; SQLite and PostgreSQL. The parameters
/// `:p0`, `:p1` … get these texts.
inline std::vector<std::string> plan_of(soci::session& sql, std::string statement,
                                        const std::vector<std::string>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::regex parameter(":p" + std::to_string(i) + "\\b");
    statement = std::regex_replace(statement, parameter, "'" + parameters[i] + "'");
  }
  const bool is_sqlite = dialect_of(sql).engine() == Engine::sqlite;
  const std::string explain = is_sqlite ? "explain query plan " : "explain (costs off) ";
  std::vector<std::string> lines;
  const soci::rowset<soci::row> rows = sql.prepare << explain + statement;
  for (const soci::row& row : rows) lines.push_back(row.get<std::string>(row.size() - 1));
  return lines;
}

}  // namespace affix::tests

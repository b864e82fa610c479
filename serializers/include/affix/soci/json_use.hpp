#pragma once

#include <ostream>

#include "affix/soci/json_transport.hpp"

namespace affix::detail {

/// What the two binders for `use` share: they stand between SOCI and the binder of the transport.
class JsonUseBase : public soci::details::use_type_base {
 public:
  explicit JsonUseBase(std::string name) : name_(std::move(name)) {}

  std::string get_name() const override { return name_; }
  // SOCI puts the values of a failed statement into its message; a document has no place there.
#if SOCI_VERSION >= 400100
  void dump_value(std::ostream& stream, int) const override { stream << "<document>"; }
#else
  void dump_value(std::ostream& stream) const override { stream << "<document>"; }
#endif
  void pre_exec(int number) override { inner_->pre_exec(number); }
  void post_use(bool got_data) override { inner_->post_use(got_data); }
  void clean_up() override {
    if (inner_) inner_->clean_up();
  }

 protected:
  std::string name_;
  std::unique_ptr<soci::details::use_type_base> inner_;
};

/// `use(value)` and `use(value, indicator)` of one cell. The value is printed at each execution.
template <class T>
class JsonUse final : public JsonUseBase {
 public:
  JsonUse(const T& value, const soci::indicator* indicator, std::string name)
      : JsonUseBase(std::move(name)), value_(value), indicator_(indicator) {}

  void bind(soci::details::statement_impl& statement, int& position) override {
    if (!inner_) {
      cell_.choose(transport_of(statement.session_));
      inner_ = cell_.bind_use(name_);
    }
    inner_->bind(statement, position);
  }

  void pre_use() override {
    if (indicator_ && *indicator_ == soci::i_null) {
      cell_.indicator = soci::i_null;
      cell_.text().clear();
    } else {
      cell_.write(value_);
    }
    inner_->pre_use();
  }

  std::size_t size() const override { return 1; }

 private:
  const T& value_;
  const soci::indicator* indicator_;
  Cell cell_;
};

/// `use(vector)`: a bulk statement. It can be executed once: SOCI's PostgreSQL and MySQL backends
/// send the first vector again the second time.
template <class T>
class JsonBulkUse final : public JsonUseBase {
 public:
  JsonBulkUse(const std::vector<T>& values, std::string name)
      : JsonUseBase(std::move(name)), values_(values) {}

  void bind(soci::details::statement_impl& statement, int& position) override {
    if (!inner_) {
      cells_.choose(transport_of(statement.session_), values_.size());
      inner_ = cells_.bind_use(name_);
    }
    inner_->bind(statement, position);
  }

  void pre_use() override {
    if (executed_) {
      throw Error(Errc::invalid_state,
                  "A bulk statement with documents can be executed only once; prepare it again");
    }
    if (values_.size() != cells_.size()) {
      throw Error(Errc::invalid_state, "The vector of a bulk statement changed its size");
    }
    executed_ = true;
    for (std::size_t row = 0; row < values_.size(); ++row) cells_.write(row, values_[row]);
    inner_->pre_use();
  }

  std::size_t size() const override { return values_.size(); }

 private:
  const std::vector<T>& values_;
  bool executed_ = false;
  CellColumn cells_;
};

}  // namespace affix::detail

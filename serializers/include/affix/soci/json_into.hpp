#pragma once

#include "affix/soci/json_transport.hpp"

namespace affix::detail {

/// `into(value)` and `into(value, indicator)` of one cell. Where there is no row, or NULL and an
/// indicator, an optional or a list is empty afterwards, and a plain attachment is as it was.
template <class T>
class JsonInto final : public soci::details::into_type_base {
 public:
  JsonInto(T& value, soci::indicator* indicator) : value_(value), indicator_(indicator) {}

  void define(soci::details::statement_impl& statement, int& position) override {
    if (!inner_) {
      cell_.choose(transport_of(statement.session_));
      inner_ = cell_.bind_into();
    }
    inner_->define(statement, position);
  }

  void pre_exec(int number) override { inner_->pre_exec(number); }
  void pre_fetch() override { inner_->pre_fetch(); }

  void post_fetch(bool got_data, bool called_from_fetch) override {
    inner_->post_fetch(got_data, called_from_fetch);
    if (!got_data) return clear();
    if (indicator_) {
      *indicator_ = cell_.indicator;
      if (cell_.indicator == soci::i_null) return clear();
    }
    value_ = cell_.template read<T>();
  }

  void clean_up() override {
    if (inner_) inner_->clean_up();
  }
  std::size_t size() const override { return 1; }

 private:
  void clear() {
    if constexpr (requires { value_.reset(); }) value_.reset();
    if constexpr (requires { value_.items; }) value_.items.clear();
  }

  T& value_;
  soci::indicator* indicator_;
  Cell cell_;
  std::unique_ptr<soci::details::into_type_base> inner_;
};

/// `into(vector)`: a bulk fetch. The vector shrinks to the rows of the last batch. Where it would
/// not be safe, the execution is `Errc::unsupported`.
template <class T>
class JsonBulkInto final : public soci::details::into_type_base {
 public:
  explicit JsonBulkInto(std::vector<T>& values) : values_(values) {}

  void define(soci::details::statement_impl& statement, int& position) override {
    if (!fetches_vectors(statement.session_.get_backend_name())) {
      ++position;  // SOCI does not clean up when something is thrown here.
      return;
    }
    if (!inner_) {
      cells_.choose(transport_of(statement.session_), values_.size());
      inner_ = cells_.bind_into();
    }
    inner_->define(statement, position);
  }

  void pre_exec(int number) override { inner().pre_exec(number); }
  void pre_fetch() override { inner().pre_fetch(); }

  void post_fetch(bool got_data, bool called_from_fetch) override {
    inner_->post_fetch(got_data, called_from_fetch);
    if (!got_data) return;
    values_.resize(cells_.size());
    for (std::size_t row = 0; row < values_.size(); ++row) {
      values_[row] = cells_.template read<T>(row);
    }
  }

  void clean_up() override {
    if (inner_) inner_->clean_up();
  }
  // The caller may change the vector between fetches.
  std::size_t size() const override {
    if (inner_ && inner_->size() != values_.size()) inner_->resize(values_.size());
    return values_.size();
  }
  void resize(std::size_t rows) override {
    if (inner_) inner_->resize(rows);
    values_.resize(rows);
  }

 private:
  soci::details::into_type_base& inner() {
    if (inner_) return *inner_;
    throw Error(Errc::unsupported,
                "Documents cannot be fetched into a vector through ODBC; fetch them one by one");
  }

  std::vector<T>& values_;
  CellColumn cells_;
  std::unique_ptr<soci::details::into_type_base> inner_;
};

}  // namespace affix::detail

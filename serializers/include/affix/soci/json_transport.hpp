#pragma once

#include <soci/soci.h>
#include <soci/version.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "affix/soci/json_column.hpp"

// What SOCI sees of a JSON cell. Its backends disagree about the C++ type for a long text, so it is
// chosen when a statement is bound and the session, hence the backend, is known.

namespace affix::detail {

enum class Transport {
  text,       ///< `std::string`: sqlite3, postgresql, mysql, odbc, DB2.
  long_text,  ///< `soci::long_string`: firebird and oracle, whose large texts are objects apart.
};

/// By the name that the backend has in SOCI.
///
/// The choice for oracle and DB2 is untested: it was made by reading SOCI's source. Oracle cuts a
/// `std::string` at 32 KB and gives a `long_string` to the server as a CLOB. DB2 takes a
/// `std::string` of any size, throws for `into` a `long_string` and binds none of its text in
/// `use`.
inline Transport transport_of(std::string_view backend) {
  return backend == "firebird" || backend == "oracle" ? Transport::long_text : Transport::text;
}

inline Transport transport_of(soci::session& session) {
  return transport_of(session.get_backend_name());
}

/// Whether a vector of texts can be fetched. SOCI's ODBC backend reads beyond its buffer when the
/// driver cuts a value, and says nothing.
inline bool fetches_vectors(std::string_view backend) { return backend != "odbc"; }

/// One cell on its way: its text in the chosen type, and whether it is NULL.
class Cell {
 public:
  void choose(Transport transport) { transport_ = transport; }
  std::string& text() { return transport_ == Transport::text ? text_ : long_text_.value; }

  template <class T>
  void write(const T& value) {
    const bool null = JsonColumn<T>::is_null(value);
    indicator = null ? soci::i_null : soci::i_ok;
    text() = null ? std::string() : JsonColumn<T>::to_text(value);
  }

  template <class T>
  T read() {
    if (indicator == soci::i_null) return JsonColumn<T>::from_null();
    if (indicator == soci::i_truncated) {
      throw Error(Errc::database,
                  "The database driver cut the document; the column's declared "
                  "type is too small for it");
    }
    return JsonColumn<T>::from_text(text());
  }

  /// The operand is bound as a constant: SOCI writes back into others after execution.
  std::unique_ptr<soci::details::use_type_base> bind_use(const std::string& name) {
    if (transport_ == Transport::text) {
      return make_use<std::string>(text_, name);
    }
    return make_use<soci::long_string>(long_text_, name);
  }

  std::unique_ptr<soci::details::into_type_base> bind_into() {
    if (transport_ == Transport::text) {
      return std::make_unique<soci::details::into_type<std::string>>(text_, indicator);
    }
    return std::make_unique<soci::details::into_type<soci::long_string>>(long_text_, indicator);
  }

  soci::indicator indicator = soci::i_ok;

 private:
  template <class Base>
  std::unique_ptr<soci::details::use_type_base> make_use(const Base& operand,
                                                         const std::string& name) {
    return std::make_unique<soci::details::use_type<Base>>(operand, indicator, name);
  }

  Transport transport_ = Transport::text;
  std::string text_;
  soci::long_string long_text_;
};

/// Many cells on their way, for bulk operations.
class CellColumn {
 public:
  void choose(Transport transport, std::size_t size) {
    transport_ = transport;
    indicators_.assign(size, soci::i_ok);
    if (transport_ == Transport::text) {
      texts_.resize(size);
    } else {
      long_texts_.resize(size);
    }
  }

  std::size_t size() const {
    return transport_ == Transport::text ? texts_.size() : long_texts_.size();
  }
  std::string& text(std::size_t row) {
    return transport_ == Transport::text ? texts_[row] : long_texts_[row].value;
  }

  template <class T>
  void write(std::size_t row, const T& value) {
    const bool null = JsonColumn<T>::is_null(value);
    indicators_[row] = null ? soci::i_null : soci::i_ok;
    text(row) = null ? std::string() : JsonColumn<T>::to_text(value);
  }

  template <class T>
  T read(std::size_t row) {
    Cell cell;
    cell.indicator = indicators_[row];
    cell.text().swap(text(row));
    return cell.read<T>();
  }

  std::unique_ptr<soci::details::use_type_base> bind_use(const std::string& name) {
    if (transport_ == Transport::text) return make_use(texts_, name);
    return make_use(long_texts_, name);
  }

  std::unique_ptr<soci::details::into_type_base> bind_into() {
    if (transport_ == Transport::text) return make_into(texts_);
    return make_into(long_texts_);
  }

 private:
  template <class Base>
  std::unique_ptr<soci::details::use_type_base> make_use(const std::vector<Base>& operand,
                                                         const std::string& name) {
    return std::make_unique<soci::details::use_type<std::vector<Base>>>(operand, indicators_, name);
  }
  template <class Base>
  std::unique_ptr<soci::details::into_type_base> make_into(std::vector<Base>& target) {
    return std::make_unique<soci::details::into_type<std::vector<Base>>>(target, indicators_);
  }

  Transport transport_ = Transport::text;
  std::vector<std::string> texts_;
  std::vector<soci::long_string> long_texts_;
  std::vector<soci::indicator> indicators_;
};

}  // namespace affix::detail

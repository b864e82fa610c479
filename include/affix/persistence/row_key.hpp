#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "affix/value/error.hpp"

namespace affix {

/// The value of a row's key column: an integer or a text. `Errc::invalid_argument` for an integer
/// beyond the signed 64 bits that a database has.
class RowKey {
 public:
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>) RowKey(Integer value)
      : value_(checked(value)) {}                                 // NOLINT: meant to convert
  RowKey(std::string value) : value_(std::move(value)) {}         // NOLINT: meant to convert
  RowKey(std::string_view value) : value_(std::string(value)) {}  // NOLINT: meant to convert
  RowKey(const char* value) : value_(std::string(value)) {}       // NOLINT: meant to convert

  const std::variant<long long, std::string>& value() const noexcept { return value_; }
  /// For messages.
  std::string text() const;

 private:
  template <std::integral Integer>
  static long long checked(Integer value) {
    if (std::in_range<long long>(value)) return static_cast<long long>(value);
    throw Error(Errc::invalid_argument, "The key of a row does not fit a signed 64-bit integer");
  }

  std::variant<long long, std::string> value_;
};

}  // namespace affix

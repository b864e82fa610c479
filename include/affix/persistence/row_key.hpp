#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace affix {

/// The value of a row's key column: an integer or a text.
class RowKey {
 public:
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>) RowKey(Integer value)
      : value_(static_cast<long long>(value)) {}                  // NOLINT: meant to convert
  RowKey(std::string value) : value_(std::move(value)) {}         // NOLINT: meant to convert
  RowKey(std::string_view value) : value_(std::string(value)) {}  // NOLINT: meant to convert
  RowKey(const char* value) : value_(std::string(value)) {}       // NOLINT: meant to convert

  const std::variant<long long, std::string>& value() const noexcept { return value_; }
  /// For messages.
  std::string text() const;

 private:
  std::variant<long long, std::string> value_;
};

}  // namespace affix

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace affix::detail {

/// Whether the text stands for nothing: empty, `null`, or the `[]` that PHP writes for `{}`.
bool is_nothing(std::string_view text) noexcept;

/// Whether `value` is an object with a text of this name that is not empty.
bool has_text(const nlohmann::json& value, std::string_view name);

/// Takes members out of an object that another system has written; what nobody takes is kept.
class ForeignObject {
 public:
  /// Null and an empty array are an empty object. `Errc::invalid_document` for what is none.
  explicit ForeignObject(nlohmann::json value);
  /// The empty text is an empty object, too.
  static ForeignObject parse(const std::optional<std::string>& text);

  /// Takes a text. Nothing if the member is missing, null or empty; one that is no text stays.
  std::optional<std::string> text(std::string_view name);
  /// `Errc::invalid_document` with the member in `where()` for what is no text, or an empty one.
  std::string required_text(std::string_view name);
  /// Takes a whole number that is not negative; anything else stays.
  std::optional<std::int64_t> number(std::string_view name);
  /// Takes anything; null if the member is missing.
  nlohmann::json take(std::string_view name);

  /// What was not taken, without members that are null.
  nlohmann::json rest() &&;
  bool empty() const { return object_.empty(); }

 private:
  nlohmann::json object_;
};

}  // namespace affix::detail

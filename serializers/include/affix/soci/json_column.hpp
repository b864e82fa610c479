#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "affix/value/attachment.hpp"
#include "affix/value/error.hpp"
#include "affix/value/json.hpp"

namespace affix {

/// How a value of type T becomes a cell of a JSON column and comes back. Text only: usable, and
/// testable, without a database.
///
/// `to_text` is for values that are not NULL. The three below are all there are: an attachment
/// (never NULL), an optional one, and a list (empty is NULL). A non-null cell may hold the texts
/// `null` or ``, which other systems write for "no file": they read as NULL.
template <class T>
struct JsonColumn;

template <>
struct JsonColumn<Attachment> {
  static bool is_null(const Attachment&) noexcept { return false; }
  static std::string to_text(const Attachment& value) { return print(value); }
  static Attachment from_text(std::string_view text) { return parse_attachment(text); }
  /// Throws `Errc::invalid_document`: this type has no place for "no file".
  [[noreturn]] static Attachment from_null() {
    throw Error(Errc::invalid_document, "NULL was read into an attachment that is not optional");
  }
};

template <>
struct JsonColumn<std::optional<Attachment>> {
  using Value = std::optional<Attachment>;
  static bool is_null(const Value& value) noexcept { return !value.has_value(); }
  static std::string to_text(const Value& value) { return print(*value); }
  static Value from_text(std::string_view text) { return parse_optional_attachment(text); }
  static Value from_null() noexcept { return std::nullopt; }
};

template <>
struct JsonColumn<AttachmentList> {
  static bool is_null(const AttachmentList& value) noexcept { return value.empty(); }
  static std::string to_text(const AttachmentList& value) { return print(value); }
  static AttachmentList from_text(std::string_view text) { return parse_attachment_list(text); }
  static AttachmentList from_null() noexcept { return {}; }
};

}  // namespace affix

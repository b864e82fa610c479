#pragma once

#include <optional>
#include <string>
#include <vector>

#include "affix/soci/json_into.hpp"
#include "affix/soci/json_use.hpp"

// Makes attachments bindable. With this header included, `soci::use` and `soci::into` take an
// `affix::Attachment`, a `std::optional` of it and an `affix::AttachmentList`, and vectors of these
// for bulk statements; `row.get<…>`, `values.get<…>` and `values.set` take them too, so that an
// ORM-style `type_conversion` of a struct can have such members.
//
//     sql << "insert into users(id, avatar) values(:id, :avatar)", use(id), use(avatar);
//     sql << "select avatar from users where id = :id", use(id), into(avatar);
//
// Unlike other types of SOCI: an operand of `use` is never written to, a non-optional attachment
// into which NULL is read is an `affix::Error` (`Errc::invalid_document`), as is any text that is
// no attachment, and documents do not get into SOCI's error messages. A bulk statement that binds
// attachments can be executed once.
//
// Written for SOCI 4.0; the branches for 4.1 are untested.

namespace affix::detail {

/// One of the three types.
template <class T>
concept JsonValue = requires(const T& value) {
  JsonColumn<T>::to_text(value);
};

/// SOCI chooses the functions below by this type.
struct JsonTag {};

template <class T>
soci::details::use_type_ptr do_use(const T& value, const std::string& name, JsonTag) {
  return soci::details::use_type_ptr(new JsonUse<T>(value, nullptr, name));
}

template <class T>
soci::details::use_type_ptr do_use(const T& value, soci::indicator& indicator,
                                   const std::string& name, JsonTag) {
  return soci::details::use_type_ptr(new JsonUse<T>(value, &indicator, name));
}

template <class T>
soci::details::use_type_ptr do_use(const std::vector<T>& values, const std::string& name, JsonTag) {
  return soci::details::use_type_ptr(new JsonBulkUse<T>(values, name));
}

template <class T>
soci::details::into_type_ptr do_into(T& value, JsonTag) {
  return soci::details::into_type_ptr(new JsonInto<T>(value, nullptr));
}

template <class T>
soci::details::into_type_ptr do_into(T& value, soci::indicator& indicator, JsonTag) {
  return soci::details::into_type_ptr(new JsonInto<T>(value, &indicator));
}

template <class T>
soci::details::into_type_ptr do_into(std::vector<T>& values, JsonTag) {
  return soci::details::into_type_ptr(new JsonBulkInto<T>(values));
}

struct JsonExchangeTraits {
  using type_family = JsonTag;
  enum { x_type = soci::details::x_stdstring };
};

/// For `row` and `values`, which SOCI fills by itself: text transport only.
template <class T>
struct JsonConversion {
  using base_type = std::string;

  static void from_base(const base_type& text, soci::indicator indicator, T& value) {
    value = indicator == soci::i_null ? JsonColumn<T>::from_null() : JsonColumn<T>::from_text(text);
  }
  static void to_base(const T& value, base_type& text, soci::indicator& indicator) {
    const bool null = JsonColumn<T>::is_null(value);
    indicator = null ? soci::i_null : soci::i_ok;
    text = null ? std::string() : JsonColumn<T>::to_text(value);
  }
};

}  // namespace affix::detail

namespace soci {

template <>
struct type_conversion<affix::Attachment> : affix::detail::JsonConversion<affix::Attachment> {};
template <>
struct type_conversion<std::optional<affix::Attachment>>
    : affix::detail::JsonConversion<std::optional<affix::Attachment>> {};
template <>
struct type_conversion<affix::AttachmentList>
    : affix::detail::JsonConversion<affix::AttachmentList> {};

// A temporary is gone when the statement runs. SOCI 4.1 refuses it for every type.
template <affix::detail::JsonValue T>
void use(const T&&, const std::string& name = {}) = delete;
template <affix::detail::JsonValue T>
void use(const T&&, indicator&, const std::string& name = {}) = delete;
template <affix::detail::JsonValue T>
void use(const std::vector<T>&&, const std::string& name = {}) = delete;

namespace details {

template <>
struct exchange_traits<affix::Attachment> : affix::detail::JsonExchangeTraits {};
template <>
struct exchange_traits<std::optional<affix::Attachment>> : affix::detail::JsonExchangeTraits {};
template <>
struct exchange_traits<affix::AttachmentList> : affix::detail::JsonExchangeTraits {};

}  // namespace details
}  // namespace soci

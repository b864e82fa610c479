#pragma once

#include <cmath>
#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "affix/value/attachment.hpp"
#include "affix/value/clock.hpp"
#include "affix/value/error.hpp"
#include "affix/value/json.hpp"

// How the members of a struct become the cells of a row, and come back. `ColumnTraits` of a type of
// your own makes it usable for a column.

namespace affix {

/// A cell on its way between a struct and a statement. The first alternative is NULL; booleans are
/// 0 and 1, times and JSON are texts.
using ColumnValue = std::variant<std::monostate, long long, double, std::string>;

/// What a column holds, whatever the database calls it.
enum class ColumnType {
  integer,  ///< 64 bits, signed.
  real,     ///< 64 bits, floating.
  boolean,  ///< A small integer, 0 or 1.
  text,     ///< At most as many characters as `ColumnOptions::length`.
  time,     ///< A text, as `format_time` writes it: its order is that of the moments.
  json,     ///< `Dialect::json_type`.
};

/// Specialise it for a type of your own: `type`, `to_value` (never NULL), and `from_value`, which
/// may throw `Errc::invalid_document` and gets neither NULL nor another alternative than `type`
/// has.
template <class Member>
struct ColumnTraits;

template <std::integral Integer>
struct ColumnTraits<Integer> {
  static constexpr ColumnType type = ColumnType::integer;
  static ColumnValue to_value(Integer value) {
    if (std::in_range<long long>(value)) return static_cast<long long>(value);
    throw Error(Errc::invalid_argument, "A number does not fit a signed 64-bit integer");
  }
  static Integer from_value(ColumnValue&& value) {
    const long long number = std::get<long long>(value);
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
    throw Error(Errc::invalid_document, "A number of the row does not fit the member's type");
  }
};

template <>
struct ColumnTraits<bool> {
  static constexpr ColumnType type = ColumnType::boolean;
  static ColumnValue to_value(bool value) { return value ? 1LL : 0LL; }
  static bool from_value(ColumnValue&& value) { return std::get<long long>(value) != 0; }
};

template <>
struct ColumnTraits<char>;  // Neither a number nor a text.

template <std::floating_point Real>
requires(sizeof(Real) <= sizeof(double)) struct ColumnTraits<Real> {
  static constexpr ColumnType type = ColumnType::real;
  static ColumnValue to_value(Real value) {
    if (std::isfinite(value)) return double{value};
    throw Error(Errc::invalid_argument, "A number that is none, or infinite, is no column's value");
  }
  static Real from_value(ColumnValue&& value) { return static_cast<Real>(std::get<double>(value)); }
};

/// As their numbers.
template <class Enum>
requires std::is_enum_v<Enum>
struct ColumnTraits<Enum> {
  using Number = ColumnTraits<std::underlying_type_t<Enum>>;
  static constexpr ColumnType type = Number::type;
  static ColumnValue to_value(Enum value) {
    return Number::to_value(static_cast<std::underlying_type_t<Enum>>(value));
  }
  static Enum from_value(ColumnValue&& value) {
    return static_cast<Enum>(Number::from_value(std::move(value)));
  }
};

template <>
struct ColumnTraits<std::string> {
  static constexpr ColumnType type = ColumnType::text;
  static ColumnValue to_value(std::string value) { return value; }
  static std::string from_value(ColumnValue&& value) {
    return std::get<std::string>(std::move(value));
  }
};

template <>
struct ColumnTraits<TimePoint> {
  static constexpr ColumnType type = ColumnType::time;
  static ColumnValue to_value(TimePoint value) { return format_time(value); }
  static TimePoint from_value(ColumnValue&& value) {
    if (const auto time = parse_time(std::get<std::string>(value))) return *time;
    throw Error(Errc::invalid_document, "A column of times has a text that is none");
  }
};

/// Any JSON; a JSON null is a document like others, and not SQL NULL. `Errc::invalid_argument` for
/// what could not be read again: beyond the bounds of `affix/value/json.hpp`, texts that are not
/// UTF-8 or have U+0000, and numbers that are not finite.
template <>
struct ColumnTraits<nlohmann::json> {
  static constexpr ColumnType type = ColumnType::json;
  static ColumnValue to_value(const nlohmann::json& value);
  static nlohmann::json from_value(ColumnValue&& value);
};

template <>
struct ColumnTraits<Attachment> {
  static constexpr ColumnType type = ColumnType::json;
  static ColumnValue to_value(const Attachment& value) { return print(value); }
  static Attachment from_value(ColumnValue&& value) {
    return parse_attachment(std::get<std::string>(value));
  }
};

template <>
struct ColumnTraits<AttachmentList> {
  static constexpr ColumnType type = ColumnType::json;
  static ColumnValue to_value(const AttachmentList& value) { return print(value); }
  static AttachmentList from_value(ColumnValue&& value) {
    return parse_attachment_list(std::get<std::string>(value));
  }
};

/// A type that a column can have: one with `ColumnTraits`, or a `std::optional` of one.
template <class Member>
concept ColumnMember = requires(ColumnValue value) {
  { ColumnTraits<Member>::type } -> std::convertible_to<ColumnType>;
  { ColumnTraits<Member>::from_value(std::move(value)) } -> std::same_as<Member>;
};

namespace detail {

/// What is known of a member's type without `std::optional`.
template <class Member>
struct MemberType {
  using Inner = Member;
  static constexpr bool nullable = false;
};
template <class Member>
struct MemberType<std::optional<Member>> {
  using Inner = Member;
  static constexpr bool nullable = true;
};

template <class Member>
ColumnValue to_value(const Member& member) {
  if constexpr (MemberType<Member>::nullable) {
    if (!member) return {};
    return ColumnTraits<typename MemberType<Member>::Inner>::to_value(*member);
  } else {
    return ColumnTraits<Member>::to_value(member);
  }
}

/// NULL for a member that has no place for it is `Errc::invalid_document`.
template <class Member>
Member from_value(ColumnValue&& value) {
  using Inner = typename MemberType<Member>::Inner;
  if (std::holds_alternative<std::monostate>(value)) {
    if constexpr (MemberType<Member>::nullable || std::same_as<Member, AttachmentList>) return {};
    throw Error(Errc::invalid_document, "NULL was read into a member that is not optional");
  }
  if constexpr (std::same_as<Member, std::optional<Attachment>>) {
    return parse_optional_attachment(std::get<std::string>(value));  // Others write `null`.
  } else {
    return ColumnTraits<Inner>::from_value(std::move(value));
  }
}

}  // namespace detail
}  // namespace affix

#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "affix/orm/condition_node.hpp"
#include "affix/orm/detail/model_table.hpp"

// What rows have to meet, as a value:
//
//     where(&User::age) >= 18 && where(&User::email).ends_with("@example.org")
//     where(&User::avatar, "mimeType").starts_with("image/") || !where(&User::name).is_null()
//
// As in SQL a comparison with a column that is NULL is neither true nor false, and its negation
// neither; `is_null` asks for it. Texts are compared as the column's collation says, numbers in
// JSON as numbers. MariaDB and Firebird take no notice of blanks at the end of texts where they are
// compared, but do in patterns. Every value is bound, every name is the model's. Firebird compares
// with texts of at most 8,191 characters.

namespace affix {

template <class T>
class Filter;
struct FilterRules;

/// Which rows of a model. Without any condition: all.
template <class T>
class Condition {
 public:
  Condition() = default;
  explicit Condition(detail::ConditionNode node) : node_(std::move(node)) {}

  friend Condition operator&&(Condition left, Condition right) {
    return joined(Operator::all_of, std::move(left), std::move(right));
  }
  friend Condition operator||(Condition left, Condition right) {
    return joined(Operator::any_of, std::move(left), std::move(right));
  }
  friend Condition operator!(Condition one) {
    return Condition({.kind = Operator::negation, .children = {std::move(one.node_)}});
  }

  /// The `where` of `Filter::from_json` alone, for a change of many rows.
  static Condition from_json(const nlohmann::json& document);
  static Condition from_json(const nlohmann::json& document, const FilterRules& rules);

  // The beginning of a `Filter`, see there.
  template <class Member>
  [[nodiscard]] Filter<T> order_by(Member T::*member) const;
  template <class Member>
  [[nodiscard]] Filter<T> order_by_descending(Member T::*member) const;
  [[nodiscard]] Filter<T> limit(std::size_t count) const;
  [[nodiscard]] Filter<T> offset(std::size_t count) const;
  template <class... Members>
  [[nodiscard]] Filter<T> fields(Members T::*... members) const;
  template <class... Arguments>
  [[nodiscard]] Filter<T> with(Arguments&&... arguments) const;
  [[nodiscard]] Filter<T> skip_default_filter(std::string name) const;

  const detail::ConditionNode& node() const noexcept { return node_; }

 private:
  static Condition joined(Operator kind, Condition left, Condition right) {
    detail::ConditionNode node{.kind = kind};
    for (detail::ConditionNode* one : {&left.node_, &right.node_})
      node.children.push_back(std::move(*one));
    return Condition(std::move(node));
  }

  detail::ConditionNode node_{};
};

/// A condition that belongs to a model, see `Model`.
template <class T>
struct DefaultFilter {
  std::string name;
  Condition<T> condition;
};

namespace detail {

/// What `where` begins, for all kinds of columns.
template <class T>
class Operand {
 public:
  Operand(std::string_view column, std::vector<std::string> path = {})
      : column_(column), path_(std::move(path)) {}

  Condition<T> is_null() const { return make(Operator::is_null); }
  Condition<T> is_not_null() const { return make(Operator::is_not_null); }

 protected:
  Condition<T> make(Operator kind, std::vector<ColumnValue> values = {}) const {  // NOLINT: moved
    return Condition<T>(
        {.kind = kind, .column = column_, .path = path_, .values = std::move(values)});
  }

 private:
  std::string column_;
  std::vector<std::string> path_;
};

/// Comparisons with values that `Self::value` turns into cells.
template <class T, class Value, class Self>
class Comparisons : public Operand<T> {
 public:
  using Operand<T>::Operand;

  friend Condition<T> operator==(const Self& self, const Value& value) {
    return self.make(Operator::equal, {Self::value(value)});
  }
  friend Condition<T> operator!=(const Self& self, const Value& value) {
    return self.make(Operator::not_equal, {Self::value(value)});
  }
  // `is_null` and `is_not_null` ask for NULL; without these a null pointer would be a text.
  template <std::same_as<std::nullptr_t> Null>
  friend Condition<T> operator==(const Self& self, Null) = delete;
  template <std::same_as<std::nullptr_t> Null>
  friend Condition<T> operator!=(const Self& self, Null) = delete;
  friend Condition<T> operator<(const Self& self, const Value& value) {
    return self.make(Operator::less, {Self::value(value)});
  }
  friend Condition<T> operator<=(const Self& self, const Value& value) {
    return self.make(Operator::less_or_equal, {Self::value(value)});
  }
  friend Condition<T> operator>(const Self& self, const Value& value) {
    return self.make(Operator::greater, {Self::value(value)});
  }
  friend Condition<T> operator>=(const Self& self, const Value& value) {
    return self.make(Operator::greater_or_equal, {Self::value(value)});
  }

  /// One of these. Without any it is false for every row.
  Condition<T> in(const std::vector<Value>& values) const {
    return this->make(Operator::in, cells(values));
  }
  Condition<T> not_in(const std::vector<Value>& values) const {
    return this->make(Operator::not_in, cells(values));
  }
  /// Both ends included.
  Condition<T> between(const Value& low, const Value& high) const {
    return this->make(Operator::between, {Self::value(low), Self::value(high)});
  }
  Condition<T> not_between(const Value& low, const Value& high) const {
    return this->make(Operator::not_between, {Self::value(low), Self::value(high)});
  }

 private:
  static std::vector<ColumnValue> cells(const std::vector<Value>& values) {
    std::vector<ColumnValue> all;
    for (const auto& value : values) all.push_back(Self::value(value));
    return all;
  }
};

/// Comparisons of texts.
template <class T, class Value, class Self>
class TextComparisons : public Comparisons<T, Value, Self> {
 public:
  using Comparisons<T, Value, Self>::Comparisons;

  /// `%` stands for any text, `_` for one character; `!` before one of the three for itself.
  Condition<T> like(std::string pattern) const { return one(Operator::like, std::move(pattern)); }
  Condition<T> not_like(std::string pattern) const {
    return one(Operator::not_like, std::move(pattern));
  }
  /// The same with A-Z equal to a-z. About other letters each database has an opinion of its own.
  Condition<T> ilike(std::string pattern) const { return one(Operator::ilike, std::move(pattern)); }
  Condition<T> not_ilike(std::string pattern) const {
    return one(Operator::not_ilike, std::move(pattern));
  }
  /// In the database's own language of expressions; `Errc::unsupported` on SQLite and Firebird.
  Condition<T> regexp(std::string pattern) const {
    return one(Operator::regexp, std::move(pattern));
  }
  Condition<T> iregexp(std::string pattern) const {
    return one(Operator::iregexp, std::move(pattern));
  }
  Condition<T> starts_with(std::string text) const {
    return one(Operator::starts_with, std::move(text));
  }
  Condition<T> ends_with(std::string text) const {
    return one(Operator::ends_with, std::move(text));
  }
  /// The text is somewhere in it.
  Condition<T> has_text(std::string text) const { return one(Operator::has_text, std::move(text)); }

 private:
  Condition<T> one(Operator kind, std::string text) const {
    return this->make(kind, {std::move(text)});
  }
};

/// A column.
template <class T, class Value>
class ColumnOperand : public Comparisons<T, Value, ColumnOperand<T, Value>> {
 public:
  using Comparisons<T, Value, ColumnOperand<T, Value>>::Comparisons;
  static ColumnValue value(const Value& value) { return ColumnTraits<Value>::to_value(value); }
};

/// A column of texts.
template <class T>
class TextOperand : public TextComparisons<T, std::string, TextOperand<T>> {
 public:
  using TextComparisons<T, std::string, TextOperand<T>>::TextComparisons;
  static ColumnValue value(const std::string& value) { return value; }

  // 0 would be a null pointer.
  template <std::integral Number>
  friend Condition<T> operator==(const TextOperand& self, Number) = delete;
  template <std::integral Number>
  friend Condition<T> operator!=(const TextOperand& self, Number) = delete;
};

/// What a JSON document has at a path is compared with a text or a number.
struct JsonScalar {
  JsonScalar(std::string text) : value(std::move(text)) {}         // NOLINT: meant to convert
  JsonScalar(std::string_view text) : value(std::string(text)) {}  // NOLINT: meant to convert
  JsonScalar(const char* text) : value(std::string(text)) {}       // NOLINT: meant to convert
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) JsonScalar(Number number)  // NOLINT: meant to convert
      : value(ColumnTraits<Number>::to_value(number)) {}
  JsonScalar(double number)  // NOLINT: meant to convert
      : value(ColumnTraits<double>::to_value(number)) {}
  template <std::same_as<bool> Bool>
  JsonScalar(Bool) = delete;  // Each database compares it otherwise.
  template <std::same_as<std::nullptr_t> Null>
  JsonScalar(Null) = delete;
  ColumnValue value;
};

template <class T>
class JsonOperand : public TextComparisons<T, JsonScalar, JsonOperand<T>> {
 public:
  using TextComparisons<T, JsonScalar, JsonOperand<T>>::TextComparisons;
  static ColumnValue value(const JsonScalar& scalar) { return scalar.value; }
};

/// A JSON array of texts and numbers. PostgreSQL, else `Errc::unsupported`.
template <class T>
class ArrayOperand : public Operand<T> {
 public:
  using Operand<T>::Operand;
  Condition<T> contains(const std::vector<JsonScalar>& items) const {
    return with(Operator::contains, items);
  }
  Condition<T> contained_by(const std::vector<JsonScalar>& items) const {
    return with(Operator::contained_by, items);
  }
  Condition<T> overlaps(const std::vector<JsonScalar>& items) const {
    return with(Operator::overlaps, items);
  }

 private:
  Condition<T> with(Operator kind, const std::vector<JsonScalar>& items) const {
    std::vector<ColumnValue> values;
    for (const JsonScalar& item : items) values.push_back(item.value);
    return this->make(kind, std::move(values));
  }
};

template <class T, class Member>
auto operand_of(std::string_view name) {
  using Inner = typename MemberType<Member>::Inner;
  if constexpr (std::same_as<Inner, std::string>) {
    return TextOperand<T>(name);
  } else if constexpr (std::same_as<Inner, nlohmann::json>) {
    return ArrayOperand<T>(name);
  } else if constexpr (is_file<Inner>) {
    return Operand<T>(name);
  } else {
    return ColumnOperand<T, Inner>(name);
  }
}

/// `a.b[0].c` as `a`, `b`, `0`, `c`. `Errc::invalid_argument` for other segments than words (of
/// letters, digits, `_` and `-`, not beginning with a digit or `-`) and numbers.
std::vector<std::string> parse_json_path(std::string_view path);

}  // namespace detail

/// A column, to be compared: `where(&User::age) >= 18`. Of an attachment it can be asked whether
/// there is one.
template <class T, class Member>
auto where(Member T::*member) {
  return detail::operand_of<T, Member>(detail::name_of(member));
}
/// A part of a JSON column, or of an attachment (docs/formats.md has the names of its members):
/// `where(&User::avatar, "size") > 1'000'000`. With a number it is compared as a number, and is
/// NULL if it is none. Of an attachment in the media table the members `id`, `name`, `fileName`,
/// `mimeType`, `size`, `disk`, `path`, `checksum`, `width` and `height` can be asked for.
/// `Errc::unsupported` on Firebird, except for the media table.
template <class T, class Member>
auto where(Member T::*member, std::string_view path) {
  static_assert(ColumnTraits<typename detail::MemberType<Member>::Inner>::type == ColumnType::json,
                "only JSON columns and attachments have paths");
  return detail::JsonOperand<T>(detail::name_of(member), detail::parse_json_path(path));
}

/// A related row, or a record of an attachment field, meets the condition; any, without one.
/// Without one it is found as `affix::exists` only.
template <class T, class Member>
auto exists(Member T::*relation,
            const Condition<typename detail::RelatedRows<Member>::Row>& condition = {}) {
  return Condition<T>({.kind = Operator::exists,
                       .column = std::string(detail::name_of(relation)),
                       .children = {condition.node()}});
}

}  // namespace affix

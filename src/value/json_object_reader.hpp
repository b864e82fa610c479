#pragma once

#include <bitset>
#include <climits>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include "affix/value/json.hpp"
#include "value/json_error.hpp"
#include "value/json_members.hpp"

namespace affix::detail {

inline Error wrong_type() { return invalid_document("A member has the wrong type"); }
inline Error occurs_twice() { return invalid_document("A member occurs twice"); }

// The number as an integer, if it is one that is kept exactly.
inline std::optional<std::int64_t> whole(std::int64_t number) { return number; }
inline std::optional<std::int64_t> whole(std::uint64_t number) {
  if (number > std::uint64_t{INT64_MAX}) return {};
  return static_cast<std::int64_t>(number);
}
inline std::optional<std::int64_t> whole(double number) {
  constexpr double exact_limit = 9007199254740992.0;
  if (std::abs(number) > exact_limit || std::trunc(number) != number) return {};
  return static_cast<std::int64_t>(number);
}

/// Reads the members of one object, an `Attachment` or a `Variant`, into its value: which member
/// is being read, which were seen, and what each may be. Throws `Errc::invalid_document` without
/// a place, except for a missing member.
template <class Value>
class ObjectReader {
 public:
  void begin(Value& value) {
    value_ = &value;
    seen_.reset();
    leave_member();
  }

  void key(const std::string& name) {
    name_ = name;
    member_ = find_member<Value>(name);
    if (member_ == nullptr ? value_->extra.contains(name) : seen_.test(index())) {
      throw occurs_twice();
    }
    if (member_ != nullptr) seen_.set(index());
  }

  void leave_member() {
    name_.clear();
    member_ = nullptr;
  }

  Value& value() const { return *value_; }
  const std::string& name() const { return name_; }

  /// Where the current member is kept if it is free JSON: `meta` or an unknown one. Null if not.
  nlohmann::json* free_slot() const {
    if (member_ == nullptr) return &value_->extra[name_];
    const auto* target = std::get_if<nlohmann::json Value::*>(&member_->target);
    return target == nullptr ? nullptr : &(value_->*(*target));
  }

  bool is_unknown() const { return member_ == nullptr; }
  bool is_variants() const {
    return member_ != nullptr && std::holds_alternative<VariantMap Value::*>(member_->target);
  }

  void assign(const std::string& text) {
    if (const auto* target = std::get_if<std::string Value::*>(&member_->target)) {
      if (member_->presence == Presence::filled && text.empty()) {
        throw invalid_document("A member is empty");
      }
      value_->*(*target) = text;
    } else if (const auto* time =
                   std::get_if<std::optional<TimePoint> Value::*>(&member_->target)) {
      value_->*(*time) = parse_time(text);
      if (!(value_->*(*time))) throw invalid_document("A time is not in the form of RFC 3339");
    } else {
      throw wrong_type();
    }
  }

  // No known member is a boolean or null.
  void assign(bool) { throw wrong_type(); }
  void assign(std::nullptr_t) { throw wrong_type(); }

  template <class Number>
  void assign(Number number) {
    if (const auto* size = std::get_if<std::int64_t Value::*>(&member_->target)) {
      value_->*(*size) = in_range(whole(number), 0, INT64_MAX);
    } else if (const auto* pixels = std::get_if<int Value::*>(&member_->target)) {
      value_->*(*pixels) = static_cast<int>(in_range(whole(number), 1, INT_MAX));
    } else if (std::holds_alternative<FormatNumber>(member_->target)) {
      check_format(in_range(whole(number), 1, INT64_MAX));
    } else {
      throw wrong_type();
    }
  }

  bool has(std::string_view name) const {
    return seen_.test(static_cast<std::size_t>(find_member<Value>(name) - members<Value>.data()));
  }

  void require(std::string_view name) const {
    if (!has(name)) {
      throw Error(Errc::invalid_document, "A member is missing", {.member = std::string(name)});
    }
  }

  void finish() {
    leave_member();
    for (const Member<Value>& member : members<Value>) {
      const bool needed =
          member.presence == Presence::always || member.presence == Presence::filled;
      if (needed) require(member.name);
    }
  }

 private:
  std::size_t index() const { return static_cast<std::size_t>(member_ - members<Value>.data()); }

  static std::int64_t in_range(std::optional<std::int64_t> number, std::int64_t least,
                               std::int64_t most) {
    if (!number || *number < least || *number > most) {
      throw invalid_document("A number is not a whole one in its range");
    }
    return *number;
  }

  static void check_format(std::int64_t format) {
    if (format > json_format) {
      throw Error(Errc::newer_format, "The document was written by a newer version of affix");
    }
  }

  Value* value_ = nullptr;
  const Member<Value>* member_ = nullptr;
  std::string name_;
  std::bitset<members<Value>.size()> seen_;
};

}  // namespace affix::detail

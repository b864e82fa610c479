#pragma once

#include <array>
#include <string_view>
#include <variant>

#include "affix/value/attachment.hpp"

// The known members of a document, in the order in which they are written. Reading and writing
// both follow these tables.

namespace affix::detail {

enum class Presence {
  format_1,  ///< Always in format 1, never in the form of nestjs-media.
  always,    ///< Always there, may be empty.
  filled,    ///< Always there and not empty.
  optional,  ///< Left out when it is empty, 0 or absent.
};

/// The target of `v`, which no member of the value holds.
struct FormatNumber {};

using VariantMap = decltype(Attachment::variants);

template <class Value>
struct Member {
  std::string_view name;
  Presence presence;
  std::variant<FormatNumber, std::string Value::*, std::int64_t Value::*, int Value::*,
               std::optional<TimePoint> Value::*, nlohmann::json Value::*, VariantMap Value::*>
      target;
};

template <class Value>
inline constexpr std::array<Member<Value>, 0> members{};

template <>
inline constexpr std::array members<Attachment>{
    Member<Attachment>{"v", Presence::format_1, FormatNumber{}},
    Member<Attachment>{"id", Presence::format_1, &Attachment::id},
    Member<Attachment>{"name", Presence::always, &Attachment::name},
    Member<Attachment>{"fileName", Presence::optional, &Attachment::file_name},
    Member<Attachment>{"disk", Presence::filled, &Attachment::disk},
    Member<Attachment>{"path", Presence::filled, &Attachment::path},
    Member<Attachment>{"size", Presence::always, &Attachment::size},
    Member<Attachment>{"mimeType", Presence::filled, &Attachment::mime_type},
    Member<Attachment>{"checksum", Presence::optional, &Attachment::checksum},
    Member<Attachment>{"width", Presence::optional, &Attachment::width},
    Member<Attachment>{"height", Presence::optional, &Attachment::height},
    Member<Attachment>{"placeholder", Presence::optional, &Attachment::placeholder},
    Member<Attachment>{"createdAt", Presence::optional, &Attachment::created_at},
    Member<Attachment>{"meta", Presence::always, &Attachment::meta},
    Member<Attachment>{"variants", Presence::always, &Attachment::variants},
};

template <>
inline constexpr std::array members<Variant>{
    Member<Variant>{"disk", Presence::filled, &Variant::disk},
    Member<Variant>{"path", Presence::filled, &Variant::path},
    Member<Variant>{"size", Presence::always, &Variant::size},
    Member<Variant>{"mimeType", Presence::filled, &Variant::mime_type},
    Member<Variant>{"width", Presence::optional, &Variant::width},
    Member<Variant>{"height", Presence::optional, &Variant::height},
    Member<Variant>{"checksum", Presence::optional, &Variant::checksum},
    Member<Variant>{"preset", Presence::optional, &Variant::preset},
};

/// The member of this name; null if the name is unknown.
template <class Value>
const Member<Value>* find_member(std::string_view name) noexcept {
  for (const Member<Value>& member : members<Value>) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

/// Depths of the containers of a document; the document itself has depth 1.
inline constexpr int document_depth = 1;
inline constexpr int variant_depth = 3;

}  // namespace affix::detail

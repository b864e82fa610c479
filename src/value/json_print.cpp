#include <algorithm>
#include <string>

#include "affix/value/error.hpp"
#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "value/json_error.hpp"
#include "value/json_members.hpp"
#include "value/json_text.hpp"

namespace affix {
namespace {

using detail::Member;
using detail::Presence;
using detail::VariantMap;

Error unprintable(std::string_view message) { return {Errc::invalid_argument, message}; }

template <class Value>
void write_object(std::string& json, const Value& value, int depth);

// Whether a member has nothing to write.

bool is_empty(detail::FormatNumber) { return false; }
bool is_empty(const std::string& text) { return text.empty(); }
bool is_empty(std::int64_t) { return false; }
bool is_empty(int pixels) { return pixels == 0; }
bool is_empty(const std::optional<TimePoint>& time) { return !time.has_value(); }
bool is_empty(const nlohmann::json&) { return false; }
bool is_empty(const VariantMap&) { return false; }

// The value of a known member.

void write(std::string& json, detail::FormatNumber) {
  detail::write_number(json, std::int64_t{json_format});
}

void write(std::string& json, const std::string& text) { detail::write_text(json, text); }

void write(std::string& json, std::int64_t number) {
  if (number < 0) throw unprintable("A number is negative");
  detail::write_number(json, number);
}

void write(std::string& json, int pixels) { write(json, std::int64_t{pixels}); }

void write(std::string& json, const std::optional<TimePoint>& time) {
  detail::write_text(json, format_time(*time));
}

void write(std::string& json, const nlohmann::json& meta) {
  if (!meta.is_object()) throw unprintable("A member must be an object");
  detail::write_tree(json, meta, detail::document_depth + 1);
}

void write(std::string& json, const VariantMap& variants) {
  if (variants.size() > json_max_variants) throw unprintable("There are too many variants");
  json += '{';
  for (const auto& [name, variant] : variants) {
    if (json.back() != '{') json += ',';
    try {
      detail::write_text(json, name);
      json += ':';
      write_object(json, variant, detail::variant_depth);
    } catch (const Error& error) {
      throw detail::below(name, error);
    }
  }
  json += '}';
}

void write_name(std::string& json, std::string_view name) {
  if (json.back() != '{') json += ',';
  detail::write_text(json, name);
  json += ':';
}

template <class Value, class Content>
void write_member(std::string& json, const Member<Value>& member, const Content& content) {
  if (is_empty(content)) {
    if (member.presence == Presence::optional) return;
    if (member.presence != Presence::always) throw unprintable("A member is empty");
  }
  write_name(json, member.name);
  write(json, content);
}

/// What `value` has for a member of the table.
template <class Value>
struct ContentOf {
  const Value& value;

  detail::FormatNumber operator()(detail::FormatNumber number) const { return number; }
  template <class Content>
  const Content& operator()(Content Value::*target) const {
    return value.*target;
  }
};

template <class Value>
void write_known(std::string& json, const Value& value) {
  for (const Member<Value>& member : detail::members<Value>) {
    try {
      std::visit([&](auto target) { write_member(json, member, ContentOf<Value>{value}(target)); },
                 member.target);
    } catch (const Error& error) {
      throw detail::below(member.name, error);
    }
  }
}

template <class Value>
void write_unknown(std::string& json, const nlohmann::json& extra, int depth) {
  if (!extra.is_object()) {
    throw Error(Errc::invalid_argument, "A member must be an object", {.member = "extra"});
  }
  for (const auto& [name, content] : extra.get_ref<const nlohmann::json::object_t&>()) {
    try {
      if (detail::find_member<Value>(name) != nullptr) {
        throw unprintable("An unknown member has the name of a known one");
      }
      write_name(json, name);
      detail::write_tree(json, content, depth + 1);
    } catch (const Error& error) {
      throw detail::below(name, error);
    }
  }
}

template <class Value>
void write_object(std::string& json, const Value& value, int depth) {
  json += '{';
  write_known(json, value);
  write_unknown<Value>(json, value.extra, depth);
  json += '}';
}

/// Some databases give a document back with a space behind each comma and colon, and that must
/// still be readable.
void check_size(std::string_view json) {
  if (json.size() <= json_max_bytes / 2) return;
  const auto may_get_a_space = [](char character) { return character == ',' || character == ':'; };
  const auto spaces = static_cast<std::size_t>(std::ranges::count_if(json, may_get_a_space));
  if (json.size() + spaces > json_max_bytes) throw unprintable("The document is too large");
}

std::size_t likely_size(const Attachment& attachment) {
  constexpr std::size_t without_variants = 640;
  constexpr std::size_t of_variant = 320;
  return without_variants + of_variant * attachment.variants.size();
}

void write_attachment(std::string& json, const Attachment& attachment) {
  const std::size_t start = json.size();
  write_object(json, attachment, detail::document_depth);
  if (!is_attachment_id(attachment.id)) {
    throw Error(Errc::invalid_argument, "The id of the attachment is not a valid one",
                {.member = "id"});
  }
  check_size(std::string_view(json).substr(start));
}

}  // namespace

std::string print(const Attachment& attachment) {
  std::string json;
  json.reserve(likely_size(attachment));
  write_attachment(json, attachment);
  return json;
}

std::string print(const AttachmentList& list) {
  if (list.size() > json_max_items) throw unprintable("The list has too many items");
  std::string json = "[";
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) json += ',';
    try {
      write_attachment(json, list.items[i]);
    } catch (const Error& error) {
      throw detail::below(std::to_string(i), error);
    }
  }
  return json += ']';
}

}  // namespace affix

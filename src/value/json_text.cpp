#include "value/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "value/json_error.hpp"
#include "value/utf8.hpp"

namespace affix::detail {
namespace {

Error unprintable(std::string_view message) { return {Errc::invalid_argument, message}; }

/// Whether a byte stands for itself in a JSON string, as all other ASCII does not.
constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

bool is_plain(char character) { return plain_bytes[static_cast<unsigned char>(character)]; }

void write_escaped(std::string& json, char character) {
  constexpr std::string_view digits = "0123456789abcdef";
  json += '\\';
  switch (character) {
    case '\b':
      json += 'b';
      return;
    case '\f':
      json += 'f';
      return;
    case '\n':
      json += 'n';
      return;
    case '\r':
      json += 'r';
      return;
    case '\t':
      json += 't';
      return;
    case '"':
    case '\\':
      json += character;
      return;
    case '\0':
      throw unprintable("A text contains U+0000");
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(character);
  json.append("u00") += digits[byte >> 4U];
  json += digits[byte & 0xFU];
}

template <class Number, class... Format>
std::string_view print_number(std::array<char, 64>& buffer, Number number, Format... format) {
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format...);
  return {buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())};
}

void write_object(std::string& json, const nlohmann::json& object, int depth) {
  json += '{';
  for (const auto& [name, value] : object.get_ref<const nlohmann::json::object_t&>()) {
    if (json.back() != '{') json += ',';
    try {
      write_text(json, name);
      json += ':';
      write_tree(json, value, depth + 1);
    } catch (const Error& error) {
      throw below(name, error);
    }
  }
  json += '}';
}

void write_array(std::string& json, const nlohmann::json& array, int depth) {
  json += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) json += ',';
    try {
      write_tree(json, array[i], depth + 1);
    } catch (const Error& error) {
      throw below(std::to_string(i), error);
    }
  }
  json += ']';
}

void check_depth(int depth) {
  if (depth > json_max_depth) throw unprintable("The value is nested too deeply");
}

}  // namespace

void write_text(std::string& json, std::string_view text) {
  json += '"';
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (is_plain(text[i])) {
      ++i;
      continue;
    }
    const std::size_t length = first_character(text.substr(i)).length;
    if (length == 0) throw unprintable("A text is not valid UTF-8");
    if (length == 1) {
      json.append(text, written, i - written);
      write_escaped(json, text[i]);
      written = i + 1;
    }
    i += length;
  }
  json.append(text, written, text.size() - written);
  json += '"';
}

void write_number(std::string& json, std::int64_t number) {
  std::array<char, 64> buffer{};
  json += print_number(buffer, number);
}

void write_number(std::string& json, std::uint64_t number) {
  std::array<char, 64> buffer{};
  json += print_number(buffer, number);
}

void write_number(std::string& json, double number) {
  if (!std::isfinite(number)) throw unprintable("A number is not finite");
  constexpr double end_of_integers = 18446744073709551616.0;
  std::array<char, 64> buffer{};
  if (std::trunc(number) != number) {
    json += print_number(buffer, number);
  } else if (std::abs(number) < end_of_integers) {
    const double unsigned_zero = number == 0 ? 0 : number;
    json += print_number(buffer, unsigned_zero, std::chars_format::fixed);
    json += ".0";
  } else {
    json += print_number(buffer, number, std::chars_format::scientific);
  }
}

void write_tree(std::string& json, const nlohmann::json& value, int depth) {
  using Type = nlohmann::json::value_t;
  switch (value.type()) {
    case Type::null:
      json += "null";
      return;
    case Type::boolean:
      json += value.get<bool>() ? "true" : "false";
      return;
    case Type::string:
      write_text(json, value.get_ref<const std::string&>());
      return;
    case Type::number_integer:
      write_number(json, value.get<std::int64_t>());
      return;
    case Type::number_unsigned:
      write_number(json, value.get<std::uint64_t>());
      return;
    case Type::number_float:
      write_number(json, value.get<double>());
      return;
    case Type::object:
      check_depth(depth);
      return write_object(json, value, depth);
    case Type::array:
      check_depth(depth);
      return write_array(json, value, depth);
    case Type::binary:
    case Type::discarded:
      break;
  }
  throw unprintable("A value has no form in JSON");
}

}  // namespace affix::detail

#include "storage/data_uri.hpp"

#include <algorithm>
#include <cctype>

#include "affix/value/mime_type.hpp"
#include "storage/base64.hpp"
#include "storage/file_name_parts.hpp"

namespace affix::detail {
namespace {

constexpr std::string_view unreserved_and_reserved = "-_.!~*'();/?:@&=+$,[]";
constexpr std::string_view base64_mark = ";base64";
constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view token_marks = "!#$&-^_.+%*'`{}|~";

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<char> hex_byte(std::string_view digits) {
  constexpr std::string_view known = "0123456789abcdef";
  unsigned value = 0;
  for (const char digit : digits) {
    const auto found =
        known.find(static_cast<char>(std::tolower(static_cast<unsigned char>(digit))));
    if (found == known.npos) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(found);
  }
  return digits.size() == 2 ? std::optional(static_cast<char>(value)) : std::nullopt;
}

/// Nothing for a `%` without two hex digits, or a character that may not stand in a URI and is not
/// one of `also`.
std::optional<std::string> decode_percent(std::string_view text, std::string_view also = {}) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    if (c == '%') {
      const auto byte = hex_byte(text.substr(1, 2));
      if (!byte) return std::nullopt;
      result += *byte;
      text.remove_prefix(3);
      continue;
    }
    const bool allowed = is_ascii_alnum(c) ||
                         unreserved_and_reserved.find(c) != unreserved_and_reserved.npos ||
                         also.find(c) != also.npos;
    if (!allowed) return std::nullopt;
    result += c;
    text.remove_prefix(1);
  }
  return result;
}

/// Cuts the text up to `separator` off the front of `text`.
std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view piece = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), piece.size() + 1));
  return piece;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_ascii_alnum(c) || token_marks.find(c) != token_marks.npos;
  });
}

/// The value of a parameter, without the quotes that it may have.
std::optional<std::string> parameter_value(std::string_view text) {
  auto value = decode_percent(text, "\"");
  if (value && value->size() >= 2 && value->front() == '"' && value->back() == '"') {
    value = value->substr(1, value->size() - 2);
  }
  return value;
}

bool is_name(std::string_view attribute) {
  return equals_ignoring_case(attribute, "name") || equals_ignoring_case(attribute, "filename");
}

/// Reads what stands between `data:` and the comma, without `;base64`.
class HeadParser {
 public:
  /// False if it is malformed.
  bool read(std::string_view head) {
    const bool has_parameters = head.find(';') != head.npos;
    if (!read_type(take_until(head, ';'))) return false;
    for (bool more = has_parameters; more;) {
      more = head.find(';') != head.npos;
      if (!read_parameter(take_until(head, ';'))) return false;
    }
    return true;
  }

  DataUri take() && { return std::move(uri_); }

 private:
  bool read_type(std::string_view text) {
    if (text.empty()) return true;
    const auto decoded = decode_percent(text);
    if (!decoded) return false;
    uri_.type = normalize_type(*decoded);
    return !uri_.type.empty();
  }

  bool read_parameter(std::string_view parameter) {
    if (parameter.find('=') == parameter.npos) return false;
    const std::string_view attribute = take_until(parameter, '=');
    auto value = parameter_value(parameter);
    if (!is_token(attribute) || !value) return false;
    if (is_name(attribute) && uri_.file_name.empty()) uri_.file_name = std::move(*value);
    return true;
  }

  DataUri uri_;
};

bool is_base64_head(std::string_view head) {
  return head.size() >= base64_mark.size() &&
         equals_ignoring_case(head.substr(head.size() - base64_mark.size()), base64_mark);
}

std::optional<std::string> decode_base64_data(std::string_view text) {
  const auto decoded = decode_percent(text, white_space);
  return decoded ? decode_base64(*decoded) : std::nullopt;
}

}  // namespace

std::optional<DataUri> parse_data_uri(std::string_view text) {
  if (!equals_ignoring_case(take_until(text, ':'), "data")) return std::nullopt;
  if (text.find(',') == text.npos) return std::nullopt;
  std::string_view head = take_until(text, ',');
  const bool is_base64 = is_base64_head(head);
  if (is_base64) head.remove_suffix(base64_mark.size());
  HeadParser parser;
  if (!parser.read(head)) return std::nullopt;
  auto bytes = is_base64 ? decode_base64_data(text) : decode_percent(text);
  if (!bytes) return std::nullopt;
  DataUri uri = std::move(parser).take();
  uri.bytes = std::move(*bytes);
  return uri;
}

}  // namespace affix::detail

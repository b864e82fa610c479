#include <utility>

#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "value/json_reader.hpp"

namespace affix {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

bool is_none(std::string_view text) {
  const std::string_view content = trim(text);
  return content.empty() || content == "null";
}

std::vector<Attachment> read(std::string_view text, detail::Root root) {
  // The parser takes a NUL for the end of the text and would not see what follows it.
  if (text.find('\0') != std::string_view::npos) {
    throw detail::invalid_document("The text contains a NUL byte");
  }
  detail::Reader reader(root);
  try {
    nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader);
  } catch (const Error& error) {
    throw reader.placed(error);
  }
  return reader.take_items();
}

}  // namespace

Attachment parse_attachment(std::string_view text) {
  if (text.size() > json_max_bytes) throw detail::invalid_document("The document is too large");
  return std::move(read(text, detail::Root::attachment).front());
}

std::optional<Attachment> parse_optional_attachment(std::string_view text) {
  if (is_none(text)) return {};
  return parse_attachment(text);
}

AttachmentList parse_attachment_list(std::string_view text) {
  if (is_none(text)) return {};
  return {.items = read(text, detail::Root::list)};
}

}  // namespace affix

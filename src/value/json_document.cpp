#include <nlohmann/json.hpp>

#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "value/json_text.hpp"

namespace affix {
namespace {

/// The text of a document that was built elsewhere, with the parser's kind of error.
std::string text_of(const nlohmann::json& document, int depth) {
  try {
    std::string json;
    detail::write_tree(json, document, depth);
    return json;
  } catch (const Error& error) {
    throw Error(Errc::invalid_document, error.message(), error.where(), error.cause());
  }
}

}  // namespace

void to_json(nlohmann::json& document, const Attachment& attachment) {
  document = nlohmann::json::parse(print(attachment));
}

void from_json(const nlohmann::json& document, Attachment& attachment) {
  attachment = parse_attachment(text_of(document, 1));
}

void to_json(nlohmann::json& document, const AttachmentList& list) {
  document = nlohmann::json::parse(print(list));
}

void from_json(const nlohmann::json& document, AttachmentList& list) {
  // The array around the items does not count: each item has the bound on depth for itself.
  list = parse_attachment_list(text_of(document, 0));
}

}  // namespace affix

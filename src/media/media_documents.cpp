#include "media/media_documents.hpp"

#include "affix/value/json.hpp"
#include "affix/value/mime_type.hpp"
#include "media/plain_variants.hpp"
#include "value/any_json.hpp"
#include "value/json_error.hpp"
#include "value/json_text.hpp"

namespace affix::detail {
namespace {

/// What stands before the variants in the document of an attachment that has little else.
constexpr std::string_view before_variants =
    R"({"v":1,"id":"x","name":"","disk":"x","path":"x","size":0,"mimeType":"x","meta":{},)"
    R"("variants":)";

bool is_empty_document(std::string_view text) {
  return text.empty() || text == "{}" || text == "null" || text == "[]";
}

VariantMap parse_complete(std::string_view text) {
  std::string document(before_variants);
  document += text;
  Attachment attachment = parse_attachment(document += '}');
  if (!attachment.extra.empty()) throw invalid_document("The variants are more than an object");
  return std::move(attachment.variants);
}

std::string type_of(const nlohmann::json& variant) {
  const auto path = variant.find("path");
  if (path != variant.end() && path->is_string()) {
    const auto& text = path->get_ref<const std::string&>();
    const std::size_t dot = text.find_last_of("./");
    if (dot != text.npos && text[dot] == '.') {
      const std::string_view type = type_for_extension(text.substr(dot));
      if (!type.empty()) return std::string(type);
    }
  }
  return "application/octet-stream";
}

/// With what nestjs-media leaves out.
std::string completed(std::string_view text) {
  nlohmann::json variants = parse_any_json(text);
  if (!variants.is_object()) throw invalid_document("The variants are no object");
  for (auto& variant : variants) {
    if (!variant.is_object()) continue;
    if (!variant.contains("size")) variant["size"] = 0;
    if (!variant.contains("mimeType")) variant["mimeType"] = type_of(variant);
  }
  std::string complete;
  write_tree(complete, variants, document_depth);
  return complete;
}

}  // namespace

std::string print_variants(const VariantMap& variants) {
  if (variants.empty()) return "{}";
  Attachment attachment{.id = "x", .disk = "x", .path = "x", .mime_type = "x"};
  attachment.variants = variants;
  const std::string document = print(attachment);
  return document.substr(before_variants.size(), document.size() - before_variants.size() - 1);
}

VariantMap parse_variants(std::string_view text) {
  if (is_empty_document(text)) return {};
  if (auto plain = parse_plain_variants(text)) return std::move(*plain);
  try {
    return parse_complete(text);
  } catch (const Error&) {  // What was wrong with it shows again.
    return parse_complete(completed(text));
  }
}

std::string print_object(const nlohmann::json& object) {
  if (!object.is_object()) throw Error(Errc::invalid_argument, "A member must be an object");
  std::string text;
  write_tree(text, object, document_depth);
  if (text.size() > json_max_bytes) {
    throw Error(Errc::invalid_argument, "The document is too large");
  }
  return text;
}

nlohmann::json parse_object(std::string_view text) {
  if (is_empty_document(text)) return nlohmann::json::object();
  nlohmann::json object = parse_any_json(text);
  if (!object.is_object()) throw invalid_document("A member must be an object");
  return object;
}

}  // namespace affix::detail

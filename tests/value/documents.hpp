#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "affix/value/json.hpp"
#include "support/errors.hpp"

namespace affix::tests {

/// A complete document of format 1 with one variant, to be changed by a test.
inline nlohmann::json valid_document() {
  return nlohmann::json::parse(R"({
    "v": 1, "id": "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b", "name": "ada", "fileName": "ada.jpg",
    "disk": "local", "path": "attachments/0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b/ada.jpg",
    "size": 123456, "mimeType": "image/jpeg", "checksum": "sha256:9f86", "width": 4000,
    "height": 3000, "placeholder": "thumbhash:1QcSHQ", "createdAt": "2026-01-02T03:04:05.678Z",
    "meta": {"alt": "Ada", "tags": ["a", {"b": null}], "ratio": 1.5},
    "variants": {"thumb": {
      "disk": "local", "path": "attachments/0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b/variants/thumb-5d.webp",
      "size": 4567, "mimeType": "image/webp", "width": 200, "height": 150, "checksum": "sha256:2c26",
      "preset": "5d41402a"}}})");
}

/// `valid_document` as a value.
inline Attachment valid_attachment() { return parse_attachment(valid_document().dump()); }

/// The text of `valid_document` with one member replaced, e.g. at `/variants/thumb/size`.
inline std::string document_with(const std::string& pointer, const nlohmann::json& value) {
  nlohmann::json document = valid_document();
  document[nlohmann::json::json_pointer(pointer)] = value;
  return document.dump();
}

/// The same without the member.
inline std::string document_without(const std::string& pointer) {
  const nlohmann::json::json_pointer place(pointer);
  nlohmann::json document = valid_document();
  document[place.parent_pointer()].erase(place.back());
  return document.dump();
}

/// `CODE member` of the error that parsing gives; empty if it gives none.
inline std::string parse_failure(std::string_view text) {
  const auto error = error_of([&] { parse_attachment(text); });
  return error ? std::string(name(error->code())) + " " + error->where().member : "";
}

/// The same for printing.
inline std::string print_failure(const Attachment& attachment) {
  const auto error = error_of([&] { print(attachment); });
  return error ? std::string(name(error->code())) + " " + error->where().member : "";
}

inline std::string repeat(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace affix::tests

#pragma once

#include "affix/value/attachment.hpp"
#include "affix/value/json.hpp"

namespace affix::tests {

/// An attachment whose files exist nowhere, for tests of values and columns.
inline Attachment sample_attachment(const std::string& name = "ada.jpg") {
  const std::string folder = "attachments/0190b6f0-0000-7000-8000-000000000001/";
  return {.id = "0190b6f0-0000-7000-8000-000000000001",
          .name = name,
          .file_name = name,
          .disk = "local",
          .path = folder + "ada.jpg",
          .size = 123456,
          .mime_type = "image/jpeg",
          .checksum = "sha256:" + std::string(64, 'a'),
          .width = 4000,
          .height = 3000,
          .created_at = TimePoint(std::chrono::milliseconds(1767323045678)),
          .meta = {{"alt", "Ada"}},
          .variants = {{"thumb",
                        {.disk = "local",
                         .path = folder + "variants/thumb-5d41402a.webp",
                         .size = 4567,
                         .mime_type = "image/webp",
                         .width = 200,
                         .height = 200,
                         .checksum = "sha256:" + std::string(64, 'b'),
                         .preset = "5d41402a"}}}};
}

/// An attachment whose document has nearly this many bytes, of one to four bytes each.
inline Attachment of_size(std::size_t bytes) {
  Attachment attachment = sample_attachment();
  const std::string piece = "aé€\U0001F600";
  std::string text;
  for (std::size_t size = print(attachment).size() + 80; size < bytes; size += piece.size()) {
    text += piece;
  }
  attachment.meta = {{"text", text}};
  return attachment;
}

}  // namespace affix::tests

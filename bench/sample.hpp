#pragma once

#include <cstddef>
#include <string>

#include "affix/value/attachment.hpp"

// The documents that are measured.

namespace affix::bench {

inline const std::string sample_id = "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b";
inline const std::string sample_folder = "attachments/" + sample_id + "/";

inline Variant sample_variant(const std::string& name) {
  return {.disk = "local",
          .path = sample_folder + "variants/" + name + "-5d41402a.webp",
          .size = 4567,
          .mime_type = "image/webp",
          .width = 200,
          .height = 200,
          .checksum = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
          .preset = "5d41402a"};
}

/// About 400 bytes of JSON, and 290 more for each variant.
inline Attachment attachment_with(std::size_t variants) {
  Attachment attachment{
      .id = sample_id,
      .name = "ada.jpg",
      .file_name = "ada.jpg",
      .disk = "local",
      .path = sample_folder + "ada.jpg",
      .size = 123456,
      .mime_type = "image/jpeg",
      .checksum = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      .width = 4000,
      .height = 3000,
      .created_at = parse_time("2026-01-02T03:04:05.678Z")};
  for (std::size_t i = 0; i < variants; ++i) {
    const std::string name = std::to_string(100 * (i + 1)) + "w";
    attachment.variants[name] = sample_variant(name);
  }
  return attachment;
}

}  // namespace affix::bench

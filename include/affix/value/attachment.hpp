#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "affix/value/clock.hpp"

namespace affix {

/// A file made from an attachment's bytes by a preset, e.g. a thumbnail.
struct Variant {
  std::string disk{};       ///< Name of the disk; the one of the attachment.
  std::string path{};       ///< Key on that disk.
  std::int64_t size = 0;    ///< Bytes.
  std::string mime_type{};  ///< Of the bytes, e.g. `image/webp`.
  int width = 0;            ///< Pixels; 0 if unknown or no picture.
  int height = 0;           ///< Pixels; 0 if unknown or no picture.
  std::string checksum{};   ///< `sha256:` and 64 hex digits; empty if unknown.
  std::string preset{};     ///< Digest of the recipe that made it; empty if unknown.
  /// Members of the JSON that this version does not know; they survive a round trip.
  nlohmann::json extra = nlohmann::json::object();

  bool operator==(const Variant&) const = default;
};

/// A stored file and its variants, as a value: who it is, where its bytes are, what is known
/// about them. It holds no connection and owns no file: copying, comparing and destroying it
/// touches nothing. It is kept as JSON in a column (`affix/value/json.hpp`).
///
/// A default-constructed one is no attachment and is refused by `print`; "no file" is
/// `std::optional<Attachment>` without a value, in SQL NULL.
struct Attachment {
  std::string id{};           ///< Never reused; the path contains it. See `is_attachment_id`.
  std::string name{};         ///< Display name, any text; by default the file name.
  std::string file_name{};    ///< Name for a download, UTF-8, harmless on every system.
  std::string disk{};         ///< Name of the disk that holds the bytes.
  std::string path{};         ///< Key on that disk. Untrusted: the manager checks it before use.
  std::int64_t size = 0;      ///< Bytes.
  std::string mime_type{};    ///< As found in the bytes when they were stored, e.g. `image/jpeg`.
  std::string checksum{};     ///< `sha256:` and 64 hex digits; empty if unknown.
  int width = 0;              ///< Pixels as displayed, after EXIF rotation; 0 if no picture.
  int height = 0;             ///< Pixels as displayed, after EXIF rotation; 0 if no picture.
  std::string placeholder{};  ///< A tiny preview, e.g. `thumbhash:…`; may be empty.
  std::optional<TimePoint> created_at{};  ///< When it was stored; absent in foreign documents.
  nlohmann::json meta = nlohmann::json::object();  ///< The application's own facts; an object.
  std::map<std::string, Variant, std::less<>> variants{};  ///< By name.
  /// Members of the JSON that this version does not know; they survive a round trip.
  nlohmann::json extra = nlohmann::json::object();

  bool operator==(const Attachment&) const = default;
};

/// An ordered list of attachments in one column: a JSON array. A type of its own because SOCI
/// takes a `std::vector` for a bulk operation. Empty is stored as SQL NULL.
struct AttachmentList {
  std::vector<Attachment> items{};

  bool empty() const noexcept { return items.empty(); }
  std::size_t size() const noexcept { return items.size(); }
  auto begin() noexcept { return items.begin(); }
  auto end() noexcept { return items.end(); }
  auto begin() const noexcept { return items.begin(); }
  auto end() const noexcept { return items.end(); }

  bool operator==(const AttachmentList&) const = default;
};

}  // namespace affix

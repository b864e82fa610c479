#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "affix/value/attachment.hpp"
#include "affix/value/clock.hpp"

namespace affix {

/// Who has media: a row of the caller's, by a name for its table and the text of its key.
struct MediaOwner {
  std::string type{};  ///< E.g. `Product`; at most 100 characters.
  std::string id{};    ///< At most 100 characters.

  bool operator==(const MediaOwner&) const = default;
};

/// A collection of an owner: a named, ordered set of its records.
struct MediaPlace {
  MediaOwner owner{};
  std::string collection{};  ///< At most 100 characters.

  bool operator==(const MediaPlace&) const = default;
};

/// A row of the media table: an attachment, and the place that it was stored for. A value, like the
/// attachment. What other owners have it too is not part of it: see `MediaLink`.
struct MediaRecord {
  Attachment attachment{};  ///< Its id is the record's key.
  MediaPlace place{};
  std::int64_t position = 0;  ///< In its place, ascending; records of one position by their ids.
  /// The application's own facts about this record; an object.
  nlohmann::json custom_properties = nlohmann::json::object();
  std::optional<TimePoint> updated_at{};  ///< Set by the store; absent before it was saved.

  bool operator==(const MediaRecord&) const = default;
};

/// One place that a record is in.
struct MediaLink {
  std::string media_id{};
  MediaPlace place{};
  std::int64_t position = 0;

  bool operator==(const MediaLink&) const = default;
};

}  // namespace affix

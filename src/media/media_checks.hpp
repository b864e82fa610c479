#pragma once

#include "affix/media/media_record.hpp"

namespace affix::detail {

/// Characters that the columns of the media table have room for.
struct MediaWidths {
  static constexpr std::size_t id = 36;
  static constexpr std::size_t owner = 100;  ///< Type and id, and the collection.
  static constexpr std::size_t name = 255;   ///< Also the file name and the placeholder.
  static constexpr std::size_t mime_type = 127;
  static constexpr std::size_t disk = 64;
  static constexpr std::size_t path = 512;
  static constexpr std::size_t checksum = 80;
  static constexpr std::size_t time = 24;
};

/// Throws `Errc::invalid_argument` with `where().member` for a record that a media table could not
/// give back as it is.
void check_record(const MediaRecord& record);
void check_place(const MediaPlace& place);
void check_name(const std::string& name);

/// Owner type, owner id, collection: for maps and sets.
struct PlaceOrder {
  bool operator()(const MediaPlace& a, const MediaPlace& b) const;
};

}  // namespace affix::detail

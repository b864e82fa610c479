#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace affix::detail {

/// Where a page of media records ends.
struct MediaCursor {
  std::string created_at{};  ///< As it is stored.
  std::string id{};
};

std::string print_cursor(const MediaCursor& cursor);
/// Nothing for a text that is no cursor.
std::optional<MediaCursor> parse_cursor(std::string_view text);

/// Throws `Errc::invalid_argument` for a page without room.
void check_page_limit(std::size_t limit);

}  // namespace affix::detail

#include "media/media_cursor.hpp"

#include "affix/value/clock.hpp"
#include "affix/value/error.hpp"
#include "affix/value/id.hpp"
#include "storage/base64.hpp"

namespace affix::detail {

std::string print_cursor(const MediaCursor& cursor) {
  std::string text = cursor.created_at;
  text += '|';
  return encode_base64(text += cursor.id);
}

std::optional<MediaCursor> parse_cursor(std::string_view text) {
  const auto decoded = decode_base64(text);
  if (!decoded) return std::nullopt;
  const std::size_t bar = decoded->find('|');
  if (bar == decoded->npos) return std::nullopt;
  MediaCursor cursor{decoded->substr(0, bar), decoded->substr(bar + 1)};
  if (!parse_time(cursor.created_at) || !is_attachment_id(cursor.id)) return std::nullopt;
  return cursor;
}

void check_page_limit(std::size_t limit) {
  if (limit == 0) {
    throw Error(Errc::invalid_argument, "A page has at least one record", {.member = "limit"});
  }
}

}  // namespace affix::detail

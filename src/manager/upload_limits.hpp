#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "affix/value/attachment.hpp"
#include "affix/value/error.hpp"

namespace affix::detail {

/// What a place asks of files that were stored before it was known: types, none for any, and bytes,
/// 0 for any number. Throws `Errc::type_not_allowed`, `Errc::too_large`.
template <class Types>
void require_allowed(const Types& accepts, std::int64_t max_size, const Attachment& attachment) {
  const Where where{.attachment = attachment.id};
  const auto end = accepts.end();
  if (accepts.begin() != end && std::find(accepts.begin(), end, attachment.mime_type) == end) {
    throw Error(Errc::type_not_allowed, "Files of this type are not accepted here", where,
                attachment.mime_type);
  }
  if (max_size > 0 && attachment.size > max_size) {
    throw Error(Errc::too_large, "There are more bytes than are allowed", where,
                std::to_string(max_size) + " bytes are allowed");
  }
}

}  // namespace affix::detail

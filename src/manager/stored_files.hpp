#pragma once

#include <optional>
#include <string>

#include "affix/storage/key.hpp"
#include "affix/value/attachment.hpp"

namespace affix::detail {

/// The files of one attachment: everything below one prefix of one disk.
struct StoredFiles {
  std::string id;
  std::string disk;
  Key prefix;

  bool operator==(const StoredFiles&) const = default;
};

/// The key of an attachment's file, or of its variant if `variant` is not empty.
///
/// A stored path is not believed: it must end in `<id>/<file>` or `<id>/variants/<file>` with the
/// attachment's own id. Throws `Errc::invalid_key`, or `Errc::unknown_variant`.
Key own_key(const Attachment& attachment, std::string_view variant);

/// What has to be removed to remove the attachment. Only for attachments that affix has stored:
/// their id is one that no folder of somebody else has. Throws `Errc::invalid_key` for others.
StoredFiles files_of(const Attachment& attachment);

/// Whose a file is that a listing has: the attachment of which it is the original or a variant.
/// Nothing for files that affix has not stored.
std::optional<StoredFiles> files_at(const std::string& disk, const Key& key);

}  // namespace affix::detail

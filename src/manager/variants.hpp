#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "manager/manager_core.hpp"

namespace affix::detail {

/// The presets of these names that the attachment has no variant of, or only one that was made by
/// another recipe. `Errc::unknown_variant` if there is no such preset.
std::vector<Preset> missing_variants(const ManagerCore& core, const Attachment& attachment,
                                     std::span<const std::string> names);

/// Variants whose files are on the disk and which no row lists yet.
struct PublishedVariants {
  std::map<std::string, Variant, std::less<>> variants;
  std::vector<Key> written;  ///< The files that this call has written; others were there.
  /// Files of other variants, older than the grace, that the attachment did not name when it was
  /// read: of a process that died, or by another recipe. Some of `variants` may be among them.
  std::vector<Key> unlisted;
};

/// Makes variants of a stored attachment and publishes their files. What another thread makes at
/// the same time is waited for, and what is on the disk already, since another process has
/// published it, is taken from there: the first file stays, and its size and checksum are what the
/// result has. If one cannot be made, nothing is published; errors as `AttachmentManager::create`.
PublishedVariants publish_variants(const ManagerCore& core, const Attachment& attachment,
                                   std::span<const Preset> presets);

}  // namespace affix::detail

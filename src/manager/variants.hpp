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
};

/// Makes variants of a stored attachment and publishes their files. Somebody else may make the same
/// at the same time: the first file stays, and its size and checksum are what the result has.
/// If one fails, nothing is published; errors as `AttachmentManager::create`.
PublishedVariants publish_variants(const ManagerCore& core, const Attachment& attachment,
                                   std::span<const Preset> presets);

}  // namespace affix::detail

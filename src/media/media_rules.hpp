#pragma once

#include <limits>
#include <string_view>
#include <vector>

#include "affix/media/media_library.hpp"

namespace affix::detail {

/// The rules of all collections, by name; one that has none is permissive.
class MediaRules {
 public:
  /// `Errc::invalid_argument` with `where().member` for rules that make no sense.
  MediaRules(std::vector<MediaCollection> collections, const ManagerCore& core);

  const MediaCollection& of(std::string_view collection) const noexcept;
  bool knows(std::string_view collection) const noexcept;
  /// Whether one of them has queued variants.
  bool needs_queue() const noexcept;

 private:
  std::vector<MediaCollection> collections_;
  MediaCollection permissive_{};
};

/// How many records it may have.
inline std::size_t most_records(const MediaCollection& rules) noexcept {
  if (rules.single) return 1;
  return rules.keep_latest > 0 ? rules.keep_latest : std::numeric_limits<std::size_t>::max();
}

/// `Errc::type_not_allowed`, `Errc::too_large` for a file that is stored already.
void require_allowed(const MediaCollection& rules, const Attachment& attachment);

/// `Errc::invalid_argument` for what could not be written into a row, before anything is stored.
void require_sound(const MediaPlace& place, const AttachOptions& options);

/// Gives a stored file its display name.
void describe(Attachment& attachment, const AttachOptions& options);

/// What the manager is told about an upload into a collection.
CreateOptions create_options(const MediaCollection& rules, const AttachOptions& options,
                             const std::string& source_name);

}  // namespace affix::detail

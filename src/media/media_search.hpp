#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "affix/media/media_schema.hpp"
#include "affix/media/media_store.hpp"

namespace affix::detail {

/// Questions about all rows of the media table, through one session. `tables` has exact names, and
/// both must outlive it.
class MediaSearch {
 public:
  MediaSearch(soci::session& sql, const MediaTables& tables);

  std::int64_t count(const MediaFilter& filter) const;
  std::vector<MediaGroupCount> aggregate(const MediaFilter& filter, MediaGroup group) const;
  MediaPage list(const MediaFilter& filter, std::string_view cursor, std::size_t limit) const;
  /// The ids of owners of this type that have something in this collection, behind `after`, in
  /// their order; at most `limit`.
  std::vector<std::string> owners(const std::string& type, const std::string& collection,
                                  const std::optional<std::string>& after, std::size_t limit) const;

 private:
  std::string name(std::string MediaColumns::*column) const;

  soci::session& sql_;
  const Dialect& dialect_;
  const MediaTables& tables_;
  std::string table_;
};

}  // namespace affix::detail

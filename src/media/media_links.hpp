#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "affix/media/media_record.hpp"
#include "affix/media/media_schema.hpp"

namespace affix::detail {

/// The table of links through one session. Whoever adds links to a record holds the lock of its
/// row. `tables` has exact names, and both must outlive it.
class MediaLinks {
 public:
  MediaLinks(soci::session& sql, const MediaTables& tables);

  /// As `MediaStore::link`. It is made `now`, or just behind the last one.
  bool add(const MediaLink& link, TimePoint now) const;
  bool remove(std::string_view id, const MediaPlace& place) const;
  void remove_all(std::string_view id) const;
  /// As `MediaStore::reposition`.
  bool reposition(const MediaLink& link) const;
  /// As `MediaStore::links`.
  std::vector<MediaLink> of(std::string_view id, RowLock lock) const;

 private:
  struct Dated {
    MediaLink link;
    std::string created_at;
  };
  std::optional<MediaLink> own(std::string_view id, RowLock lock) const;
  std::vector<Dated> read(std::string_view id, RowLock lock) const;
  void insert(const MediaLink& link, const std::string& created_at) const;

  soci::session& sql_;
  const Dialect& dialect_;
  const MediaTables& tables_;
  std::string table_;
};

}  // namespace affix::detail

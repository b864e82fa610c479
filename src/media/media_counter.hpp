#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "affix/media/media_record.hpp"
#include "affix/media/media_schema.hpp"

namespace affix::detail {

/// The rows that count the positions of a place, through one session. `tables` has exact names, and
/// both must outlive it.
class MediaCounter {
 public:
  MediaCounter(soci::session& sql, const MediaTables& tables);

  /// As `MediaStore::next_position`: the place's row stays locked until the transaction ends.
  std::int64_t next(const MediaPlace& place, std::size_t count) const;

 private:
  void lock_row(const MediaPlace& place) const;
  std::optional<std::int64_t> read(const MediaPlace& place) const;
  void write(const MediaPlace& place, std::int64_t next) const;
  std::int64_t behind_all(const MediaPlace& place) const;
  std::int64_t behind(const std::string& table, const MediaColumns& columns,
                      const MediaPlace& place) const;

  soci::session& sql_;
  const Dialect& dialect_;
  const MediaTables& tables_;
  std::string table_;
};

}  // namespace affix::detail

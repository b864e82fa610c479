#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/media/media_record.hpp"
#include "affix/media/media_schema.hpp"
#include "media/media_rows.hpp"

namespace affix::detail {

/// Gets a row before anything is known of what is in it.
using RowVisitor = std::function<void(MediaRow&)>;

/// The media table through one session: statements, no transactions. `tables` has exact names, and
/// both must outlive it.
class MediaTable {
 public:
  MediaTable(soci::session& sql, const MediaTables& tables);

  /// Inserts or overwrites. Here and below the times that are the store's to set are `now`.
  void save(const MediaRecord& record, TimePoint now) const;
  /// Inserts new ones.
  void insert(std::span<const MediaRecord> records, TimePoint now) const;
  std::optional<MediaRecord> find(std::string_view id, RowLock lock) const;
  /// Calls `visit` with each of these records that is there.
  void visit(std::span<const std::string> ids, RowLock lock, const RowVisitor& visit) const;
  /// The same with the first records behind this id, or the first of all; returns the last id, or
  /// nothing behind the end.
  std::optional<std::string> visit_page(const std::optional<std::string>& after, std::size_t limit,
                                        const RowVisitor& visit) const;
  /// With the shared ones, in one statement. With a lock: as they are now, also where the
  /// transaction would else see what was there when it began (MySQL; then in two statements).
  std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                         std::optional<std::string_view> collection,
                                         RowLock lock) const;
  /// As `MediaStore::ids_to_lock`.
  std::vector<std::string> ids_to_lock(const MediaOwner& owner,
                                       std::optional<std::string_view> collection) const;
  bool remove(std::string_view id) const;
  /// Reads the row under its lock, adds, and writes the variants back.
  std::optional<MediaRecord> merge_variants(std::string_view id,
                                            const std::map<std::string, Variant, std::less<>>& add,
                                            TimePoint now) const;

 private:
  std::string name(std::string MediaColumns::*column) const;
  bool sees_the_past(RowLock lock) const;
  std::string own_rows(const std::string& collection_condition) const;
  std::string shared_rows(const std::string& collection_condition) const;
  Where place(std::string_view id = {}) const;

  soci::session& sql_;
  const Dialect& dialect_;
  const MediaTables& tables_;
  std::string table_;
};

}  // namespace affix::detail

#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "affix/media/media_field.hpp"
#include "affix/media/media_store.hpp"
#include "media/media_library_work.hpp"

namespace affix::detail {

/// The field's part of the media table, for one row of the owners' table. Locks are taken in the
/// order of the library's, the owner's row last.
class MediaFieldRow {
 public:
  using Records = std::vector<MediaRecord>;

  MediaFieldRow(soci::session& sql, const MediaField& field, const RowKey& key);

  const MediaPlace& place() const noexcept { return place_; }
  MediaStore& store() const noexcept { return *store_; }
  /// For errors.
  Where where() const;

  /// What is there; `Errc::record_not_found` if there is no such row.
  Records read() const;
  /// The same, for a file that must fit the field; it is discarded if one of both fails.
  Records read_for(Transaction& tx, PendingAttachment& pending) const;

  /// Puts a file behind what is there, whatever that is.
  Attachment append(Transaction& tx, PendingAttachment pending) const;
  /// Puts a file in the place of what was there, or nothing. `Errc::conflict` if that is no longer
  /// there.
  Attachment replace(Transaction& tx, const Records& expected, PendingAttachment pending) const;
  void clear(Transaction& tx, const Records& expected) const;
  void remove(Transaction& tx, std::string_view id) const;
  Attachment ensure_variants(Transaction& tx, const MediaRecord* found,
                             std::vector<std::string> names) const;

  /// Makes a file that fits the field pending.
  PendingAttachment create(Transaction& tx, Source source, CreateOptions options) const;

  /// Locks the place, and returns what it has.
  Records lock_place(Transaction& tx) const;

 private:
  using Work = MediaLibrary::Work;

  Work library(Transaction& tx) const;
  Attachment adopt(Transaction& tx, PendingAttachment pending) const;
  void lock(Transaction& tx, const Records& expected) const;
  void require_row(RowLock lock) const;
  template <class Step>
  auto here(Step step) const;
  template <class Step>
  auto guarded(Transaction& tx, Step step) const;

  soci::session& sql_;
  const MediaField& field_;
  const RowKey& key_;
  MediaPlace place_;
  std::shared_ptr<MediaStore> store_;
};

/// The store of a field's records.
std::shared_ptr<MediaStore> store_of(soci::session& sql, const MediaField& field);

/// Calls `visit` with the keys of all rows that have something in the field, page by page in the
/// order of their texts. `visit` may use the session.
void visit_media_pages(soci::session& sql, const MediaField& field,
                       const std::function<void(std::span<const RowKey>)>& visit);

/// Calls `visit` for each row that has records in the field, in the order of the keys' texts.
void visit_media_rows(soci::session& sql, const MediaField& field,
                      const std::function<void(const RowKey&, std::vector<MediaRecord>)>& visit);

}  // namespace affix::detail

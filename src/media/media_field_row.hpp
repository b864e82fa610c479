#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "affix/media/media_field.hpp"
#include "affix/media/media_store.hpp"
#include "media/media_library_work.hpp"

namespace affix::detail {

/// The field's part of the media table, for one row of the owners' table. The owner is the row's
/// key as the database has it, however the caller has spelled it. Locks are taken in the order of
/// the library's, the owner's row last.
class MediaFieldRow {
 public:
  using Records = std::vector<MediaRecord>;

  /// `Errc::record_not_found` if there is no such row.
  MediaFieldRow(soci::session& sql, const MediaField& field, const RowKey& key);

  const MediaPlace& place() const noexcept { return place_; }
  MediaStore& store() const noexcept { return *store_; }
  /// For errors.
  Where where() const;

  /// What is there.
  Records read() const;

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
  /// What was made pending before must fit.
  void require_fit(const PendingAttachment& pending) const;

  /// Locks the place. `Errc::conflict` if what was there is no longer there, or something else is.
  void expect(Transaction& tx, const Records& expected) const;
  /// Locks the place, and returns what it has.
  Records lock_place(Transaction& tx) const;

 private:
  using Work = MediaLibrary::Work;

  Work library(Transaction& tx) const;
  Attachment adopt(Transaction& tx, PendingAttachment pending) const;
  Work::Ids lock_same(Transaction& tx, const Records& expected) const;
  void lock(Transaction& tx, const Records& expected) const;
  std::optional<std::string> find_owner(RowLock lock) const;
  void lock_row() const;
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

/// An owner that has something in a field.
struct FieldOwner {
  std::string id{};
  std::optional<RowKey> row{};  ///< Nothing if no row can have this key.
};

/// Calls `visit` with the owners of all that is in the field, page by page in the order of their
/// ids. `visit` may use the session.
void visit_media_owners(soci::session& sql, const MediaField& field,
                        const std::function<void(std::span<const FieldOwner>)>& visit);

/// Calls `visit` for each row that has records in the field, in the order of the keys' texts.
void visit_media_rows(soci::session& sql, const MediaField& field,
                      const std::function<void(const RowKey&, std::vector<MediaRecord>)>& visit);

}  // namespace affix::detail

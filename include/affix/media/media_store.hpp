#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/media/media_record.hpp"

namespace affix {

class Transaction;

/// Which records `MediaStore::list`, `count` and `aggregate` look at: those for which everything
/// that is given holds. Nothing given: all. An owner's are those that were stored for it, without
/// the shared ones.
struct MediaFilter {
  std::optional<std::string> owner_type{};
  std::optional<std::string> owner_id{};
  std::optional<std::string> collection{};
  std::optional<std::string> disk{};
};

/// A page of `MediaStore::list`.
struct MediaPage {
  std::vector<MediaRecord> records{};
  std::optional<std::string> cursor{};  ///< Where the next page starts; absent on the last one.
};

/// What the records are grouped by in `MediaStore::aggregate`.
enum class MediaGroup { collection, disk };

struct MediaGroupCount {
  std::string key{};       ///< The collection, or the disk.
  std::int64_t count = 0;  ///< Records.
  std::int64_t size = 0;   ///< Bytes of their files, without variants.

  bool operator==(const MediaGroupCount&) const = default;
};

/// Where media records are kept. Knows rows, no files: `MediaLibrary` ties both together.
///
/// Five functions are enough for a store of one's own: `save`, `find`, `list_by_owner`, `remove`
/// and `next_position`; those that have a default do their work by the five, or are
/// `Errc::unsupported` as documented. What changes something takes the unit of work that it belongs
/// to, and begins it if necessary. What reads takes one to read inside of, or null to read what is
/// committed. Inside of one it reads what is there now, and not what was there when the unit of
/// work began, as far as the database lets it; rows may be locked for that.
///
/// `affix::testing::run_media_store_conformance` tells whether a store keeps the contract.
///
/// Errors: `Errc::invalid_argument` with `where().member` for a record that could not be read back;
/// `Errc::conflict` where somebody else has changed the same rows first; `Errc::database`.
class MediaStore {
 public:
  virtual ~MediaStore() = default;

  /// Whether a rollback of the unit of work takes back what was changed here. Without that only
  /// those promises hold that `ledger = off` leaves.
  virtual bool is_transactional() const noexcept = 0;

  /// Called before a unit of work begins in which the store is to be used: the last chance for what
  /// cannot be done inside of one, such as making tables. By default nothing.
  virtual void prepare(Transaction& tx);

  /// Inserts the record, or overwrites the one that has its id, all members. The store sets
  /// `updated_at`, and `created_at` of an attachment that has none, in the row.
  virtual void save(Transaction& tx, const MediaRecord& record) = 0;

  /// The record of this id, if there is one. With a unit of work the row is locked until its end,
  /// where the database can do that.
  virtual std::optional<MediaRecord> find(std::string_view id, Transaction* tx) = 0;

  /// What the owner has, in one collection or in all (then ordered by collection first, byte by
  /// byte), shared records included: ascending by the position that they have there, then by id.
  /// Empty for an owner without any.
  virtual std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                                 std::optional<std::string_view> collection,
                                                 Transaction* tx) = 0;

  /// Those of the owner's records whose rows `list_by_owner` locks in a unit of work, by their ids,
  /// read without waiting for anybody, and so perhaps as they were when the unit of work began: who
  /// locks more of a record than its row does that first. By default none, which is right for a
  /// store that locks no row when it lists.
  virtual std::vector<std::string> ids_to_lock(const MediaOwner& owner,
                                               std::optional<std::string_view> collection,
                                               Transaction& tx);

  /// Removes the record of this id and its links; false if there is none, which is no error.
  virtual bool remove(Transaction& tx, std::string_view id) = 0;

  /// Allots `count` positions in a row behind the last ones of this place, and returns the first;
  /// 0 in a place that was never used. Nobody else gets them, also if several ask at once: others
  /// wait until the unit of work ends, or get `Errc::conflict` (Firebird).
  virtual std::int64_t next_position(Transaction& tx, const MediaPlace& place,
                                     std::size_t count) = 0;

  /// Saves new records behind those of their places, in this order, and returns them with their
  /// positions. A store may do it in fewer statements than one by one.
  virtual std::vector<MediaRecord> append(Transaction& tx, std::vector<MediaRecord> records);

  /// Adds variants to those of the record, each in the place of one of the same name; nobody's
  /// others are lost. By default by `find` and `save`, one call after the other in this process if
  /// the store is not transactional. Returns the record as it is then; nothing if there is none of
  /// this id.
  virtual std::optional<MediaRecord> merge_variants(
      Transaction& tx, std::string_view id, const std::map<std::string, Variant, std::less<>>& add);

  // ---- sharing: `Errc::unsupported` by default
  // ---------------------------------------------------

  /// Puts a record into one more place, at this position. False if it is there already, which
  /// changes nothing. `Errc::record_not_found` if there is no such record.
  virtual bool link(Transaction& tx, const MediaLink& link);
  /// Takes a record out of a place that it was shared with; false if it was not. The place that it
  /// was stored for is the record's own: `save` changes it.
  virtual bool unlink(Transaction& tx, std::string_view id, const MediaPlace& place);
  /// Gives a record another position in a place that it is shared with, whose turn among the links
  /// stays; false if it is not, also in its own place, which `save` changes.
  virtual bool reposition(Transaction& tx, const MediaLink& link);
  /// All places that a record is in: its own, then the shared ones, in the order in which they were
  /// linked. Empty if there is no such record. By default its own place alone.
  virtual std::vector<MediaLink> links(std::string_view id, Transaction* tx);

  // ---- over all records: `Errc::unsupported` by default
  // ------------------------------------------

  virtual std::int64_t count(const MediaFilter& filter);
  /// Groups in the order of their keys, byte by byte.
  virtual std::vector<MediaGroupCount> aggregate(const MediaFilter& filter, MediaGroup group);
  /// Records by creation time, then by id, ascending; at most `limit` (at least 1). The cursor is
  /// that of the page before, or empty for the first; one that is no cursor means the first. It is
  /// the base64 of `<created_at>|<id>`, as nestjs-media has it.
  virtual MediaPage list(const MediaFilter& filter, std::string_view cursor, std::size_t limit);
};

}  // namespace affix

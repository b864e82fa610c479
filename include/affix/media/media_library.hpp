#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/manager/queue.hpp"
#include "affix/media/media_store.hpp"
#include "affix/persistence/row_key.hpp"
#include "affix/persistence/transaction.hpp"

namespace affix {

namespace detail {
class MediaFieldRow;
}

/// What becomes of a record that is taken out of a place.
enum class Unreferenced {
  remove,  ///< If it is in no other place, record and files go with the commit.
  keep,    ///< Record and files stay; `MediaLibrary::remove` removes them.
};

/// What happens when an owner is removed whose collection has records.
enum class OwnerRemoval {
  remove_unreferenced,  ///< Records that are in no other place go, with their files.
  detach,               ///< They stay, if need be in no place at all.
  restrict,             ///< `Errc::invalid_state`, and nothing is changed.
};

/// The rules of a collection. Constants of the program: what is stored already is not looked at.
struct MediaCollection {
  std::string name{};
  bool single = false;          ///< The same as `keep_latest = 1`.
  std::size_t keep_latest = 0;  ///< More than so many push out the first ones; 0: any number.
  std::string disk{};           ///< Empty: the default disk.
  std::vector<std::string> accepts{};  ///< Types of content; empty: any.
  std::int64_t max_size = 0;           ///< Bytes; 0: the manager's limit.
  std::vector<std::string> presets{};  ///< Variants that a file can have; made as `variants` says.
  /// When they are made: `eager` before `attach` returns, `lazy` by `ensure_variant`, `queued` by
  /// the library's queue, which gets a job after the commit. In a transaction that was joined
  /// nobody here knows when that is: `queued` is `lazy` there.
  enum class Variants { eager, lazy, queued } variants = Variants::eager;
  /// What a file is called in this collection, from the name that it came with. Empty: the same.
  std::function<std::string(const std::string& file_name)> naming{};
  /// What `detach`, and whatever else takes a record out, does with one that nobody else has.
  Unreferenced unreferenced = Unreferenced::remove;
  OwnerRemoval on_owner_removed = OwnerRemoval::remove_unreferenced;
};

struct MediaLibraryOptions {
  std::shared_ptr<MediaStore> store{};
  AttachmentManager& files;
  /// With different names. One of another name has no rules.
  std::vector<MediaCollection> collections{};
  /// For collections with `queued` variants. Its jobs have the collection as `field`, the record's
  /// id as `attachment`, and the variants; no row. The handler calls `ensure_variants` with them.
  std::shared_ptr<VariantQueue> queue{};
};

/// One upload into a collection. What is empty is the collection's, or the source's.
struct AttachOptions {
  std::string file_name{};
  std::string disk{};
  /// Display name, at most 255 characters. Empty: the file name without its extension.
  std::string name{};
  nlohmann::json custom_properties = nlohmann::json::object();  ///< An object.
  nlohmann::json meta = nlohmann::json::object();               ///< As `CreateOptions::meta`.
  std::string idempotency_key{};
};

class MediaLibrary;

/// A collection of one owner. Refers to its library, which must outlive it.
///
/// What changes something belongs to a unit of work, and holds with its commit. Calls that change
/// one place wait for one another; on Firebird the second is `Errc::conflict` instead.
class OwnerCollection {
 public:
  /// Stores a new file behind the others. Type and size are checked before its first byte is on the
  /// disk. In a collection that is full, the first one is taken out. Errors as
  /// `Transaction::create`.
  MediaRecord attach(Transaction& tx, Source source, const AttachOptions& options = {}) const;
  /// The same with a file that was stored before: of `options`, display name and custom properties
  /// count. Removed if the call fails.
  MediaRecord attach(Transaction& tx, PendingAttachment pending,
                     const AttachOptions& options = {}) const;

  /// Puts records that are in the library behind the others, in this order: they are shared with
  /// whoever has them already. Those that are here stay where they are. Returns how many were
  /// added. `Errc::record_not_found`, with the id in `where().attachment`, if one does not exist;
  /// `Errc::type_not_allowed`, `Errc::too_large` for one that is against the rules;
  /// `Errc::invalid_argument` for more than the collection takes. Then nothing is changed.
  std::size_t attach(Transaction& tx, std::span<const std::string> ids) const;
  /// Makes these the records of the collection, in this order: adds those that are missing, takes
  /// out those that are not named. Errors as `attach`.
  void set(Transaction& tx, std::span<const std::string> ids) const;
  /// Takes records out. Those that are not here are passed over. Returns how many were here.
  std::size_t detach(Transaction& tx, std::span<const std::string> ids) const;
  /// Takes all out.
  std::size_t clear(Transaction& tx) const;

  /// Gives the records these positions, 0 first. `Errc::invalid_argument` if they are not exactly
  /// those of the collection, each once.
  void reorder(Transaction& tx, std::span<const std::string> ids) const;

  /// In their order. Without a unit of work: what is committed.
  std::vector<MediaRecord> list() const;
  std::vector<MediaRecord> list(Transaction& tx) const;
  /// The first one.
  std::optional<MediaRecord> first() const;

  const MediaPlace& place() const noexcept { return place_; }

 private:
  friend class OwnerMedia;
  OwnerCollection(const MediaLibrary& library, MediaPlace place)
      : library_(&library), place_(std::move(place)) {}

  const MediaLibrary* library_;
  MediaPlace place_;
};

/// The media of one owner. Refers to its library, which must outlive it.
class OwnerMedia {
 public:
  OwnerCollection collection(std::string_view name) const;
  /// All collections, by their names.
  std::vector<MediaRecord> list() const;
  const MediaOwner& owner() const noexcept { return owner_; }

 private:
  friend class MediaLibrary;
  OwnerMedia(const MediaLibrary& library, MediaOwner owner)
      : library_(&library), owner_(std::move(owner)) {}

  const MediaLibrary* library_;
  MediaOwner owner_;
};

/// Files in a media table: for owners with many of them, in collections, in an order, and shared.
/// The files follow the unit of work as those of a column do. See docs/media-table.md.
///
/// As safe to use from many threads as its store. Must outlive what it returns.
class MediaLibrary {
 public:
  /// `Errc::invalid_argument` for rules that make no sense.
  explicit MediaLibrary(MediaLibraryOptions options);
  ~MediaLibrary();
  MediaLibrary(const MediaLibrary&) = delete;
  MediaLibrary& operator=(const MediaLibrary&) = delete;

  OwnerMedia for_owner(std::string_view type, const RowKey& id) const;

  std::optional<MediaRecord> find(std::string_view id) const;
  /// All places that a record is in, its own first.
  std::vector<MediaLink> places(std::string_view id) const;

  /// As `AttachmentManager::url`.
  std::string url(const MediaRecord& record, std::string_view variant = {}) const;

  /// The record with the variant of this name, which is made if it is not there. Of several threads
  /// that ask at once one makes it, and all get the same. Errors as `Transaction::ensure_variants`;
  /// `Errc::record_not_found`; `Errc::unknown_variant` if none of the record's collections has it.
  MediaRecord ensure_variant(Transaction& tx, std::string_view id, std::string_view name) const;
  /// Several from one reading of the picture. No names: all of the record's collections.
  MediaRecord ensure_variants(Transaction& tx, std::string_view id,
                              std::vector<std::string> names = {}) const;

  /// Changes the record: `change` gets it as it is now, locked, and may change its name, its meta
  /// and its custom properties; nothing else is written. `Errc::record_not_found`.
  MediaRecord update(Transaction& tx, std::string_view id,
                     const std::function<void(MediaRecord&)>& change) const;

  /// Removes a record from all places, with its files. False if there is none of this id.
  bool remove(Transaction& tx, std::string_view id) const;

  /// Call it when you have deleted the owners' rows, in the same transaction: does with their
  /// records what the collections say. In this order who is about to give one of them a file waits
  /// for the row, if he looks at it under its lock as `MediaField` does, and then finds none.
  /// `Errc::invalid_state` for one that is restricted; nothing is changed then.
  void remove_owners(Transaction& tx, std::string_view type, std::span<const RowKey> ids) const;

 private:
  friend class OwnerCollection;
  friend class OwnerMedia;
  friend class detail::MediaFieldRow;
  class Work;
  std::unique_ptr<Work> work_;
};

/// A custom property by its path, members separated by dots: `alt.en`. Null if it is not there.
nlohmann::json custom_property(const MediaRecord& record, std::string_view path);
/// Sets it, with the objects on the way to it; a null value removes it. `Errc::invalid_argument`
/// for an empty member in the path, and if something on the way is no object.
void set_custom_property(MediaRecord& record, std::string_view path, nlohmann::json value);

}  // namespace affix

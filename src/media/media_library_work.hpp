#pragma once

#include <set>
#include <string>

#include "affix/media/media_library.hpp"
#include "media/media_rules.hpp"
#include "persistence/transaction_access.hpp"

namespace affix {

/// The steps of a library. Locks are taken in one order everywhere: the counter of the place, the
/// ledger rows by their ids, the records.
class MediaLibrary::Work {
 public:
  explicit Work(MediaLibraryOptions options);

  MediaStore& store() const noexcept { return *store_; }
  AttachmentManager& files() const noexcept { return files_; }
  const detail::MediaRules& rules() const noexcept { return rules_; }

  MediaRecord attach(Transaction& tx, const MediaPlace& place, Source source,
                     const AttachOptions& options) const;
  MediaRecord attach(Transaction& tx, const MediaPlace& place, PendingAttachment pending,
                     const AttachOptions& options) const;
  std::size_t share(Transaction& tx, const MediaPlace& place,
                    std::span<const std::string> ids) const;
  std::size_t take_out(Transaction& tx, const MediaPlace& place,
                       std::span<const std::string> ids) const;
  std::size_t clear(Transaction& tx, const MediaPlace& place) const;
  void set(Transaction& tx, const MediaPlace& place, std::span<const std::string> ids) const;
  void reorder(Transaction& tx, const MediaPlace& place, std::span<const std::string> ids) const;
  MediaRecord ensure_variants(Transaction& tx, std::string_view id,
                              std::vector<std::string> names) const;
  /// The same for a record that was read, and for several.
  MediaRecord make_variants(Transaction& tx, MediaRecord record,
                            std::span<const std::string> names) const;
  MediaRecord update(Transaction& tx, std::string_view id,
                     const std::function<void(MediaRecord&)>& change) const;
  bool remove(Transaction& tx, std::string_view id) const;
  void remove_owners(Transaction& tx, std::string_view type, std::span<const RowKey> ids) const;

  // ---- steps of an open unit of work -----------------------------------------------------------
  using Ids = std::set<std::string>;
  std::vector<MediaRecord> locked_list(Transaction& tx, const MediaPlace& place,
                                       Ids coming = {}) const;
  Ids lock_live(Transaction& tx, const Ids& ids) const;
  bool drop(Transaction& tx, const MediaPlace& place, const std::string& id,
            Unreferenced unreferenced) const;

 private:
  std::vector<MediaRecord> list_in_order(Transaction& tx, const MediaPlace& place, Ids locks) const;
  Ids with_present(Transaction& tx, const MediaPlace& place, Ids ids) const;
  bool is_limited(const MediaPlace& place) const;
  std::vector<MediaRecord> find_allowed(Transaction& tx, const MediaPlace& place,
                                        const std::vector<std::string>& ids) const;
  void add(Transaction& tx, const MediaPlace& place, std::vector<MediaRecord>& records) const;
  void hand_on(Transaction& tx, MediaRecord record, const MediaLink* next) const;
  void remove_files(Transaction& tx, const MediaRecord& record) const;
  void place_at(Transaction& tx, const MediaPlace& place, const std::string& id,
                std::int64_t position) const;
  void place_all(Transaction& tx, const MediaPlace& place, std::span<const std::string> ids) const;
  std::vector<MediaLink> locked_links(Transaction& tx, std::string_view type,
                                      std::span<const RowKey> ids) const;
  void require_room(const MediaPlace& place, std::size_t records) const;
  void push_out(Transaction& tx, const MediaPlace& place, const Ids& added) const;
  std::vector<std::string> allowed_variants(const MediaRecord& record,
                                            std::vector<std::string> names,
                                            Transaction* within) const;
  void enqueue_variants(Transaction& tx, const MediaCollection& rules, const std::string& id) const;

  std::shared_ptr<MediaStore> store_;
  std::shared_ptr<VariantQueue> queue_;
  AttachmentManager& files_;
  const detail::ManagerCore& core_;
  detail::MediaRules rules_;
};

}  // namespace affix

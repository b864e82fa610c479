#include "affix/media/soci_media_store.hpp"

#include "media/media_counter.hpp"
#include "media/media_links.hpp"
#include "media/media_positions.hpp"
#include "media/media_search.hpp"
#include "media/media_sessions.hpp"
#include "media/media_table.hpp"

namespace affix {
namespace {

class SociMediaStore final : public MediaStore {
 public:
  SociMediaStore(detail::MediaSessions::Source source, const SociMediaStoreOptions& options)
      : sessions_(source, options), clock_(options.clock ? options.clock : system_clock()) {}

  bool is_transactional() const noexcept override { return true; }

  void prepare(Transaction& tx) override { sessions_.prepare(tx.session()); }

  void save(Transaction& tx, const MediaRecord& record) override {
    detail::MediaTable(sessions_.for_change(tx), tables_).save(record, clock_->now());
  }

  std::optional<MediaRecord> find(std::string_view id, Transaction* tx) override {
    return sessions_.read(tx, [&](soci::session& sql) {
      return detail::MediaTable(sql, tables_).find(id, lock_of(tx));
    });
  }

  std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                         std::optional<std::string_view> collection,
                                         Transaction* tx) override {
    return sessions_.read(tx, [&](soci::session& sql) {
      return detail::MediaTable(sql, tables_).list_by_owner(owner, collection, lock_of(tx));
    });
  }

  std::vector<std::string> ids_to_lock(const MediaOwner& owner,
                                       std::optional<std::string_view> collection,
                                       Transaction& tx) override {
    return detail::MediaTable(sessions_.for_change(tx), tables_).ids_to_lock(owner, collection);
  }

  bool remove(Transaction& tx, std::string_view id) override {
    soci::session& sql = sessions_.for_change(tx);
    // The row first: who adds a link to it waits for its lock.
    if (!detail::MediaTable(sql, tables_).remove(id)) return false;
    detail::MediaLinks(sql, tables_).remove_all(id);
    return true;
  }

  std::int64_t next_position(Transaction& tx, const MediaPlace& place, std::size_t count) override {
    return detail::MediaCounter(sessions_.for_change(tx), tables_).next(place, count);
  }

  std::vector<MediaRecord> append(Transaction& tx, std::vector<MediaRecord> records) override {
    detail::allot_positions(*this, tx, records);
    detail::MediaTable(sessions_.for_change(tx), tables_).insert(records, clock_->now());
    return records;
  }

  std::optional<MediaRecord> merge_variants(
      Transaction& tx, std::string_view id,
      const std::map<std::string, Variant, std::less<>>& add) override {
    return detail::MediaTable(sessions_.for_change(tx), tables_)
        .merge_variants(id, add, clock_->now());
  }

  bool link(Transaction& tx, const MediaLink& link) override {
    return detail::MediaLinks(sessions_.for_change(tx), tables_).add(link, clock_->now());
  }

  bool unlink(Transaction& tx, std::string_view id, const MediaPlace& place) override {
    return detail::MediaLinks(sessions_.for_change(tx), tables_).remove(id, place);
  }

  bool reposition(Transaction& tx, const MediaLink& link) override {
    return detail::MediaLinks(sessions_.for_change(tx), tables_).reposition(link);
  }

  std::vector<MediaLink> links(std::string_view id, Transaction* tx) override {
    return sessions_.read(tx, [&](soci::session& sql) {
      return detail::MediaLinks(sql, tables_).of(id, lock_of(tx));
    });
  }

  std::int64_t count(const MediaFilter& filter) override {
    return sessions_.read(nullptr, [&](soci::session& sql) {
      return detail::MediaSearch(sql, tables_).count(filter);
    });
  }

  std::vector<MediaGroupCount> aggregate(const MediaFilter& filter, MediaGroup group) override {
    return sessions_.read(nullptr, [&](soci::session& sql) {
      return detail::MediaSearch(sql, tables_).aggregate(filter, group);
    });
  }

  MediaPage list(const MediaFilter& filter, std::string_view cursor, std::size_t limit) override {
    return sessions_.read(nullptr, [&](soci::session& sql) {
      return detail::MediaSearch(sql, tables_).list(filter, cursor, limit);
    });
  }

 private:
  /// What a unit of work reads, it is about to change.
  static RowLock lock_of(const Transaction* tx) { return tx ? RowLock::wait : RowLock::none; }

  detail::MediaSessions sessions_;
  const MediaTables& tables_ = sessions_.tables();
  const std::shared_ptr<const Clock> clock_;
};

}  // namespace

std::shared_ptr<MediaStore> make_soci_media_store(soci::session& sql,
                                                  const SociMediaStoreOptions& options) {
  return std::make_shared<SociMediaStore>(&sql, options);
}

std::shared_ptr<MediaStore> make_soci_media_store(SessionPool& pool,
                                                  const SociMediaStoreOptions& options) {
  return std::make_shared<SociMediaStore>(&pool, options);
}

}  // namespace affix

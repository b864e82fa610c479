#include "affix/media/memory_media_store.hpp"

#include <algorithm>
#include <mutex>
#include <tuple>

#include "affix/value/error.hpp"
#include "media/media_checks.hpp"
#include "media/media_cursor.hpp"

namespace affix {
namespace {

/// A record as an owner has it.
struct Listed {
  std::string_view collection;
  std::int64_t position;
  const MediaRecord* record;

  bool operator<(const Listed& other) const {
    return std::tie(collection, position, record->attachment.id) <
           std::tie(other.collection, other.position, other.record->attachment.id);
  }
};

bool passes(const MediaFilter& filter, const MediaRecord& record) {
  const auto fits = [](const std::optional<std::string>& wanted, const std::string& has) {
    return !wanted || *wanted == has;
  };
  return fits(filter.owner_type, record.place.owner.type) &&
         fits(filter.owner_id, record.place.owner.id) &&
         fits(filter.collection, record.place.collection) &&
         fits(filter.disk, record.attachment.disk);
}

detail::MediaCursor cursor_of(const MediaRecord& record) {
  return {format_time(*record.attachment.created_at), record.attachment.id};
}

bool is_before(const detail::MediaCursor& a, const detail::MediaCursor& b) {
  return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
}

class MemoryMediaStore final : public MediaStore {
 public:
  explicit MemoryMediaStore(std::shared_ptr<const Clock> clock) : clock_(std::move(clock)) {}

  bool is_transactional() const noexcept override { return false; }

  void save(Transaction&, const MediaRecord& record) override {
    detail::check_record(record);
    const std::lock_guard lock(mutex_);
    store(record);
  }

  std::optional<MediaRecord> find(std::string_view id, Transaction*) override {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(id);
    if (found == records_.end()) return std::nullopt;
    return found->second;
  }

  std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                         std::optional<std::string_view> collection,
                                         Transaction*) override {
    const std::lock_guard lock(mutex_);
    std::vector<Listed> listed;
    const auto add = [&](const MediaPlace& place, std::int64_t position, const MediaRecord& one) {
      if (place.owner != owner || (collection && place.collection != *collection)) return;
      listed.push_back({place.collection, position, &one});
    };
    for (const auto& [id, record] : records_) add(record.place, record.position, record);
    for (const MediaLink& link : links_) {
      const MediaRecord& record = records_.find(link.media_id)->second;
      if (link.place != record.place) add(link.place, link.position, record);
    }
    std::ranges::sort(listed, std::less<>());
    std::vector<MediaRecord> records;
    for (const Listed& one : listed) records.push_back(*one.record);
    return records;
  }

  bool remove(Transaction&, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(id);
    if (found == records_.end()) return false;
    std::erase_if(links_, [&](const MediaLink& link) { return link.media_id == id; });
    records_.erase(found);
    return true;
  }

  std::int64_t next_position(Transaction&, const MediaPlace& place, std::size_t count) override {
    detail::check_place(place);
    const std::lock_guard lock(mutex_);
    const auto known = next_positions_.find(place);
    const std::int64_t first = known == next_positions_.end() ? behind(place) : known->second;
    next_positions_[place] = first + static_cast<std::int64_t>(count);
    return first;
  }

  std::optional<MediaRecord> merge_variants(
      Transaction&, std::string_view id,
      const std::map<std::string, Variant, std::less<>>& add) override {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(id);
    if (found == records_.end()) return std::nullopt;
    MediaRecord merged = found->second;
    for (const auto& [name, variant] : add) {
      merged.attachment.variants.insert_or_assign(name, variant);
    }
    detail::check_record(merged);
    return store(std::move(merged));
  }

  bool link(Transaction&, const MediaLink& link) override {
    detail::check_place(link.place);
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(link.media_id);
    if (found == records_.end()) {
      throw Error(Errc::record_not_found, "There is no media record with this id",
                  {.attachment = link.media_id});
    }
    if (found->second.place == link.place || find_link(link.media_id, link.place) != links_.end()) {
      return false;
    }
    links_.push_back(link);
    return true;
  }

  bool unlink(Transaction&, std::string_view id, const MediaPlace& place) override {
    const std::lock_guard lock(mutex_);
    const auto found = find_link(id, place);
    if (found == links_.end()) return false;
    links_.erase(found);
    return true;
  }

  bool reposition(Transaction&, const MediaLink& link) override {
    const std::lock_guard lock(mutex_);
    const auto found = find_link(link.media_id, link.place);
    if (found == links_.end()) return false;
    found->position = link.position;
    return true;
  }

  std::vector<MediaLink> links(std::string_view id, Transaction*) override {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(id);
    if (found == records_.end()) return {};
    const MediaRecord& record = found->second;
    std::vector<MediaLink> all{{record.attachment.id, record.place, record.position}};
    std::ranges::copy_if(links_, std::back_inserter(all), [&](const MediaLink& link) {
      return link.media_id == id && link.place != record.place;
    });
    return all;
  }

  std::int64_t count(const MediaFilter& filter) override {
    const std::lock_guard lock(mutex_);
    return std::ranges::count_if(records_,
                                 [&](const auto& entry) { return passes(filter, entry.second); });
  }

  std::vector<MediaGroupCount> aggregate(const MediaFilter& filter, MediaGroup group) override {
    const std::lock_guard lock(mutex_);
    std::map<std::string, MediaGroupCount> counts;
    for (const auto& [id, record] : records_) {
      if (!passes(filter, record)) continue;
      const bool by_disk = group == MediaGroup::disk;
      const std::string& key = by_disk ? record.attachment.disk : record.place.collection;
      MediaGroupCount& one = counts[key];
      one.key = key;
      ++one.count;
      one.size += record.attachment.size;
    }
    std::vector<MediaGroupCount> groups;
    for (auto& [key, one] : counts) groups.push_back(std::move(one));
    return groups;
  }

  MediaPage list(const MediaFilter& filter, std::string_view cursor, std::size_t limit) override {
    detail::check_page_limit(limit);
    const auto after = detail::parse_cursor(cursor);
    const std::lock_guard lock(mutex_);
    std::map<std::pair<std::string, std::string>, const MediaRecord*> ordered;
    for (const auto& [id, record] : records_) {
      const detail::MediaCursor here = cursor_of(record);
      if (!passes(filter, record) || (after && !is_before(*after, here))) continue;
      ordered.emplace(std::pair(here.created_at, here.id), &record);
    }
    MediaPage page;
    for (const auto& [key, record] : ordered) {
      if (page.records.size() == limit) {
        page.cursor = detail::print_cursor(cursor_of(page.records.back()));
        break;
      }
      page.records.push_back(*record);
    }
    return page;
  }

 private:
  const MediaRecord& store(MediaRecord record) {
    record.updated_at = clock_->now();
    if (!record.attachment.created_at) record.attachment.created_at = record.updated_at;
    std::string id = record.attachment.id;
    return records_.insert_or_assign(std::move(id), std::move(record)).first->second;
  }

  std::vector<MediaLink>::iterator find_link(std::string_view id, const MediaPlace& place) {
    return std::ranges::find_if(
        links_, [&](const MediaLink& link) { return link.media_id == id && link.place == place; });
  }

  /// The position behind all that are in a place.
  std::int64_t behind(const MediaPlace& place) const {
    std::int64_t next = 0;
    for (const auto& [id, record] : records_) {
      if (record.place == place) next = std::max(next, record.position + 1);
    }
    for (const MediaLink& link : links_) {
      if (link.place == place) next = std::max(next, link.position + 1);
    }
    return next;
  }

  std::shared_ptr<const Clock> clock_;
  std::mutex mutex_;  ///< Of everything below.
  std::map<std::string, MediaRecord, std::less<>> records_;
  std::vector<MediaLink> links_;  ///< In the order in which they were made; of records that exist.
  std::map<MediaPlace, std::int64_t, detail::PlaceOrder> next_positions_;
};

}  // namespace

std::shared_ptr<MediaStore> make_memory_media_store(std::shared_ptr<const Clock> clock) {
  if (!clock) clock = system_clock();
  return std::make_shared<MemoryMediaStore>(std::move(clock));
}

}  // namespace affix

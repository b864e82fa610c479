#include "wrong_stores.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <tuple>

#include "affix/media/memory_media_store.hpp"
#include "affix/value/error.hpp"

namespace affix::tests {
namespace {

using Variants = std::map<std::string, Variant, std::less<>>;

std::string replaced(std::string text, const std::function<std::string(char)>& by) {
  std::string all;
  for (const char c : text) all += by(c);
  return all;
}

std::string folded(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

class WrongStore final : public MediaStore {
 public:
  explicit WrongStore(Sabotage sabotage) : sabotage_(sabotage) {}

  bool is_transactional() const noexcept override { return is(Sabotage::claims_transactions); }

  void save(Transaction& tx, const MediaRecord& given) override {
    if (is(Sabotage::save_never_overwrites) && store_->find(given.attachment.id, nullptr)) return;
    try {
      store_->save(tx, spoiled(given));
    } catch (const Error&) {
      if (!is(Sabotage::save_checks_nothing)) throw;
    }
    const std::lock_guard lock(mutex_);
    if (!given.attachment.created_at) timeless_.insert(given.attachment.id);
    if (!is(Sabotage::links_survive)) return;
    for (const MediaLink& link : links_) {
      if (link.media_id == given.attachment.id) store_->link(tx, link);
    }
  }

  std::optional<MediaRecord> find(std::string_view id, Transaction* tx) override {
    if (is(Sabotage::find_is_blind) && tx) return std::nullopt;
    auto found = store_->find(id, tx);
    if (!found && is(Sabotage::find_invents)) return MediaRecord{};
    if (found && is(Sabotage::save_forgets_creation) && timeless_.contains(found->attachment.id)) {
      found->attachment.created_at.reset();
    }
    return found;
  }

  std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                         std::optional<std::string_view> collection,
                                         Transaction* tx) override {
    if (is(Sabotage::list_ignores_collection)) collection.reset();
    std::vector<MediaRecord> records = store_->list_by_owner(owner, collection, tx);
    if (is(Sabotage::list_is_reversed)) std::ranges::reverse(records);
    if (is(Sabotage::list_reverses_ties)) {
      std::ranges::reverse(records);
      std::ranges::stable_sort(records, {}, &MediaRecord::position);
    }
    if (is(Sabotage::list_folds_case)) {
      std::ranges::stable_sort(
          records, {}, [](const MediaRecord& record) { return folded(record.place.collection); });
    }
    if (is(Sabotage::links_are_not_listed)) {
      std::erase_if(records, [&](const MediaRecord& one) { return one.place.owner != owner; });
    }
    if (is(Sabotage::links_are_doubled)) double_links(records);
    return records;
  }

  bool remove(Transaction& tx, std::string_view id) override {
    return store_->remove(tx, id) || is(Sabotage::remove_always_succeeds);
  }

  std::int64_t next_position(Transaction& tx, const MediaPlace& place, std::size_t count) override {
    if (is(Sabotage::positions_forget_others)) return count_up(place, count);
    const std::int64_t first = store_->next_position(tx, place, count);
    if (is(Sabotage::positions_repeat)) return first / 2;
    return is(Sabotage::positions_start_at_one) ? first + 1 : first;
  }

  std::vector<MediaRecord> append(Transaction& tx, std::vector<MediaRecord> records) override {
    if (is(Sabotage::append_keeps_positions)) {
      for (const MediaRecord& record : records) save(tx, record);
      return records;
    }
    if (is(Sabotage::append_cuts) && records.size() > 50) records.resize(50);
    return MediaStore::append(tx, std::move(records));
  }

  std::optional<MediaRecord> merge_variants(Transaction& tx, std::string_view id,
                                            const Variants& add) override {
    if (!is(Sabotage::merge_replaces)) return store_->merge_variants(tx, id, add);
    auto record = store_->find(id, nullptr);
    if (!record) return std::nullopt;
    record->attachment.variants = add;
    store_->save(tx, *record);
    return record;
  }

  bool link(Transaction& tx, const MediaLink& link) override {
    if (is(Sabotage::link_accepts_missing) && !store_->find(link.media_id, nullptr)) return true;
    const bool linked = store_->link(tx, link);
    if (linked) links_.push_back(link);
    return linked || is(Sabotage::link_again);
  }

  bool unlink(Transaction& tx, std::string_view id, const MediaPlace& place) override {
    return store_->unlink(tx, id, place);
  }

  bool reposition(Transaction& tx, const MediaLink& link) override {
    if (!is(Sabotage::reposition_links_again)) return store_->reposition(tx, link);
    return store_->unlink(tx, link.media_id, link.place) && store_->link(tx, link);
  }

  std::vector<MediaLink> links(std::string_view id, Transaction* tx) override {
    auto all = store_->links(id, tx);
    if (is(Sabotage::links_forget_own) && !all.empty()) all.erase(all.begin());
    return all;
  }

  std::int64_t count(const MediaFilter& filter) override {
    return store_->count(is(Sabotage::count_ignores_filter) ? MediaFilter{} : filter);
  }

  std::vector<MediaGroupCount> aggregate(const MediaFilter& filter, MediaGroup group) override {
    auto groups = store_->aggregate(filter, group);
    if (is(Sabotage::aggregate_forgets_size)) {
      for (MediaGroupCount& one : groups) one.size = 0;
    }
    return groups;
  }

  MediaPage list(const MediaFilter& given, std::string_view cursor, std::size_t limit) override {
    MediaFilter filter = given;
    if (is(Sabotage::pages_ignore_disk)) filter.disk.reset();
    if (is(Sabotage::pages_ignore_cursor)) cursor = {};
    if (is(Sabotage::pages_refuse_cursors) && cursor.size() > 0 && cursor.size() < 60) {
      throw Error(Errc::invalid_argument, "The cursor is none");
    }
    return store_->list(filter, cursor, limit);
  }

 private:
  bool is(Sabotage sabotage) const { return sabotage_ == sabotage; }

  MediaRecord spoiled(MediaRecord record) const {
    Attachment& attachment = record.attachment;
    std::string& name = attachment.name;
    if (is(Sabotage::save_drops_checksum)) attachment.checksum.clear();
    if (is(Sabotage::extra_is_lost)) attachment.extra = nlohmann::json::object();
    if (is(Sabotage::texts_are_ascii)) {
      name = replaced(name, [](char c) { return std::string(1, c < 0 ? '?' : c); });
    }
    if (is(Sabotage::texts_are_cut) && name.size() > 255) name.resize(252);
    if (is(Sabotage::quotes_are_doubled)) {
      name = replaced(name, [](char c) { return c == '\'' ? "''" : std::string(1, c); });
    }
    if (is(Sabotage::documents_are_cut) && record.custom_properties.dump().size() > 65535) {
      record.custom_properties = nlohmann::json::object();
    }
    if (is(Sabotage::times_are_seconds) && attachment.created_at) {
      attachment.created_at = std::chrono::floor<std::chrono::seconds>(*attachment.created_at);
    }
    return record;
  }

  std::int64_t count_up(const MediaPlace& place, std::size_t count) {
    const std::lock_guard lock(mutex_);
    std::int64_t& next = counters_[{place.owner.type, place.owner.id, place.collection}];
    return (next += static_cast<std::int64_t>(count)) - static_cast<std::int64_t>(count);
  }

  void double_links(std::vector<MediaRecord>& records) const {
    const std::vector<MediaRecord> once = records;
    for (const MediaRecord& record : once) {
      const auto is_here = [&](const MediaLink& link) {
        return link.media_id == record.attachment.id && link.place == record.place;
      };
      if (std::ranges::any_of(links_, is_here)) records.push_back(record);
    }
  }

  Sabotage sabotage_;
  std::shared_ptr<MediaStore> store_ = make_memory_media_store();
  std::mutex mutex_;
  std::set<std::string> timeless_;
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> counters_;
  std::vector<MediaLink> links_;
};

}  // namespace

std::shared_ptr<MediaStore> make_wrong_store(Sabotage sabotage) {
  return std::make_shared<WrongStore>(sabotage);
}

}  // namespace affix::tests

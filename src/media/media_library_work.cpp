#include "media/media_library_work.hpp"

#include <algorithm>
#include <limits>

#include "media/media_tables.hpp"

namespace affix {
namespace {

using detail::TransactionAccess;
using Ids = std::set<std::string>;

[[noreturn]] void refuse_unknown(const std::string& id) {
  throw Error(Errc::record_not_found, "There is no such media record", {.attachment = id});
}

bool has(const std::vector<MediaRecord>& records, const std::string& id) {
  return std::ranges::any_of(records,
                             [&](const MediaRecord& one) { return one.attachment.id == id; });
}

/// Those that `records` has not, each once, in their order.
std::vector<std::string> missing(const std::vector<MediaRecord>& records,
                                 std::span<const std::string> ids) {
  std::vector<std::string> found;
  for (const std::string& id : ids) {
    if (!has(records, id) && std::ranges::find(found, id) == found.end()) found.push_back(id);
  }
  return found;
}

}  // namespace

MediaLibrary::Work::Work(MediaLibraryOptions options)
    : store_(std::move(options.store)),
      queue_(std::move(options.queue)),
      files_(options.files),
      core_(detail::ManagerAccess::core(options.files)),
      rules_(std::move(options.collections), core_) {
  if (!store_) throw Error(Errc::invalid_argument, "A library needs a store", {.member = "store"});
  if (!queue_ && rules_.needs_queue()) {
    throw Error(Errc::invalid_argument, "A collection with queued variants needs a queue",
                {.member = "queue"});
  }
}

MediaRecord MediaLibrary::Work::attach(Transaction& tx, const MediaPlace& place, Source source,
                                       const AttachOptions& options) const {
  detail::require_sound(place, options);
  if (!tx.is_open()) store_->prepare(tx);
  TransactionAccess::work(tx).require_upload(options.idempotency_key);
  const CreateOptions create =
      detail::create_options(rules_.of(place.collection), options, source.file_name());
  return attach(tx, place, files_.create(std::move(source), create), options);
}

MediaRecord MediaLibrary::Work::attach(Transaction& tx, const MediaPlace& place,
                                       PendingAttachment pending,
                                       const AttachOptions& options) const {
  try {
    detail::require_sound(place, options);
    detail::require_allowed(rules_.of(place.collection), pending.preview());
    if (!tx.is_open()) store_->prepare(tx);
  } catch (...) {
    TransactionAccess::work(tx).discard(std::move(pending));
    throw;
  }
  const std::string slot = detail::media_slot(pending.id());
  Attachment attachment = TransactionAccess::adopt(tx, std::move(pending), slot);
  detail::describe(attachment, options);
  return TransactionAccess::guarded(tx, [&] {
    MediaRecord record{.attachment = std::move(attachment),
                       .place = place,
                       .custom_properties = options.custom_properties};
    auto added = store_->append(tx, {std::move(record)});
    push_out(tx, place, {added.front().attachment.id});
    enqueue_variants(tx, rules_.of(place.collection), added.front().attachment.id);
    return std::move(added.front());
  });
}

void MediaLibrary::Work::enqueue_variants(Transaction& tx, const MediaCollection& rules,
                                          const std::string& id) const {
  if (rules.variants != MediaCollection::Variants::queued || rules.presets.empty()) return;
  const VariantJob job{.field = rules.name, .attachment = id, .variants = rules.presets};
  try {
    tx.after_commit([queue = queue_, job] { queue->enqueue(job); });
  } catch (const Error& error) {
    if (error.code() != Errc::unsupported) throw;  // A transaction that was joined.
  }
}

/// Waits for the others who change the place. What comes into it, and where its records' rows are
/// locked, theirs, is locked before, in the order of the ids.
std::vector<MediaRecord> MediaLibrary::Work::locked_list(Transaction& tx, const MediaPlace& place,
                                                         Ids coming) const {
  static_cast<void>(store_->next_position(tx, place, 0));
  return list_in_order(tx, place, std::move(coming));
}

std::vector<MediaRecord> MediaLibrary::Work::list_in_order(Transaction& tx, const MediaPlace& place,
                                                           Ids locks) const {
  const auto there = store_->ids_to_lock(place.owner, place.collection, tx);
  locks.insert(there.begin(), there.end());
  static_cast<void>(lock_live(tx, locks));
  return store_->list_by_owner(place.owner, place.collection, &tx);
}

/// These and what is in the place, for who will take some out and put others in.
Ids MediaLibrary::Work::with_present(Transaction& tx, const MediaPlace& place, Ids ids) const {
  static_cast<void>(store_->next_position(tx, place, 0));
  const auto there = store_->ids_to_lock(place.owner, place.collection, tx);
  ids.insert(there.begin(), there.end());
  if (!there.empty()) return ids;  // To list them would lock their rows.
  for (const MediaRecord& record : store_->list_by_owner(place.owner, place.collection, &tx)) {
    ids.insert(record.attachment.id);
  }
  return ids;
}

/// Those of them that are not given up, locked in the order of the ids.
Ids MediaLibrary::Work::lock_live(Transaction& tx, const Ids& ids) const {
  Ids live;
  for (const std::string& id : ids) {
    if (TransactionAccess::lock(tx, id)) live.insert(id);
  }
  return live;
}

std::size_t MediaLibrary::Work::share(Transaction& tx, const MediaPlace& place,
                                      std::span<const std::string> ids) const {
  const auto before = TransactionAccess::guarded(tx, [&] {
    Ids coming(ids.begin(), ids.end());
    if (is_limited(place)) coming = with_present(tx, place, std::move(coming));
    return locked_list(tx, place, std::move(coming));
  });
  const std::vector<std::string> wanted = missing(before, ids);
  require_room(place, wanted.size());
  std::vector<MediaRecord> added = find_allowed(tx, place, wanted);
  TransactionAccess::guarded(tx, [&] {
    add(tx, place, added);
    push_out(tx, place, {wanted.begin(), wanted.end()});
  });
  return added.size();
}

/// The records of these ids, locked. What is wrong with one is found before anything is changed.
std::vector<MediaRecord> MediaLibrary::Work::find_allowed(
    Transaction& tx, const MediaPlace& place, const std::vector<std::string>& ids) const {
  const auto found = TransactionAccess::guarded(tx, [&] {
    Ids live;
    for (const std::string& id : Ids(ids.begin(), ids.end())) {
      if (TransactionAccess::touch(tx, id)) live.insert(id);
    }
    std::vector<std::optional<MediaRecord>> records;
    for (const std::string& id : ids) {
      records.push_back(live.contains(id) ? store_->find(id, &tx) : std::nullopt);
    }
    return records;
  });
  std::vector<MediaRecord> records;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!found[i]) refuse_unknown(ids[i]);
    detail::require_allowed(rules_.of(place.collection), found[i]->attachment);
    records.push_back(*found[i]);
  }
  return records;
}

void MediaLibrary::Work::add(Transaction& tx, const MediaPlace& place,
                             std::vector<MediaRecord>& records) const {
  if (records.empty()) return;
  std::int64_t position = store_->next_position(tx, place, records.size());
  for (MediaRecord& record : records) {
    if (record.place == MediaPlace{}) {
      record.place = place;
      record.position = position;
      store_->save(tx, record);
    } else {
      store_->link(tx, {record.attachment.id, place, position});
    }
    ++position;
  }
}

std::size_t MediaLibrary::Work::take_out(Transaction& tx, const MediaPlace& place,
                                         std::span<const std::string> ids) const {
  const Unreferenced unreferenced = rules_.of(place.collection).unreferenced;
  return TransactionAccess::guarded(tx, [&] {
    static_cast<void>(store_->next_position(tx, place, 0));
    std::size_t count = 0;
    for (const std::string& id : Ids(ids.begin(), ids.end())) {
      count += drop(tx, place, id, unreferenced) ? 1 : 0;
    }
    return count;
  });
}

std::size_t MediaLibrary::Work::clear(Transaction& tx, const MediaPlace& place) const {
  const Unreferenced unreferenced = rules_.of(place.collection).unreferenced;
  return TransactionAccess::guarded(tx, [&] {
    std::size_t count = 0;
    for (const MediaRecord& record : list_in_order(tx, place, with_present(tx, place, {}))) {
      count += drop(tx, place, record.attachment.id, unreferenced) ? 1 : 0;
    }
    return count;
  });
}

/// False if the record is not there.
bool MediaLibrary::Work::drop(Transaction& tx, const MediaPlace& place, const std::string& id,
                              Unreferenced unreferenced) const {
  if (!TransactionAccess::lock(tx, id)) return false;
  const std::optional<MediaRecord> record = store_->find(id, &tx);
  if (!record) return false;
  std::vector<MediaLink> links = store_->links(id, &tx);
  const auto here = std::ranges::find(links, place, &MediaLink::place);
  if (here == links.end()) return false;
  links.erase(here);
  std::erase_if(links, [](const MediaLink& link) { return link.place == MediaPlace{}; });
  if (links.empty() && unreferenced == Unreferenced::remove) {
    remove_files(tx, *record);
  } else if (record->place == place) {
    hand_on(tx, *record, links.empty() ? nullptr : &links.front());
  } else {
    store_->unlink(tx, id, place);
  }
  return true;
}

/// The record's own place becomes the one that has had it for the longest time, if there is one.
void MediaLibrary::Work::hand_on(Transaction& tx, MediaRecord record, const MediaLink* next) const {
  record.place = next ? next->place : MediaPlace{};
  record.position = next ? next->position : 0;
  if (next) store_->unlink(tx, record.attachment.id, next->place);
  store_->save(tx, record);
}

void MediaLibrary::Work::remove_files(Transaction& tx, const MediaRecord& record) const {
  const std::string& id = record.attachment.id;
  TransactionAccess::give_up(tx, record.attachment, detail::media_slot(id));
  store_->remove(tx, id);
}

bool MediaLibrary::Work::is_limited(const MediaPlace& place) const {
  const std::size_t most = detail::most_records(rules_.of(place.collection));
  return most != std::numeric_limits<std::size_t>::max();
}

void MediaLibrary::Work::require_room(const MediaPlace& place, std::size_t records) const {
  if (records <= detail::most_records(rules_.of(place.collection))) return;
  throw Error(Errc::invalid_argument, "The collection does not take so many records");
}

/// Takes out the first ones, as long as there are too many, but none of those that were just added:
/// they need not be the last if somebody else numbers positions of this place, too.
void MediaLibrary::Work::push_out(Transaction& tx, const MediaPlace& place,
                                  const Ids& added) const {
  const MediaCollection& rules = rules_.of(place.collection);
  const std::size_t most = detail::most_records(rules);
  if (!is_limited(place)) return;
  const auto records = list_in_order(tx, place, {});
  Ids surplus;
  for (const MediaRecord& record : records) {
    if (surplus.size() + most >= records.size()) break;
    if (!added.contains(record.attachment.id)) surplus.insert(record.attachment.id);
  }
  for (const std::string& id : surplus) drop(tx, place, id, rules.unreferenced);
}

void MediaLibrary::Work::set(Transaction& tx, const MediaPlace& place,
                             std::span<const std::string> ids) const {
  const MediaCollection& rules = rules_.of(place.collection);
  const Ids wanted(ids.begin(), ids.end());
  if (wanted.size() != ids.size()) {
    throw Error(Errc::invalid_argument, "A record can be in a collection only once");
  }
  require_room(place, ids.size());
  const auto before = TransactionAccess::guarded(
      tx, [&] { return locked_list(tx, place, with_present(tx, place, wanted)); });
  std::vector<MediaRecord> added = find_allowed(tx, place, missing(before, ids));
  TransactionAccess::guarded(tx, [&] {
    add(tx, place, added);
    for (const MediaRecord& record : before) {
      if (wanted.contains(record.attachment.id)) continue;
      drop(tx, place, record.attachment.id, rules.unreferenced);
    }
    place_all(tx, place, ids);
  });
}

void MediaLibrary::Work::place_all(Transaction& tx, const MediaPlace& place,
                                   std::span<const std::string> ids) const {
  std::int64_t position = 0;
  for (const std::string& id : ids) place_at(tx, place, id, position++);
}

void MediaLibrary::Work::place_at(Transaction& tx, const MediaPlace& place, const std::string& id,
                                  std::int64_t position) const {
  std::optional<MediaRecord> record = store_->find(id, &tx);
  if (!record) refuse_unknown(id);
  if (record->place == place) {
    if (record->position == position) return;
    record->position = position;
    return store_->save(tx, *record);
  }
  store_->reposition(tx, {id, place, position});
}

void MediaLibrary::Work::reorder(Transaction& tx, const MediaPlace& place,
                                 std::span<const std::string> ids) const {
  const Ids named(ids.begin(), ids.end());
  const auto records =
      TransactionAccess::guarded(tx, [&] { return locked_list(tx, place, named); });
  const bool is_same = named.size() == ids.size() && records.size() == ids.size() &&
                       std::ranges::all_of(records, [&](const MediaRecord& record) {
                         return named.contains(record.attachment.id);
                       });
  if (!is_same) {
    throw Error(Errc::invalid_argument, "These are not the records of the collection");
  }
  TransactionAccess::guarded(tx, [&] { place_all(tx, place, ids); });
}

/// The names, each of which one of the record's collections must have, unless one has no rules. No
/// names: all that they have.
std::vector<std::string> MediaLibrary::Work::allowed_variants(const MediaRecord& record,
                                                              std::vector<std::string> names,
                                                              Transaction* within) const {
  std::set<std::string> allowed;
  bool is_anything_allowed = false;
  for (const MediaLink& link : store_->links(record.attachment.id, within)) {
    const auto& presets = rules_.of(link.place.collection).presets;
    allowed.insert(presets.begin(), presets.end());
    if (!rules_.knows(link.place.collection)) is_anything_allowed = true;
  }
  if (names.empty()) names.assign(allowed.begin(), allowed.end());
  for (const std::string& name : names) {
    if (is_anything_allowed || allowed.contains(name)) continue;
    throw Error(Errc::unknown_variant, "The collection has no such variant",
                {.attachment = record.attachment.id, .variant = name});
  }
  return names;
}

MediaRecord MediaLibrary::Work::ensure_variants(Transaction& tx, std::string_view id,
                                                std::vector<std::string> names) const {
  Transaction* const within = tx.is_open() ? &tx : nullptr;
  if (within) {  // The ledger before the record: the lock order.
    TransactionAccess::guarded(tx, [&] { return TransactionAccess::lock(tx, std::string(id)); });
  }
  std::optional<MediaRecord> record = store_->find(id, within);
  if (!record) refuse_unknown(std::string(id));
  names = allowed_variants(*record, std::move(names), within);
  return make_variants(tx, std::move(*record), names);
}

MediaRecord MediaLibrary::Work::make_variants(Transaction& tx, MediaRecord record,
                                              std::span<const std::string> names) const {
  const auto presets = detail::missing_variants(core_, record.attachment, names);
  if (presets.empty()) return record;
  TransactionAccess::work(tx).require_writes();
  auto& work = TransactionAccess::work(tx);
  const auto published = work.make_variants(record.attachment, presets);
  return TransactionAccess::guarded(tx, [&] {
    const std::string& id = record.attachment.id;
    const auto old = work.lock_for_variants(record.attachment, detail::media_slot(id), published);
    if (const auto now = old.empty() ? std::nullopt : store_->find(id, &tx)) {
      work.remove_unlisted(now->attachment, old);
    }
    auto merged = store_->merge_variants(tx, id, published.variants);
    if (!merged) refuse_unknown(id);
    return std::move(*merged);
  });
}

MediaRecord MediaLibrary::Work::update(Transaction& tx, std::string_view id,
                                       const std::function<void(MediaRecord&)>& change) const {
  return TransactionAccess::guarded(tx, [&] {
    static_cast<void>(TransactionAccess::lock(tx, std::string(id)));  // The lock order.
    std::optional<MediaRecord> record = store_->find(id, &tx);
    if (!record) refuse_unknown(std::string(id));
    MediaRecord changed = *record;
    change(changed);
    record->attachment.name = changed.attachment.name;
    record->attachment.meta = changed.attachment.meta;
    record->custom_properties = changed.custom_properties;
    store_->save(tx, *record);
    return std::move(*record);
  });
}

bool MediaLibrary::Work::remove(Transaction& tx, std::string_view id) const {
  return TransactionAccess::guarded(tx, [&] {
    const std::string text(id);
    if (!TransactionAccess::lock(tx, text)) return false;
    const std::optional<MediaRecord> record = store_->find(id, &tx);
    if (!record) return false;
    remove_files(tx, *record);
    return true;
  });
}

void MediaLibrary::Work::remove_owners(Transaction& tx, std::string_view type,
                                       std::span<const RowKey> ids) const {
  const std::vector<MediaLink> links =
      TransactionAccess::guarded(tx, [&] { return locked_links(tx, type, ids); });
  for (const MediaLink& link : links) {
    if (rules_.of(link.place.collection).on_owner_removed != OwnerRemoval::restrict) continue;
    throw Error(Errc::invalid_state, "The owner still has media", {.attachment = link.media_id});
  }
  TransactionAccess::guarded(tx, [&] {
    for (const MediaLink& link : links) {
      const OwnerRemoval policy = rules_.of(link.place.collection).on_owner_removed;
      drop(tx, link.place, link.media_id,
           policy == OwnerRemoval::detach ? Unreferenced::keep : Unreferenced::remove);
    }
  });
}

/// The places of these owners that have records, each of which is locked, in the order of their
/// ids.
std::vector<MediaLink> MediaLibrary::Work::locked_links(Transaction& tx, std::string_view type,
                                                        std::span<const RowKey> ids) const {
  Ids records;
  std::set<std::string> owners;
  for (const RowKey& id : ids) {
    owners.insert(id.text());
    const auto there = store_->ids_to_lock({std::string(type), id.text()}, std::nullopt, tx);
    records.insert(there.begin(), there.end());
  }
  static_cast<void>(lock_live(tx, records));
  for (const std::string& owner : owners) {
    for (const MediaRecord& record :
         store_->list_by_owner({std::string(type), owner}, std::nullopt, &tx)) {
      records.insert(record.attachment.id);
    }
  }
  std::vector<MediaLink> links;
  for (const std::string& id : lock_live(tx, records)) {
    for (MediaLink& link : store_->links(id, &tx)) {
      const MediaOwner& owner = link.place.owner;
      if (owner.type == type && owners.contains(owner.id)) links.push_back(std::move(link));
    }
  }
  return links;
}

}  // namespace affix

#include "affix/media/media_store.hpp"

#include <mutex>

#include "affix/value/error.hpp"
#include "media/media_positions.hpp"

namespace affix {
namespace {

[[noreturn]] void refuse() {
  throw Error(Errc::unsupported, "This store of media records cannot do that");
}

}  // namespace

void MediaStore::prepare(Transaction&) {}

std::vector<std::string> MediaStore::ids_to_lock(const MediaOwner&, std::optional<std::string_view>,
                                                 Transaction&) {
  return {};
}

std::vector<MediaRecord> MediaStore::append(Transaction& tx, std::vector<MediaRecord> records) {
  detail::allot_positions(*this, tx, records);
  for (const MediaRecord& record : records) save(tx, record);
  return records;
}

std::optional<MediaRecord> MediaStore::merge_variants(
    Transaction& tx, std::string_view id, const std::map<std::string, Variant, std::less<>>& add) {
  // In a store without transactions no row is locked between reading and writing.
  static std::mutex mutex;
  std::unique_lock merging(mutex, std::defer_lock);
  if (!is_transactional()) merging.lock();
  std::optional<MediaRecord> record = find(id, &tx);
  if (!record) return std::nullopt;
  for (const auto& [name, variant] : add) {
    record->attachment.variants.insert_or_assign(name, variant);
  }
  save(tx, *record);
  return find(id, &tx);
}

bool MediaStore::link(Transaction&, const MediaLink&) { refuse(); }

bool MediaStore::unlink(Transaction&, std::string_view, const MediaPlace&) { refuse(); }

bool MediaStore::reposition(Transaction&, const MediaLink&) { refuse(); }

std::vector<MediaLink> MediaStore::links(std::string_view id, Transaction* tx) {
  const std::optional<MediaRecord> record = find(id, tx);
  if (!record) return {};
  return {{record->attachment.id, record->place, record->position}};
}

std::int64_t MediaStore::count(const MediaFilter&) { refuse(); }

std::vector<MediaGroupCount> MediaStore::aggregate(const MediaFilter&, MediaGroup) { refuse(); }

MediaPage MediaStore::list(const MediaFilter&, std::string_view, std::size_t) { refuse(); }

}  // namespace affix

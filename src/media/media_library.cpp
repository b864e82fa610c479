#include "affix/media/media_library.hpp"

#include "media/media_library_work.hpp"

namespace affix {
namespace {

/// Calls `visit` with each member of `alt.en`.
std::vector<std::string> members_of(std::string_view path) {
  std::vector<std::string> members;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    members.emplace_back(path.substr(start, dot - start));
    if (members.back().empty()) {
      throw Error(Errc::invalid_argument, "The path of a property has an empty member",
                  {.member = std::string(path)});
    }
    start = dot + 1;
  }
  return members;
}

}  // namespace

MediaRecord OwnerCollection::attach(Transaction& tx, Source source,
                                    const AttachOptions& options) const {
  return library_->work_->attach(tx, place_, std::move(source), options);
}

MediaRecord OwnerCollection::attach(Transaction& tx, PendingAttachment pending,
                                    const AttachOptions& options) const {
  return library_->work_->attach(tx, place_, std::move(pending), options);
}

std::size_t OwnerCollection::attach(Transaction& tx, std::span<const std::string> ids) const {
  return library_->work_->share(tx, place_, ids);
}

void OwnerCollection::set(Transaction& tx, std::span<const std::string> ids) const {
  library_->work_->set(tx, place_, ids);
}

std::size_t OwnerCollection::detach(Transaction& tx, std::span<const std::string> ids) const {
  return library_->work_->take_out(tx, place_, ids);
}

std::size_t OwnerCollection::clear(Transaction& tx) const {
  return library_->work_->clear(tx, place_);
}

void OwnerCollection::reorder(Transaction& tx, std::span<const std::string> ids) const {
  library_->work_->reorder(tx, place_, ids);
}

std::vector<MediaRecord> OwnerCollection::list() const {
  return library_->work_->store().list_by_owner(place_.owner, place_.collection, nullptr);
}

std::vector<MediaRecord> OwnerCollection::list(Transaction& tx) const {
  return library_->work_->store().list_by_owner(place_.owner, place_.collection, &tx);
}

std::optional<MediaRecord> OwnerCollection::first() const {
  auto records = list();
  if (records.empty()) return std::nullopt;
  return std::move(records.front());
}

OwnerCollection OwnerMedia::collection(std::string_view name) const {
  return {*library_, {owner_, std::string(name)}};
}

std::vector<MediaRecord> OwnerMedia::list() const {
  return library_->work_->store().list_by_owner(owner_, std::nullopt, nullptr);
}

MediaLibrary::MediaLibrary(MediaLibraryOptions options)
    : work_(std::make_unique<Work>(std::move(options))) {}

MediaLibrary::~MediaLibrary() = default;

OwnerMedia MediaLibrary::for_owner(std::string_view type, const RowKey& id) const {
  return {*this, {std::string(type), id.text()}};
}

std::optional<MediaRecord> MediaLibrary::find(std::string_view id) const {
  return work_->store().find(id, nullptr);
}

std::vector<MediaLink> MediaLibrary::places(std::string_view id) const {
  return work_->store().links(id, nullptr);
}

std::string MediaLibrary::url(const MediaRecord& record, std::string_view variant) const {
  return work_->files().url(record.attachment, variant);
}

MediaRecord MediaLibrary::ensure_variant(Transaction& tx, std::string_view id,
                                         std::string_view name) const {
  return work_->ensure_variants(tx, id, {std::string(name)});
}

MediaRecord MediaLibrary::ensure_variants(Transaction& tx, std::string_view id,
                                          std::vector<std::string> names) const {
  return work_->ensure_variants(tx, id, std::move(names));
}

MediaRecord MediaLibrary::update(Transaction& tx, std::string_view id,
                                 const std::function<void(MediaRecord&)>& change) const {
  return work_->update(tx, id, change);
}

bool MediaLibrary::remove(Transaction& tx, std::string_view id) const {
  return work_->remove(tx, id);
}

void MediaLibrary::remove_owners(Transaction& tx, std::string_view type,
                                 std::span<const RowKey> ids) const {
  work_->remove_owners(tx, type, ids);
}

nlohmann::json custom_property(const MediaRecord& record, std::string_view path) {
  const nlohmann::json* value = &record.custom_properties;
  for (const std::string& member : members_of(path)) {
    if (!value->is_object() || !value->contains(member)) return nullptr;
    value = &(*value)[member];
  }
  return *value;
}

void set_custom_property(MediaRecord& record, std::string_view path, nlohmann::json value) {
  nlohmann::json* object = &record.custom_properties;
  std::vector<std::string> members = members_of(path);
  const std::string last = members.back();
  members.pop_back();
  for (const std::string& member : members) {
    if (object->is_object() && !object->contains(member) && value.is_null()) return;
    object = &(*object)[member];
    if (object->is_null()) *object = nlohmann::json::object();
    if (!object->is_object()) {
      throw Error(Errc::invalid_argument, "A property on the way to another is no object",
                  {.member = std::string(path)});
    }
  }
  if (value.is_null()) {
    object->erase(last);
  } else {
    (*object)[last] = std::move(value);
  }
}

}  // namespace affix

#include "media/media_rules.hpp"

#include <algorithm>

#include "affix/storage/file_name.hpp"
#include "manager/manager_core.hpp"
#include "manager/upload_limits.hpp"
#include "media/media_checks.hpp"

namespace affix::detail {
namespace {

/// `photo.final.jpg` → `photo.final`
std::string without_extension(const std::string& file_name) {
  const std::size_t dot = file_name.rfind('.');
  return dot == std::string::npos || dot == 0 ? file_name : file_name.substr(0, dot);
}

void check(const MediaCollection& rules, const ManagerCore& core) {
  const Where where{.member = "collections." + rules.name};
  if (rules.name.empty()) throw Error(Errc::invalid_argument, "A collection has no name", where);
  if (rules.single && rules.keep_latest > 1) {
    throw Error(Errc::invalid_argument, "A collection cannot be single and keep more", where);
  }
  if (rules.max_size < 0) {
    throw Error(Errc::invalid_argument, "A collection has a negative size", where);
  }
  try {
    core.require_presets(rules.presets);
    if (!rules.disk.empty()) core.disk(rules.disk);
  } catch (const Error& error) {
    throw error.with(where);
  }
}

}  // namespace

MediaRules::MediaRules(std::vector<MediaCollection> collections, const ManagerCore& core)
    : collections_(std::move(collections)) {
  for (const MediaCollection& rules : collections_) {
    check(rules, core);
    if (std::ranges::count(collections_, rules.name, &MediaCollection::name) > 1) {
      throw Error(Errc::invalid_argument, "Two collections have the same name",
                  {.member = "collections." + rules.name});
    }
  }
}

const MediaCollection& MediaRules::of(std::string_view collection) const noexcept {
  const auto found = std::ranges::find(collections_, collection, &MediaCollection::name);
  return found != collections_.end() ? *found : permissive_;
}

bool MediaRules::knows(std::string_view collection) const noexcept {
  return &of(collection) != &permissive_;
}

bool MediaRules::needs_queue() const noexcept {
  return std::ranges::find(collections_, MediaCollection::Variants::queued,
                           &MediaCollection::variants) != collections_.end();
}

void require_allowed(const MediaCollection& rules, const Attachment& attachment) {
  require_allowed(rules.accepts, rules.max_size, attachment);
}

void require_sound(const MediaPlace& place, const AttachOptions& options) {
  if (place.owner.type.empty()) {
    throw Error(Errc::invalid_argument, "An owner needs a type", {.member = "ownerType"});
  }
  check_place(place);
  check_name(options.name);
  if (!options.custom_properties.is_object()) {
    throw Error(Errc::invalid_argument, "Custom properties must be an object",
                {.member = "customProperties"});
  }
}

void describe(Attachment& attachment, const AttachOptions& options) {
  if (!options.name.empty()) {
    attachment.name = options.name;
  } else if (attachment.name == attachment.file_name) {
    attachment.name = without_extension(attachment.file_name);
  }
}

CreateOptions create_options(const MediaCollection& rules, const AttachOptions& options,
                             const std::string& source_name) {
  CreateOptions create{.disk = options.disk.empty() ? rules.disk : options.disk,
                       .file_name = options.file_name,
                       .meta = options.meta,
                       .accepts = rules.accepts,
                       .max_size = rules.max_size,
                       .idempotency_key = options.idempotency_key};
  if (create.file_name.empty()) create.file_name = source_name;
  create.name =
      options.name.empty() ? without_extension(sanitize_file_name(create.file_name)) : options.name;
  if (rules.naming) create.file_name = rules.naming(create.file_name);
  if (rules.variants == MediaCollection::Variants::eager) create.variants = rules.presets;
  return create;
}

}  // namespace affix::detail

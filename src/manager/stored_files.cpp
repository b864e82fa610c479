#include "manager/stored_files.hpp"

#include "affix/value/error.hpp"
#include "affix/value/id.hpp"

namespace affix::detail {
namespace {

constexpr std::string_view variants_folder = "variants";

Where place_of(const Attachment& attachment, std::string_view path) {
  return {.disk = attachment.disk, .key = std::string(path), .attachment = attachment.id};
}

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view without_last_segment(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// The folder of the attachment that `path` lies in; empty if the path is not one of its own.
std::string_view own_folder(std::string_view id, std::string_view path) {
  if (!is_attachment_id(id) || id == variants_folder || !Key::is_valid(path)) return {};
  if (last_segment(path) == variants_folder) return {};
  std::string_view folder = without_last_segment(path);
  if (last_segment(folder) == variants_folder) folder = without_last_segment(folder);
  return last_segment(folder) == id ? folder : std::string_view();
}

Key checked_key(const Attachment& attachment, const std::string& path) {
  if (own_folder(attachment.id, path).empty() || Key::parse(path).is_reserved()) {
    throw Error(Errc::invalid_key, "The path is not one of the attachment's own",
                place_of(attachment, path));
  }
  return Key::parse(path);
}

}  // namespace

Key own_key(const Attachment& attachment, std::string_view variant) {
  if (variant.empty()) return checked_key(attachment, attachment.path);
  const auto found = attachment.variants.find(variant);
  if (found == attachment.variants.end()) {
    throw Error(Errc::unknown_variant, "The attachment has no such variant",
                {.attachment = attachment.id, .variant = std::string(variant)});
  }
  return checked_key(attachment, found->second.path);
}

StoredFiles files_of(const Attachment& attachment) {
  const Key key = checked_key(attachment, attachment.path);
  if (!is_uuid_v7(attachment.id)) {
    throw Error(Errc::invalid_key, "Only attachments that affix has stored can be removed",
                place_of(attachment, attachment.path));
  }
  return {attachment.id, attachment.disk, Key::parse(own_folder(attachment.id, attachment.path))};
}

std::optional<StoredFiles> files_at(const std::string& disk, const Key& key) {
  std::string_view folder = key.parent();
  if (last_segment(folder) == variants_folder) folder = without_last_segment(folder);
  const std::string id(last_segment(folder));
  if (!is_uuid_v7(id) || key.is_reserved() || own_folder(id, key.text()) != folder) return {};
  return StoredFiles{id, disk, Key::parse(folder)};
}

}  // namespace affix::detail

#include "manager/foreign_folders.hpp"

#include <algorithm>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

[[noreturn]] void refuse(std::string_view message, const ForeignFolder& folder) {
  throw Error(Errc::invalid_argument, message,
              {.disk = folder.disk, .key = folder.folder, .member = "foreign_folders"});
}

bool overlap(const Key& one, const Key& other) {
  return one == other || one.is_below(other) || other.is_below(one);
}

}  // namespace

ForeignFolders::ForeignFolders(const AttachmentManagerOptions& options) {
  const Key own = Key::parse(options.key_prefix);
  for (const ForeignFolder& folder : options.foreign_folders) {
    if (!options.disks.contains(folder.disk)) refuse("There is no disk of this name", folder);
    if (!Key::is_valid_foreign(folder.folder)) refuse("The folder is no key", folder);
    const Key key = Key::parse_foreign(folder.folder);
    if (overlap(key, own)) refuse("The folder may not hold affix's own files", folder);
    folders_.push_back({folder.disk, key});
  }
}

std::optional<Key> ForeignFolders::find(std::string_view disk, std::string_view path) const {
  if (folders_.empty() || !Key::is_valid_foreign(path)) return std::nullopt;
  Key key = Key::parse_foreign(path);
  const bool found = std::ranges::any_of(folders_, [&](const Folder& folder) {
    return folder.disk == disk && key.is_below(folder.key);
  });
  return found ? std::optional(std::move(key)) : std::nullopt;
}

}  // namespace affix::detail

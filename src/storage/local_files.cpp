#include "storage/local_files.hpp"

#include <fcntl.h>

#include <cerrno>

#include "storage/directory_reader.hpp"
#include "storage/file_io.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

/// What `flags` open at the key; nothing if that is absent or no regular file.
UniqueFd open_regular(const LocalTree& tree, const Key& key, int flags) {
  Opened file = tree.open(key.text(), flags);
  if (!file.fd && !means_absent(file.error)) {
    throw_system_error(file.error, "The file cannot be opened");
  }
  if (file.fd && !S_ISREG(status_of(file.fd.get()).st_mode)) return {};
  return std::move(file.fd);
}

void unlink_if_there(const LocalTree& tree, int directory, const std::string& name) {
  if (tree.calls().remove(directory, name, 0) == 0) return;
  if (errno == EISDIR || means_absent(errno)) return;
  throw_system_error(errno, "The file cannot be removed");
}

/// Removes what a directory contains. Only entries of directories that are held open are removed,
/// so that nothing that is exchanged meanwhile leads elsewhere.
void clear(const LocalTree& tree, DirectoryReader& directory) {
  for (const DirectoryEntry& entry : read_entries(directory)) {
    Opened child{};
    if (entry.kind == DirectoryEntry::Kind::directory) {
      child = open_beneath(directory.fd(), entry.name, O_RDONLY | O_DIRECTORY, Resolution::walk);
    }
    if (!child.fd && child.error != 0 && !means_absent(child.error)) {
      throw_system_error(child.error, "The directory cannot be opened");
    }
    if (!child.fd) {
      unlink_if_there(tree, directory.fd(), entry.name);
      continue;
    }
    DirectoryReader below(std::move(child.fd));
    clear(tree, below);
    const bool removed = tree.calls().remove(directory.fd(), entry.name, AT_REMOVEDIR) == 0;
    if (!removed) tree.sync_entries(below.fd());  // a put has filled it again
  }
}

}  // namespace

UniqueFd open_file(const LocalTree& tree, const Key& key) {
  return open_regular(tree, key, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

std::optional<FileInfo> stat_file(const LocalTree& tree, const Key& key) {
  const UniqueFd file = open_regular(tree, key, O_PATH);
  if (!file) return std::nullopt;
  const struct stat status = status_of(file.get());
  return FileInfo{key, status.st_size, modified_at(status)};
}

void remove_file(const LocalTree& tree, const Key& key) {
  const auto [parent, name] = split_path(key.text());
  Opened directory = tree.open_directory(parent);
  if (!directory.fd && means_absent(directory.error)) return tree.sync_absence(parent);
  if (!directory.fd) throw_system_error(directory.error, "The directory cannot be opened");
  unlink_if_there(tree, directory.fd.get(), name);
  if (!key.is_reserved()) {
    const OpenDirectory changed = tree.remove_empty(parent);
    if (changed.fd) return tree.sync(changed);
  }
  tree.sync({std::move(directory.fd), parent});
}

void remove_below(const LocalTree& tree, const Key& prefix) {
  Opened opened = tree.open_directory(prefix.text());
  if (!opened.fd && means_absent(opened.error)) return tree.sync_absence(prefix.text());
  if (!opened.fd) throw_system_error(opened.error, "The directory cannot be opened");
  DirectoryReader directory(std::move(opened.fd));
  clear(tree, directory);
  const OpenDirectory changed = tree.remove_empty(prefix.text());
  if (changed.fd) return tree.sync(changed);
  tree.sync_entries(directory.fd());  // a put has filled it again
}

}  // namespace affix::detail

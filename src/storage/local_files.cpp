#include "storage/local_files.hpp"

#include <fcntl.h>

#include <cerrno>

#include "storage/directory_reader.hpp"
#include "storage/file_io.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

TimePoint modified_at(const struct stat& status) {
  return std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(
          std::chrono::seconds(status.st_mtim.tv_sec) +
          std::chrono::nanoseconds(status.st_mtim.tv_nsec)));
}

/// What `flags` open at the key; nothing if that is absent or no regular file.
UniqueFd open_regular(const LocalTree& tree, const Key& key, int flags) {
  Opened file = tree.open(key.text(), flags);
  if (!file.fd && !means_absent(file.error)) {
    throw_system_error(file.error, "The file cannot be opened");
  }
  if (file.fd && !S_ISREG(status_of(file.fd.get()).st_mode)) return {};
  return std::move(file.fd);
}

void unlink_if_there(int directory, const std::string& name) {
  if (::unlinkat(directory, name.c_str(), 0) == 0) return;
  if (errno == EISDIR || means_absent(errno)) return;
  throw_system_error(errno, "The file cannot be removed");
}

/// Removes what a directory contains. Only entries of directories that are held open are removed,
/// so that nothing that is exchanged meanwhile leads elsewhere.
void clear(UniqueFd opened) {
  DirectoryReader directory(std::move(opened));
  for (const DirectoryEntry& entry : read_entries(directory)) {
    Opened child{};
    if (entry.kind == DirectoryEntry::Kind::directory) {
      child = open_beneath(directory.fd(), entry.name, O_RDONLY | O_DIRECTORY, Resolution::walk);
    }
    if (!child.fd && child.error != 0 && !means_absent(child.error)) {
      throw_system_error(child.error, "The directory cannot be opened");
    }
    if (!child.fd) {
      unlink_if_there(directory.fd(), entry.name);
      continue;
    }
    clear(std::move(child.fd));
    ::unlinkat(directory.fd(), entry.name.c_str(), AT_REMOVEDIR);  // a put may have filled it again
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
  const Opened directory = tree.open(parent, O_PATH | O_DIRECTORY);
  if (!directory.fd && means_absent(directory.error)) return;
  if (!directory.fd) throw_system_error(directory.error, "The directory cannot be opened");
  unlink_if_there(directory.fd.get(), name);
  if (!key.is_reserved()) tree.remove_empty(parent);
}

void remove_below(const LocalTree& tree, const Key& prefix) {
  Opened directory = tree.open_directory(prefix.text());
  if (!directory.fd && means_absent(directory.error)) return;
  if (!directory.fd) throw_system_error(directory.error, "The directory cannot be opened");
  clear(std::move(directory.fd));
  tree.remove_empty(prefix.text());
}

}  // namespace affix::detail

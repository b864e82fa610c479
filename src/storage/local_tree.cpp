#include "storage/local_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "affix/value/error.hpp"
#include "storage/file_io.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

/// How often directories are made again that others have removed in the meantime.
constexpr int max_attempts = 100;

constexpr unsigned read_bits = 0444;
constexpr unsigned owner_bits = 0700;

/// The permissions of directories that belong to those of files.
unsigned directory_mode(unsigned file_mode) {
  return file_mode | ((file_mode & read_bits) >> 2U) | owner_bits;
}

/// Waits until new directories on the way to `path` are on the disk.
void sync_file_system(const std::filesystem::path& path) {
  const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::syncfs(directory.get()) != 0) {
    throw_system_error(errno, "The root cannot be made durable");
  }
}

void make_root(const LocalDiskOptions& options) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(options.root, error);
  if (error) throw_system_error(error.value(), "The root of the disk cannot be made");
  if (!made) return;
  if (::chmod(options.root.c_str(), directory_mode(options.file_mode)) != 0) {
    throw_system_error(errno, "The root of the disk cannot be made");
  }
  if (options.durability == Durability::full) sync_file_system(options.root);
}

UniqueFd open_root(const LocalDiskOptions& options) {
  make_root(options);
  UniqueFd root(::open(options.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) throw_system_error(errno, "The root of the disk cannot be opened");
  return root;
}

}  // namespace

LocalTree::LocalTree(const LocalDiskOptions& options, Resolution resolution,
                     std::shared_ptr<SystemCalls> calls)
    : calls_(std::move(calls)),
      durability_(options.durability),
      directory_mode_(directory_mode(options.file_mode)),
      resolution_(resolution),
      root_(open_root(options)) {}

Opened LocalTree::open(const std::string& path, int flags, unsigned mode) const {
  return calls_->open(root_.get(), path, flags, resolution_, mode);
}

Opened LocalTree::open_directory(const std::string& path) const {
  return open(path, O_RDONLY | O_DIRECTORY);
}

UniqueFd LocalTree::make_directory(const std::string& path) const {
  Opened directory = open_directory(path);
  for (int attempt = 0; directory.error == ENOENT && attempt < max_attempts; ++attempt) {
    directory = try_make_directory(path);
  }
  if (!directory.fd) throw_system_error(directory.error, "The directory cannot be made or opened");
  return std::move(directory.fd);
}

Opened LocalTree::try_make_directory(const std::string& path) const {
  Opened directory = open_directory("");
  std::string_view rest = path;
  while (directory.fd && !rest.empty()) {
    const std::string segment(rest.substr(0, rest.find('/')));
    directory = make_segment(directory.fd.get(), segment);
    rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
  }
  return directory;
}

Opened LocalTree::make_segment(int parent, const std::string& segment) const {
  const bool made = calls_->make_directory(parent, segment, directory_mode_) == 0;
  if (!made && errno != EEXIST) return {UniqueFd(), errno};
  Opened directory = open_beneath(parent, segment, O_RDONLY | O_DIRECTORY, resolution_);
  if (!made || !directory.fd) return directory;
  if (calls_->set_mode(directory.fd.get(), directory_mode_) != 0) return {UniqueFd(), errno};
  return directory;
}

OpenDirectory LocalTree::remove_empty(std::string path) const {
  OpenDirectory changed;
  while (!path.empty()) {
    const auto [parent, name] = split_path(path);
    Opened directory = open_directory(parent);
    if (!directory.fd) break;
    if (calls_->remove(directory.fd.get(), name, AT_REMOVEDIR) != 0) break;
    changed = {std::move(directory.fd), parent};
    path = parent;
  }
  return changed;
}

void LocalTree::sync_entries(int directory) const {
  if (durability_ == Durability::kill_safe) return;
  if (calls_->sync_directory(directory) != 0) {
    throw_system_error(errno, "The directory cannot be synced");
  }
}

void LocalTree::sync(const OpenDirectory& directory) const {
  if (durability_ == Durability::kill_safe) return;
  sync_entries(directory.fd.get());
  sync_names(directory);
}

/// A directory is known only when those above it are.
void LocalTree::sync_names(const OpenDirectory& directory) const {
  if (directory.path.empty()) return;
  const std::string handle = KnownDirectories::handle_of(directory.fd.get());
  if (known_.contains(handle)) return;
  const std::string parent = split_path(directory.path).parent;
  Opened above = open_directory(parent);
  if (!above.fd && means_absent(above.error)) return;  // then it is gone as well
  if (!above.fd) throw_system_error(above.error, "The directory cannot be opened");
  sync({std::move(above.fd), parent});
  known_.add(handle);
}

void LocalTree::sync_absence(std::string path) const {
  if (durability_ == Durability::kill_safe) return;
  Opened above;
  do {
    path = split_path(path).parent;
    above = open_directory(path);
    if (!above.fd && !means_absent(above.error)) {
      throw_system_error(above.error, "The directory cannot be opened");
    }
  } while (!above.fd && !path.empty());
  if (above.fd) sync({std::move(above.fd), path});
}

bool means_absent(int error) noexcept {
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENXIO ||
         error == ENAMETOOLONG;
}

SplitPath split_path(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace affix::detail

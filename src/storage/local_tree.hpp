#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "affix/storage/local_disk.hpp"
#include "storage/local_known_directories.hpp"
#include "storage/local_system_calls.hpp"
#include "storage/open_beneath.hpp"
#include "storage/unique_fd.hpp"

namespace affix::detail {

/// A directory of a tree with its path.
struct OpenDirectory {
  UniqueFd fd{};
  std::string path{};
};

/// The directories below the root of a `LocalDisk`. Paths are texts of keys, the root is empty.
/// No operation leaves the root or follows a symbolic link. Safe from many threads.
class LocalTree {
 public:
  /// Makes the root if it is not there and opens it.
  LocalTree(const LocalDiskOptions& options, Resolution resolution,
            std::shared_ptr<SystemCalls> calls);

  /// As `open_beneath` from the root.
  Opened open(const std::string& path, int flags, unsigned mode = 0) const;
  /// A directory, for reading its entries and syncing it.
  Opened open_directory(const std::string& path) const;
  /// Opens a directory after making it and those above it, as far as they are not there.
  UniqueFd make_directory(const std::string& path) const;
  /// Removes the directory and those above it for as long as they are empty; never the root. The
  /// directory that the last of them was removed from, or nothing if none was.
  OpenDirectory remove_empty(std::string path) const;

  /// With full durability, waits until the entries of a directory are on the disk.
  void sync_entries(int directory) const;
  /// With full durability, waits until the entries of a directory are on the disk and it can be
  /// found there: somebody else may have made it, or one above it, and not waited.
  void sync(const OpenDirectory& directory) const;
  /// With full durability, waits until it is on the disk that there is no directory `path`.
  void sync_absence(std::string path) const;
  Durability durability() const noexcept { return durability_; }
  SystemCalls& calls() const noexcept { return *calls_; }

 private:
  Opened try_make_directory(const std::string& path) const;
  Opened make_segment(int parent, const std::string& segment) const;
  void sync_names(const OpenDirectory& directory) const;

  std::shared_ptr<SystemCalls> calls_;
  Durability durability_;
  unsigned directory_mode_;
  Resolution resolution_;
  UniqueFd root_;
  mutable KnownDirectories known_;
};

/// Whether an `errno` of an open says that there is no such file or directory for a disk: it does
/// not exist, it cannot (its name is too long), or a symbolic link or another kind of file stands
/// in its place.
bool means_absent(int error) noexcept;

struct SplitPath {
  std::string parent{};  ///< Empty: the root.
  std::string name{};
};
SplitPath split_path(const std::string& path);

}  // namespace affix::detail

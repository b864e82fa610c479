#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "affix/storage/disk.hpp"

namespace affix {

enum class Durability {
  full,       ///< A put or removal that returned survives a power failure.
  kill_safe,  ///< It survives the death of the process, and is much faster.
};

struct LocalDiskOptions {
  /// The directory; made (with its parents) if it is not there. Everything below it belongs to the
  /// disk.
  std::filesystem::path root{};
  /// What `url` puts before the key, e.g. `/files` or `https://cdn.example.org/files`. Empty: the
  /// disk has no public URLs.
  std::string base_url{};
  Durability durability = Durability::full;
  /// Permission bits of new files; directories get the x bits that belong to them. The process'
  /// umask is not applied.
  unsigned file_mode = 0644;
};

/// Files below a directory. A put writes an unnamed file and links it into place, so that no part
/// of a file ever has a name. The kernel keeps every access below the root (openat2), symbolic
/// links inside of it are not followed. Directories that became empty are removed when convenient.
/// Only regular files whose path is a key are seen. On this disk a key cannot be a file and the
/// parent of other files at once: a put that asks for it is `Errc::exists` or `Errc::storage`.
/// Where the file system has no unnamed files, files in the making are below `.affix/tmp`, under
/// names that are no keys; what a killed process left there is removed by `remove_stale_uploads`,
/// and when a disk is made on the directory a day later or more.
/// `Errc::storage` if the root cannot be made or opened, `Errc::invalid_argument` if it is empty.
std::shared_ptr<Disk> make_local_disk(const LocalDiskOptions& options);

}  // namespace affix

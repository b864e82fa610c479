#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

namespace affix::detail {

/// Directories whose names, up to the root, are known to be on the disk for good. They are told
/// apart by the file system's handles, which are never used again, so that one that was removed and
/// made again is another one. Forgets now and then. Safe from many threads.
class KnownDirectories {
 public:
  /// The handle of an open directory; empty where the file system has none.
  static std::string handle_of(int directory);

  bool contains(const std::string& handle) const;
  /// An empty handle is not kept.
  void add(const std::string& handle);

 private:
  mutable std::mutex mutex_;
  std::unordered_set<std::string> handles_;
};

}  // namespace affix::detail

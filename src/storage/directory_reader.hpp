#pragma once

#include <dirent.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/unique_fd.hpp"

namespace affix::detail {

struct DirectoryEntry {
  enum class Kind { file, directory, other };

  std::string name{};
  Kind kind = Kind::other;  ///< `other`: symbolic links, pipes, devices, sockets.
};

/// An open directory whose entries can be read once.
class DirectoryReader {
 public:
  /// `directory` must have been opened for reading.
  explicit DirectoryReader(UniqueFd directory);

  int fd() const noexcept { return ::dirfd(directory_.get()); }
  /// The next entry, in no order, without `.` and `..`; its name is empty at the end.
  DirectoryEntry next();

 private:
  struct Close {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
  };
  std::unique_ptr<DIR, Close> directory_;
};

/// All the entries that are left.
std::vector<DirectoryEntry> read_entries(DirectoryReader& directory);

}  // namespace affix::detail

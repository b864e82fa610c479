#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "storage/unique_fd.hpp"

namespace affix::detail {

/// The small file that was put last to be shared. As long as it has a name, the next key with the
/// same content can be one more name of it: nothing is written, and only a directory synced.
/// Safe from many threads.
class SharedFile {
 public:
  /// The file, if it has this content and a name; else nothing.
  UniqueFd find(std::string_view content) const;
  /// Keeps a published file, in place of the one before.
  void keep(std::string content, UniqueFd file);

 private:
  mutable std::mutex mutex_;
  std::string content_;
  UniqueFd file_;
};

}  // namespace affix::detail

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/storage/key.hpp"

namespace affix::detail {

/// The folders in which other systems have stored files that any attachment may name.
class ForeignFolders {
 public:
  /// Throws `Errc::invalid_argument` for a folder of a disk that is not there, one that is no key,
  /// and one that holds, or lies in, the folder of affix's own files.
  explicit ForeignFolders(const AttachmentManagerOptions& options);

  /// The key of a path below one of them; nothing for any other path.
  std::optional<Key> find(std::string_view disk, std::string_view path) const;

 private:
  struct Folder {
    std::string disk;
    Key key;
  };
  std::vector<Folder> folders_;
};

}  // namespace affix::detail

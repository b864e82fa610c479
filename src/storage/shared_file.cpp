#include "storage/shared_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

namespace affix::detail {

UniqueFd SharedFile::find(std::string_view content) const {
  const std::lock_guard lock(mutex_);
  struct stat status {};
  if (!file_ || content_ != content || ::fstat(file_.get(), &status) != 0) return {};
  if (status.st_nlink == 0) return {};  // Who has lost its last name gets no other.
  return UniqueFd(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
}

void SharedFile::keep(std::string content, UniqueFd file) {
  const std::lock_guard lock(mutex_);
  content_ = std::move(content);
  file_ = std::move(file);
}

}  // namespace affix::detail

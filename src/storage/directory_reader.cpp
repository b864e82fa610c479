#include "storage/directory_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>

#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

using Kind = DirectoryEntry::Kind;

/// For file systems that do not keep the kind in the directory.
Kind kind_by_status(int directory, const char* name) {
  struct stat status {};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return Kind::other;
  if (S_ISREG(status.st_mode)) return Kind::file;
  return S_ISDIR(status.st_mode) ? Kind::directory : Kind::other;
}

Kind kind_of(const dirent& entry, int directory) {
  switch (entry.d_type) {
    case DT_REG:
      return Kind::file;
    case DT_DIR:
      return Kind::directory;
    case DT_UNKNOWN:
      return kind_by_status(directory, entry.d_name);
    default:
      return Kind::other;
  }
}

}  // namespace

DirectoryReader::DirectoryReader(UniqueFd directory) : directory_(::fdopendir(directory.get())) {
  if (!directory_) throw_system_error(errno, "The directory cannot be read");
  directory.release();
}

DirectoryEntry DirectoryReader::next() {
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory_.get());
    if (!entry && errno != 0) throw_system_error(errno, "The directory cannot be read");
    if (!entry) return {};
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return {std::string(name), kind_of(*entry, fd())};
  }
}

std::vector<DirectoryEntry> read_entries(DirectoryReader& directory) {
  std::vector<DirectoryEntry> entries;
  for (auto entry = directory.next(); !entry.name.empty(); entry = directory.next()) {
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace affix::detail

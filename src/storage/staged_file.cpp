#include "storage/staged_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <random>

#include "affix/value/error.hpp"
#include "storage/directory_reader.hpp"
#include "storage/file_io.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

/// How often a directory is made again that others have removed in the meantime.
constexpr int max_attempts = 100;

constexpr char temporary_path[] = ".affix/tmp";
constexpr char temporary_mark = '~';  // not in the alphabet of keys
constexpr std::chrono::hours stale_age(24);

bool can_link_unnamed() {
  static const bool can = ::access("/proc/self/fd", X_OK) == 0;
  return can;
}

/// Whether an `errno` may say that a directory was removed before an unnamed file could be made in
/// it. For that ext4 has EPERM.
bool may_be_gone(int error) { return error == ENOENT || error == EPERM; }

/// Whether an `errno` says that a file system has no unnamed files.
bool lacks_unnamed(int error) {
  return error == EOPNOTSUPP || error == EISDIR || error == EINVAL || error == ENOSYS;
}

std::string random_name() {
  constexpr int numbers = 4;
  std::random_device device;
  std::string name;
  for (int i = 0; i < numbers; ++i) name += temporary_mark + std::to_string(device());
  return name;
}

int result_of(int call) { return call == 0 ? 0 : errno; }

}  // namespace

StagedFile::StagedFile(const LocalTree& tree, const std::string& directory, Staging staging)
    : tree_(tree), staging_(staging) {
  const bool unnamed = staging == Staging::unnamed && can_link_unnamed();
  if (unnamed && open_unnamed(directory)) return;
  if (staging == Staging::unnamed) staging_ = Staging::renamed;
  open_named();
}

StagedFile::~StagedFile() {
  if (temporary_name_.empty()) return;
  ::unlinkat(temporary_directory_.get(), temporary_name_.c_str(), 0);
}

bool StagedFile::open_unnamed(const std::string& directory) {
  constexpr int flags = O_TMPFILE | O_WRONLY;
  Opened file = tree_.open(directory, flags, 0600);
  if (may_be_gone(file.error)) {
    tree_.make_directory(directory);
    file = tree_.open(directory, flags, 0600);
  }
  // Somebody is removing the directory: the root stays, and publishing makes the directory again.
  if (may_be_gone(file.error)) file = tree_.open("", flags, 0600);
  if (!file.fd && !lacks_unnamed(file.error)) {
    throw_system_error(file.error, "The file cannot be created");
  }
  file_ = std::move(file.fd);
  return static_cast<bool>(file_);
}

void StagedFile::choose_name() {
  temporary_directory_ = tree_.make_directory(temporary_path);
  temporary_name_ = random_name();
}

void StagedFile::open_named() {
  choose_name();
  file_ = UniqueFd(::openat(temporary_directory_.get(), temporary_name_.c_str(),
                            O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file_) return;
  temporary_name_.clear();
  throw_system_error(errno, "The file cannot be created");
}

void StagedFile::publish(const std::string& path, unsigned mode, Overwrite overwrite) {
  if (::fchmod(fd(), mode) != 0) throw_system_error(errno, "The permissions cannot be set");
  if (tree_.durability() == Durability::full && ::fdatasync(fd()) != 0) {
    throw_system_error(errno, "The file cannot be synced");
  }
  if (overwrite == Overwrite::allowed) name_for_replacing();
  const auto [parent, name] = split_path(path);
  int error = ENOENT;
  for (int attempt = 0; error == ENOENT && attempt < max_attempts; ++attempt) {
    const UniqueFd directory = tree_.make_directory(parent);
    error = try_publish(directory.get(), name, overwrite);
    if (error == 0) return make_durable(directory.get(), name, overwrite);
  }
  if (error == EEXIST) throw Error(Errc::exists, "There is a file already");
  throw_system_error(error, "The file cannot be put in its place");
}

/// A new file whose name may not survive is taken back, so that an error leaves none.
void StagedFile::make_durable(int directory, const std::string& name, Overwrite overwrite) const {
  try {
    tree_.sync_directory(directory);
  } catch (...) {
    if (overwrite == Overwrite::never) ::unlinkat(directory, name.c_str(), 0);
    throw;
  }
}

/// Only a file with a name can replace another one.
void StagedFile::name_for_replacing() {
  if (!temporary_name_.empty()) return;
  choose_name();
  const int error = link_unnamed(temporary_directory_.get(), temporary_name_);
  if (error == 0) return;
  temporary_name_.clear();
  throw_system_error(error, "The file cannot be put in its place");
}

int StagedFile::try_publish(int directory, const std::string& name, Overwrite overwrite) {
  if (overwrite == Overwrite::allowed) {
    const int error = result_of(
        ::renameat(temporary_directory_.get(), temporary_name_.c_str(), directory, name.c_str()));
    if (error == 0) temporary_name_.clear();
    return error;
  }
  if (staging_ == Staging::unnamed) return link_unnamed(directory, name);
  return staging_ == Staging::renamed ? move_into_place(directory, name)
                                      : link_into_place(directory, name);
}

int StagedFile::link_unnamed(int directory, const std::string& name) const {
  const std::string path = "/proc/self/fd/" + std::to_string(fd());
  return result_of(::linkat(AT_FDCWD, path.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW));
}

int StagedFile::move_into_place(int directory, const std::string& name) {
  const int error = result_of(::renameat2(temporary_directory_.get(), temporary_name_.c_str(),
                                          directory, name.c_str(), RENAME_NOREPLACE));
  if (error == 0) temporary_name_.clear();
  if (error != EINVAL && error != ENOSYS) return error;
  return link_into_place(directory, name);
}

/// The temporary name is removed with this object.
int StagedFile::link_into_place(int directory, const std::string& name) {
  return result_of(
      ::linkat(temporary_directory_.get(), temporary_name_.c_str(), directory, name.c_str(), 0));
}

void remove_stale_files(const LocalTree& tree) {
  Opened opened = tree.open_directory(temporary_path);
  if (!opened.fd) return;
  const auto oldest =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - stale_age);
  DirectoryReader directory(std::move(opened.fd));
  for (const DirectoryEntry& entry : read_entries(directory)) {
    struct stat status {};
    if (!entry.name.starts_with(temporary_mark)) continue;
    if (::fstatat(directory.fd(), entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (status.st_mtime < oldest) ::unlinkat(directory.fd(), entry.name.c_str(), 0);
  }
}

}  // namespace affix::detail

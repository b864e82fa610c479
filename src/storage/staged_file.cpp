#include "storage/staged_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
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

/// Says to other processes that the file is being written, for as long as it is open. Where a file
/// system has no locks, the time of the last write has to say it.
void mark_as_living(int file) { ::flock(file, LOCK_EX | LOCK_NB); }

/// Whether nobody has written the file since `older_than`, and no process is about to.
bool is_stale(int directory, const std::string& name, TimePoint older_than) {
  const Opened file =
      open_beneath(directory, name, O_WRONLY | O_NONBLOCK | O_NOCTTY, Resolution::walk);
  if (!file.fd) return false;
  const struct stat status = status_of(file.fd.get());
  if (!S_ISREG(status.st_mode) || modified_at(status) >= older_than) return false;
  return ::flock(file.fd.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

}  // namespace

StagedFile::StagedFile(const LocalTree& tree, const std::string& directory, Staging staging)
    : tree_(tree), staging_(staging) {
  const bool unnamed = staging == Staging::unnamed && can_link_unnamed();
  if (unnamed && open_unnamed(directory)) return;
  if (staging == Staging::unnamed) staging_ = Staging::renamed;
  open_named();
}

StagedFile::StagedFile(const LocalTree& tree, UniqueFd published)
    : tree_(tree), staging_(Staging::unnamed), file_(std::move(published)) {}

StagedFile::~StagedFile() {
  if (temporary_name_.empty()) return;
  tree_.calls().remove(temporary_directory_.get(), temporary_name_, 0);
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
  Opened file = tree_.calls().open(temporary_directory_.get(), temporary_name_,
                                   O_CREAT | O_EXCL | O_WRONLY, Resolution::walk, 0600);
  if (!file.fd) {
    temporary_name_.clear();
    throw_system_error(file.error, "The file cannot be created");
  }
  file_ = std::move(file.fd);
  mark_as_living(file_.get());
}

void StagedFile::publish(const std::string& path, unsigned mode, Overwrite overwrite) {
  finish(mode);
  if (overwrite == Overwrite::allowed) name_for_replacing();
  const int error = place(path, overwrite);
  if (error == 0) return;
  if (error == EEXIST) throw Error(Errc::exists, "There is a file already");
  throw_system_error(error, "The file cannot be put in its place");
}

int StagedFile::publish_again(const std::string& path) {
  return can_link_unnamed() ? place(path, Overwrite::never) : EOPNOTSUPP;
}

/// Of the bytes and the permissions nothing is missing after it.
void StagedFile::finish(unsigned mode) {
  if (tree_.calls().set_mode(fd(), mode) != 0) {
    throw_system_error(errno, "The permissions cannot be set");
  }
  if (tree_.durability() == Durability::full && tree_.calls().sync_data(fd()) != 0) {
    throw_system_error(errno, "The file cannot be synced");
  }
}

/// Gives the file its name. Returns 0, or the `errno` of what keeps it from having that one.
int StagedFile::place(const std::string& path, Overwrite overwrite) {
  const auto [parent, name] = split_path(path);
  int error = ENOENT;
  for (int attempt = 0; error == ENOENT && attempt < max_attempts; ++attempt) {
    const OpenDirectory directory{tree_.make_directory(parent), parent};
    error = try_publish(directory.fd.get(), name, overwrite);
    if (error == 0) make_durable(directory, name, overwrite);
    if (error == EEXIST) tree_.sync(directory);  // so that what is there stays, too
  }
  return error;
}

/// A new file whose name may not survive is taken back, so that an error leaves none.
void StagedFile::make_durable(const OpenDirectory& directory, const std::string& name,
                              Overwrite overwrite) const {
  try {
    tree_.sync(directory);
  } catch (...) {
    if (overwrite == Overwrite::never) tree_.calls().remove(directory.fd.get(), name, 0);
    throw;
  }
}

/// Only a file with a name can replace another one.
void StagedFile::name_for_replacing() {
  if (!temporary_name_.empty()) return;
  choose_name();
  mark_as_living(fd());
  const int error = link_unnamed(temporary_directory_.get(), temporary_name_);
  if (error == 0) return;
  temporary_name_.clear();
  throw_system_error(error, "The file cannot be put in its place");
}

int StagedFile::try_publish(int directory, const std::string& name, Overwrite overwrite) {
  if (overwrite == Overwrite::allowed) {
    const int error = result_of(
        tree_.calls().rename(temporary_directory_.get(), temporary_name_, directory, name, 0));
    if (error == 0) temporary_name_.clear();
    return error;
  }
  if (staging_ == Staging::unnamed) return link_unnamed(directory, name);
  return staging_ == Staging::renamed ? move_into_place(directory, name)
                                      : link_into_place(directory, name);
}

int StagedFile::link_unnamed(int directory, const std::string& name) const {
  return result_of(tree_.calls().link_unnamed(fd(), directory, name));
}

int StagedFile::move_into_place(int directory, const std::string& name) {
  const int error = result_of(tree_.calls().rename(temporary_directory_.get(), temporary_name_,
                                                   directory, name, RENAME_NOREPLACE));
  if (error == 0) temporary_name_.clear();
  if (error != EINVAL && error != ENOSYS) return error;
  return link_into_place(directory, name);
}

/// The temporary name is removed with this object.
int StagedFile::link_into_place(int directory, const std::string& name) {
  return result_of(
      tree_.calls().link(temporary_directory_.get(), temporary_name_, directory, name));
}

std::size_t remove_stale_files(const LocalTree& tree, TimePoint older_than) {
  Opened opened = tree.open_directory(temporary_path);
  if (!opened.fd && means_absent(opened.error)) return 0;
  if (!opened.fd) throw_system_error(opened.error, "The directory cannot be opened");
  DirectoryReader directory(std::move(opened.fd));
  std::size_t removed = 0;
  for (const DirectoryEntry& entry : read_entries(directory)) {
    if (!entry.name.starts_with(temporary_mark)) continue;
    if (!is_stale(directory.fd(), entry.name, older_than)) continue;
    if (tree.calls().remove(directory.fd(), entry.name, 0) == 0) ++removed;
  }
  return removed;
}

}  // namespace affix::detail

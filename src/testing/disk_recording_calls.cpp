#include "testing/disk_recording_calls.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <stdexcept>

#include "storage/file_io.hpp"

namespace affix::testing {
namespace {

/// `fstat` or `stat` of something that was there a moment ago.
ino_t number_of(int directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) != 0) {
    throw std::runtime_error("A file vanished while it was recorded");
  }
  return status.st_ino;
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes of an open file that were just read by somebody else.
std::string read_again(int file, off_t from, std::size_t count) {
  std::string text(count, '\0');
  if (::pread(file, text.data(), count, from) != static_cast<ssize_t>(count)) {
    throw std::runtime_error("A file changed while it was recorded");
  }
  return text;
}

}  // namespace

RecordingCalls::RecordingCalls(const std::filesystem::path& root)
    : nodes_{{number_of(AT_FDCWD, root.string()), ChangeLog::root}} {}

std::size_t RecordingCalls::steps() const {
  const std::lock_guard lock(mutex_);
  return log_.steps();
}

ChangeLog::Tree RecordingCalls::remains(std::size_t steps, PowerLossChoices& choices) const {
  const std::lock_guard lock(mutex_);
  return log_.remains(steps, choices);
}

RecordingCalls::Node RecordingCalls::node_of(int fd) const { return node_of(fd, ""); }

RecordingCalls::Node RecordingCalls::node_of(int directory, const std::string& name) const {
  return nodes_.at(number_of(directory, name));
}

detail::Opened RecordingCalls::open(int directory, const std::string& path, int flags,
                                    detail::Resolution resolution, unsigned mode) {
  const bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;
  const bool named = (flags & O_CREAT) != 0;
  const std::lock_guard lock(mutex_);
  detail::Opened opened = SystemCalls::open(directory, path, flags, resolution, mode);
  if (!opened.fd || (!unnamed && !named)) return opened;
  const Node node = log_.add_file();
  nodes_[number_of(opened.fd.get(), "")] = node;
  if (named) log_.give_name(node_of(directory), path, node);
  return opened;
}

ssize_t RecordingCalls::write(int file, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  const ssize_t count = SystemCalls::write(file, bytes);
  if (count > 0) {
    log_.write(node_of(file), text_of(bytes.first(static_cast<std::size_t>(count))));
  }
  return count;
}

ssize_t RecordingCalls::copy(int from, int to, std::size_t count) {
  const std::lock_guard lock(mutex_);
  const off_t start = ::lseek(from, 0, SEEK_CUR);
  const ssize_t done = SystemCalls::copy(from, to, count);
  if (done > 0) {
    log_.write(node_of(to), read_again(from, start, static_cast<std::size_t>(done)));
  }
  return done;
}

int RecordingCalls::make_directory(int parent, const std::string& name, unsigned mode) {
  const std::lock_guard lock(mutex_);
  const int result = SystemCalls::make_directory(parent, name, mode);
  if (result != 0) return result;
  const Node node = log_.add_directory();
  nodes_[number_of(parent, name)] = node;
  log_.give_name(node_of(parent), name, node);
  return result;
}

int RecordingCalls::link_unnamed(int file, int directory, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const int result = SystemCalls::link_unnamed(file, directory, name);
  if (result == 0) log_.give_name(node_of(directory), name, node_of(file));
  return result;
}

int RecordingCalls::link(int from_directory, const std::string& from, int directory,
                         const std::string& name) {
  const std::lock_guard lock(mutex_);
  const int result = SystemCalls::link(from_directory, from, directory, name);
  if (result == 0) log_.give_name(node_of(directory), name, node_of(directory, name));
  return result;
}

int RecordingCalls::rename(int from_directory, const std::string& from, int directory,
                           const std::string& name, unsigned flags) {
  const std::lock_guard lock(mutex_);
  const int result = SystemCalls::rename(from_directory, from, directory, name, flags);
  if (result != 0) return result;
  log_.rename(node_of(from_directory), from, node_of(directory), name, node_of(directory, name));
  return result;
}

int RecordingCalls::remove(int directory, const std::string& name, int flags) {
  const std::lock_guard lock(mutex_);
  const int result = SystemCalls::remove(directory, name, flags);
  if (result == 0) log_.take_name(node_of(directory), name);
  return result;
}

int RecordingCalls::sync_data(int file) {
  const std::lock_guard lock(mutex_);
  log_.sync(node_of(file));
  return 0;
}

int RecordingCalls::sync_directory(int directory) {
  const std::lock_guard lock(mutex_);
  log_.sync(node_of(directory));
  return 0;
}

}  // namespace affix::testing

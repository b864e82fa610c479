#include "storage/local_system_calls.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "storage/file_io.hpp"

namespace affix::detail {

Opened SystemCalls::open(int directory, const std::string& path, int flags, Resolution resolution,
                         unsigned mode) {
  return open_beneath(directory, path, flags, resolution, mode);
}

ssize_t SystemCalls::write(int file, std::span<const std::byte> bytes) {
  return ::write(file, bytes.data(), bytes.size());
}

ssize_t SystemCalls::copy(int from, int to, std::size_t count) {
  return ::copy_file_range(from, nullptr, to, nullptr, count, 0);
}

int SystemCalls::set_mode(int file, unsigned mode) { return ::fchmod(file, mode); }

int SystemCalls::make_directory(int parent, const std::string& name, unsigned mode) {
  return ::mkdirat(parent, name.c_str(), mode);
}

int SystemCalls::link_unnamed(int file, int directory, const std::string& name) {
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  return ::linkat(AT_FDCWD, path.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW);
}

int SystemCalls::link(int from_directory, const std::string& from, int directory,
                      const std::string& name) {
  return ::linkat(from_directory, from.c_str(), directory, name.c_str(), 0);
}

int SystemCalls::rename(int from_directory, const std::string& from, int directory,
                        const std::string& name, unsigned flags) {
  return ::renameat2(from_directory, from.c_str(), directory, name.c_str(), flags);
}

int SystemCalls::remove(int directory, const std::string& name, int flags) {
  return ::unlinkat(directory, name.c_str(), flags);
}

int SystemCalls::sync_data(int file) { return ::fdatasync(file); }

int SystemCalls::sync_directory(int directory) { return ::fsync(directory); }

void write_all(SystemCalls& calls, int file, Reader& content) {
  std::vector<std::byte> buffer(copy_buffer_size);
  while (const std::size_t count = content.read(buffer)) {
    write_all_with([&](std::span<const std::byte> rest) { return calls.write(file, rest); },
                   std::span(buffer).first(count));
  }
}

}  // namespace affix::detail

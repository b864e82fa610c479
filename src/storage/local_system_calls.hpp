#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>

#include "affix/storage/reader.hpp"
#include "storage/open_beneath.hpp"
#include "storage/unique_fd.hpp"

namespace affix::detail {

/// The system calls with which a `LocalDisk` changes a file system and makes its changes durable:
/// there is no other way. Each returns what the call returns and leaves its `errno`. Tests override
/// them, to see the changes or to stop them. Safe from many threads.
class SystemCalls {
 public:
  SystemCalls() = default;
  SystemCalls(const SystemCalls&) = delete;
  SystemCalls& operator=(const SystemCalls&) = delete;
  virtual ~SystemCalls() = default;

  /// `open_beneath`; with O_TMPFILE or O_CREAT in `flags` that makes a file.
  virtual Opened open(int directory, const std::string& path, int flags, Resolution resolution,
                      unsigned mode);
  virtual ssize_t write(int file, std::span<const std::byte> bytes);
  /// `copy_file_range` from and to where the two files are.
  virtual ssize_t copy(int from, int to, std::size_t count);
  virtual int set_mode(int file, unsigned mode);
  virtual int make_directory(int parent, const std::string& name, unsigned mode);
  /// Gives a file without a name one.
  virtual int link_unnamed(int file, int directory, const std::string& name);
  virtual int link(int from_directory, const std::string& from, int directory,
                   const std::string& name);
  virtual int rename(int from_directory, const std::string& from, int directory,
                     const std::string& name, unsigned flags);
  /// With AT_REMOVEDIR a directory.
  virtual int remove(int directory, const std::string& name, int flags);
  /// `fdatasync`
  virtual int sync_data(int file);
  /// `fsync`
  virtual int sync_directory(int directory);
};

/// Writes everything that is left in `content`.
void write_all(SystemCalls& calls, int file, Reader& content);

}  // namespace affix::detail

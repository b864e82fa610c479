#pragma once

#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "affix/storage/disk.hpp"
#include "affix/storage/reader.hpp"
#include "storage/system_error.hpp"
#include "storage/unique_fd.hpp"

namespace affix::detail {

/// Bytes that are copied at once.
inline constexpr std::size_t copy_buffer_size = 256 * 1024;

/// Calls `call` again for as long as a signal interrupts it.
template <typename Call>
auto retry_interrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Writes all of the bytes with a function that is called as `::write` is, without the descriptor.
template <typename Write>
void write_all_with(const Write& write, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = retry_interrupted([&] { return write(bytes); });
    if (count < 0) throw_system_error(errno, "The file cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void write_all(int fd, std::span<const std::byte> bytes);

/// `fstat`, or an error.
struct stat status_of(int fd);
/// When the file was written last.
TimePoint modified_at(const struct stat& status);

/// A reader over the bytes of `extent` in an open file. A file that ends before them is
/// `Errc::storage`.
std::unique_ptr<Reader> make_file_reader(UniqueFd file, Extent extent);

}  // namespace affix::detail

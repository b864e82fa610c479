#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "affix/storage/disk.hpp"
#include "affix/storage/reader.hpp"
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

void write_all(int fd, std::span<const std::byte> bytes);
/// Everything that is left in `content`.
void write_all(int fd, Reader& content);

/// `fstat`, or an error.
struct stat status_of(int fd);

/// A reader over the bytes of `extent` in an open file. A file that ends before them is
/// `Errc::storage`.
std::unique_ptr<Reader> make_file_reader(UniqueFd file, Extent extent);

}  // namespace affix::detail

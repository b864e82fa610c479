#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "affix/storage/reader.hpp"

namespace affix::detail {

/// Bytes up to here stay in memory; more of them go to an unnamed temporary file.
inline constexpr std::int64_t spool_memory_limit = 8 * 1024 * 1024;

/// All the bytes of a reader, kept so that they can be looked at more than once. Movable; the
/// bytes stay where they are when it is moved. May be read from many threads at once.
class Spool {
 public:
  /// Reads to the end. `Errc::too_large` as soon as more than `max_size` bytes are announced or
  /// have come, `Errc::no_space` when the temporary directory is full. `progress` is told the
  /// bytes so far after each piece; it may be empty.
  static Spool read(Reader& reader, std::int64_t max_size,
                    const std::function<void(std::int64_t bytes)>& progress = {},
                    std::int64_t memory_limit = spool_memory_limit);

  /// The bytes, in memory or mapped from the file. Valid as long as the spool.
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(bytes_.size()); }

 private:
  struct Unmap {
    std::size_t size;
    void operator()(const std::byte* address) const noexcept;
  };
  using Mapping = std::unique_ptr<const std::byte, Unmap>;

  explicit Spool(std::vector<std::byte> memory);
  explicit Spool(Mapping mapping);
  static Mapping map(int fd, std::size_t size);

  std::vector<std::byte> memory_;
  Mapping mapping_;
  std::span<const std::byte> bytes_;
};

}  // namespace affix::detail

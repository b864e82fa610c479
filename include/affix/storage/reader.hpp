#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace affix {

/// A stream of bytes, read once from front to back. Belongs to one thread at a time.
class Reader {
 public:
  virtual ~Reader() = default;

  /// Fills the front of `buffer` and returns how many bytes; 0 only at the end (or for an empty
  /// buffer). Throws `Error`; after that the reader is of no more use.
  virtual std::size_t read(std::span<std::byte> buffer) = 0;

  /// The bytes this reader will give in all, if that is known before reading.
  virtual std::optional<std::int64_t> size() const { return std::nullopt; }
};

/// A reader over bytes that it owns.
std::unique_ptr<Reader> make_memory_reader(std::string bytes);
/// A reader over bytes that must stay where they are while it is in use.
std::unique_ptr<Reader> make_view_reader(std::span<const std::byte> bytes);

/// Everything that is left, in memory. Throws `Errc::too_large` when there is more than `max_size`.
std::string read_all(Reader& reader, std::int64_t max_size = 64 * 1024 * 1024);

/// The bytes of a text, for functions that take bytes.
inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace affix

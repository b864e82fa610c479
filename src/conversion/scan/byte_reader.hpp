#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace affix::detail {

using Bytes = std::span<const std::byte>;

enum class ByteOrder { big_endian, little_endian };

/// Throws what every scan throws for bytes that are no such picture: `Errc::invalid_content`.
[[noreturn]] void refuse_broken();

std::string_view as_text(Bytes bytes);

/// Reads bytes from the front to the end. What is not there, by whatever number is claimed for it,
/// throws `Errc::invalid_content`; nothing is copied.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes, ByteOrder order = ByteOrder::big_endian)
      : rest_(bytes), order_(order) {}

  std::size_t left() const { return rest_.size(); }
  /// What has not been read yet.
  Bytes rest() const { return rest_; }

  Bytes take(std::uint64_t count);
  void skip(std::uint64_t count) { take(count); }
  ByteReader part(std::uint64_t count) { return ByteReader(take(count), order_); }

  /// A number of `width` bytes, 1 to 8.
  std::uint64_t number(std::size_t width);
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::string_view text(std::size_t count) { return as_text(take(count)); }

 private:
  Bytes rest_;
  ByteOrder order_;
};

}  // namespace affix::detail

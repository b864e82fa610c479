#include "conversion/vips/png_scan.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view signature("\x89PNG\r\n\x1a\n", 8);
constexpr std::size_t chunk_overhead = 12;  // Length, type and check sum.
constexpr std::size_t header_length = 13;
constexpr int max_kept_chunks = 64;
constexpr std::size_t max_compressed = 64 * 1024;

[[noreturn]] void refuse_broken() {
  throw Error(Errc::invalid_content, "The PNG picture is broken");
}

std::uint32_t read_number(Bytes bytes) {
  std::uint32_t number = 0;
  for (const std::byte byte : bytes.first(4)) {
    number = number << 8 | std::to_integer<std::uint32_t>(byte);
  }
  return number;
}

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Chunk {
  std::string_view type{};
  Bytes data{};
};

/// The chunk at the front of `rest`, which must be there completely.
Chunk read_chunk(Bytes rest) {
  if (rest.size() < chunk_overhead) refuse_broken();
  const std::size_t length = read_number(rest);
  if (length > rest.size() - chunk_overhead) refuse_broken();
  return {as_text(rest.subspan(4, 4)), rest.subspan(8, length)};
}

bool is_depth_allowed(std::uint8_t color_type, std::uint8_t depth) {
  const auto is_one_of = [depth](std::string_view depths) {
    return depths.find(static_cast<char>(depth)) != std::string_view::npos;
  };
  switch (color_type) {
    case 0:
      return is_one_of("\x01\x02\x04\x08\x10");
    case 3:
      return is_one_of("\x01\x02\x04\x08");
    case 2:
    case 4:
    case 6:
      return is_one_of("\x08\x10");
    default:
      return false;
  }
}

Size read_header(const Chunk& chunk) {
  if (chunk.type != "IHDR" || chunk.data.size() != header_length) refuse_broken();
  const auto byte = [&](std::size_t at) { return std::to_integer<std::uint8_t>(chunk.data[at]); };
  const std::uint32_t width = read_number(chunk.data);
  const std::uint32_t height = read_number(chunk.data.subspan(4));
  constexpr std::uint32_t most = std::numeric_limits<std::int32_t>::max();
  const bool size_is_sane = width > 0 && width <= most && height > 0 && height <= most;
  const bool method_is_sane = byte(10) == 0 && byte(11) == 0 && byte(12) <= 1;
  if (!size_is_sane || !method_is_sane || !is_depth_allowed(byte(9), byte(8))) refuse_broken();
  return {static_cast<int>(width), static_cast<int>(height)};
}

/// Chunks that hold picture data, also of further frames: there may be any number of them.
bool is_picture_data(std::string_view type) {
  constexpr auto types = std::to_array<std::string_view>({"IDAT", "fdAT", "fcTL"});
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool may_be_compressed(std::string_view type) {
  constexpr auto types = std::to_array<std::string_view>({"zTXt", "iTXt", "iCCP"});
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// An iTXt chunk starts with its key word, a zero and the flag whether the text is compressed.
bool is_plain_text(const Chunk& chunk) {
  const std::string_view text = as_text(chunk.data);
  const std::size_t end = text.find('\0');
  return chunk.type == "iTXt" && end != std::string_view::npos && end + 1 < text.size() &&
         text[end + 1] == '\0';
}

class Budget {
 public:
  void spend(const Chunk& chunk) {
    if (is_picture_data(chunk.type)) return;
    if (++kept_chunks_ > max_kept_chunks) {
      throw Error(Errc::too_large, "The PNG picture has too many chunks besides its pixels");
    }
    if (may_be_compressed(chunk.type) && !is_plain_text(chunk)) compressed_ += chunk.data.size();
    if (compressed_ > max_compressed) {
      throw Error(Errc::too_large, "The PNG picture has too much compressed text or profile");
    }
  }

 private:
  int kept_chunks_ = 0;
  std::size_t compressed_ = 0;
};

/// Looks at everything behind the header, to the end chunk. What follows that is no part of it.
void scan_body(Bytes rest) {
  Budget budget;
  bool has_pixels = false;
  for (;;) {
    const Chunk chunk = read_chunk(rest);
    if (chunk.type == "IEND") break;
    has_pixels = has_pixels || chunk.type == "IDAT";
    budget.spend(chunk);
    rest = rest.subspan(chunk_overhead + chunk.data.size());
  }
  if (!has_pixels) refuse_broken();
}

}  // namespace

Size scan_png(std::span<const std::byte> bytes) {
  if (!as_text(bytes).starts_with(signature)) refuse_broken();
  const Bytes chunks = bytes.subspan(signature.size());
  const Chunk header = read_chunk(chunks);
  const Size size = read_header(header);
  scan_body(chunks.subspan(chunk_overhead + header.data.size()));
  return size;
}

}  // namespace affix::detail

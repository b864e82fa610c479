#include "conversion/vips/webp_strip.hpp"

#include <cstdint>

namespace affix::detail {
namespace {

constexpr std::size_t file_header = 12;   // RIFF, size, WEBP.
constexpr std::size_t chunk_header = 8;   // Type and size.
constexpr std::size_t size_position = 4;  // In both.
constexpr unsigned char exif_flag = 0x08;

std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t index = 4; index-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[index]);
  }
  return number;
}

std::string little_endian(std::size_t number) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

/// The chunk at the front, with the byte that makes its length even.
std::string_view first_chunk(std::string_view rest) {
  const std::size_t length = read_number(rest.substr(size_position));
  return rest.substr(0, chunk_header + length + length % 2);
}

void clear_exif_flag(std::string& webp) {
  constexpr std::size_t flags_position = file_header + chunk_header;
  if (webp.size() <= flags_position || webp.compare(file_header, 4, "VP8X") != 0) return;
  const auto flags = static_cast<unsigned char>(webp[flags_position]);
  webp[flags_position] = static_cast<char>(flags & ~exif_flag);
}

}  // namespace

std::string without_exif(std::string_view webp) {
  if (webp.size() < file_header + chunk_header) return std::string(webp);
  std::string result(webp.substr(0, file_header));
  std::string_view rest = webp.substr(file_header);
  while (rest.size() >= chunk_header) {
    const std::string_view chunk = first_chunk(rest);
    if (!chunk.starts_with("EXIF")) result += chunk;
    rest.remove_prefix(chunk.size());
  }
  clear_exif_flag(result);
  return result.replace(size_position, 4, little_endian(result.size() - chunk_header));
}

}  // namespace affix::detail

#include "conversion/scan/exif_orientation.hpp"

#include "affix/value/error.hpp"
#include "conversion/scan/tiff_directory.hpp"

namespace affix::detail {
namespace {

using namespace std::string_view_literals;

constexpr int upright = 1;
constexpr int last_orientation = 8;
constexpr std::uint16_t orientation_tag = 0x0112;
constexpr std::uint16_t short_number = 3;
constexpr std::uint16_t long_number = 4;  // Against the rules; other readers take it.

int read_orientation(Bytes bytes) {
  const TiffBlock block(bytes);
  ByteReader reader = block.at(block.first_directory());
  const std::uint64_t entries = reader.number(block.form().entry_count_width);
  for (std::uint64_t index = 0; index < entries; ++index) {
    const TiffEntry entry = read_tiff_entry(reader, block.form());
    const bool is_number = entry.type == short_number || entry.type == long_number;
    if (entry.tag != orientation_tag || !is_number) continue;
    const std::uint64_t value = block.number_of(entry).value_or(upright);
    return value >= upright && value <= last_orientation ? static_cast<int>(value) : upright;
  }
  return upright;
}

}  // namespace

int exif_orientation(Bytes block) {
  constexpr auto introduction = "Exif\0\0"sv;
  if (as_text(block).starts_with(introduction)) block = block.subspan(introduction.size());
  try {
    return read_orientation(block);
  } catch (const Error&) {
    return upright;
  }
}

}  // namespace affix::detail

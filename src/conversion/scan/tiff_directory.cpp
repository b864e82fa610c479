#include "conversion/scan/tiff_directory.hpp"

namespace affix::detail {
namespace {

constexpr std::uint16_t classic = 42;
constexpr std::uint16_t big = 43;

ByteOrder read_order(ByteReader& reader) {
  const std::string_view mark = reader.text(2);
  if (mark == "II") return ByteOrder::little_endian;
  if (mark == "MM") return ByteOrder::big_endian;
  refuse_broken();
}

/// 0 for types that are no whole numbers.
std::size_t width_of(std::uint16_t type) {
  switch (type) {
    case 1:
      return 1;
    case 3:
      return 2;
    case 4:
    case 13:
      return 4;
    case 16:
    case 18:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

TiffBlock::TiffBlock(Bytes bytes) : bytes_(bytes) {
  ByteReader reader(bytes);
  form_.order = read_order(reader);
  reader = ByteReader(reader.rest(), form_.order);
  const std::uint16_t version = reader.u16();
  if (version == big) {
    form_.offset_width = 8;
    form_.entry_count_width = 8;
    if (reader.u16() != form_.offset_width || reader.u16() != 0) refuse_broken();
  } else if (version != classic) {
    refuse_broken();
  }
  first_directory_ = reader.number(form_.offset_width);
}

ByteReader TiffBlock::at(std::uint64_t offset) const {
  ByteReader reader(bytes_, form_.order);
  reader.skip(offset);
  return reader;
}

std::optional<std::uint64_t> TiffBlock::number_of(const TiffEntry& entry) const {
  const std::size_t width = width_of(entry.type);
  if (width == 0 || entry.count == 0) return {};
  ByteReader field(entry.field, form_.order);
  const bool is_inside = width <= entry.field.size() && entry.count <= entry.field.size() / width;
  return (is_inside ? field : at(field.number(form_.offset_width))).number(width);
}

TiffEntry read_tiff_entry(ByteReader& reader, const TiffForm& form) {
  TiffEntry entry;
  entry.tag = reader.u16();
  entry.type = reader.u16();
  entry.count = reader.number(form.offset_width);
  entry.field = reader.take(form.offset_width);
  return entry;
}

}  // namespace affix::detail

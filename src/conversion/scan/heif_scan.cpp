#include "conversion/scan/heif_scan.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "conversion/scan/heif_boxes.hpp"

namespace affix::detail {
namespace {

constexpr std::int64_t held_bytes_per_pixel = 8;

/// Throws for a file of none of the brands whose boxes are known here.
void check_brands(const HeifBox& box) {
  constexpr auto known = std::to_array<std::string_view>(
      {"mif1", "msf1", "miaf", "heic", "heix", "heim", "heis", "hevc", "hevx", "avif", "avis"});
  if (box.type != "ftyp") refuse_broken();
  ByteReader content = box.content;
  constexpr std::size_t brand_length = 4;
  while (content.left() >= brand_length) {
    if (std::ranges::find(known, content.text(brand_length)) != known.end()) return;
  }
  refuse_broken();
}

/// A property that pictures of the file share.
struct Property {
  std::optional<Size> size{};
  std::optional<int> orientation{};
};

class HeifScan {
 public:
  PictureFacts run(ByteReader reader) {
    check_brands(boxes_.next(reader));
    while (reader.left() > 0) {
      const HeifBox box = boxes_.next(reader);
      if (box.type == "meta") read_meta(box.content);
    }
    if (facts_.largest == Size{}) refuse_broken();
    if (facts_.stored == Size{}) facts_.stored = facts_.largest;
    facts_.held_bytes = bytes_of(facts_.largest, held_bytes_per_pixel);
    return facts_;
  }

 private:
  void read_meta(ByteReader content);
  void read_properties(ByteReader content);
  Property read_property(HeifBox box);
  void read_associations(ByteReader content);
  void apply(std::size_t index);

  HeifBoxes boxes_;
  PictureFacts facts_{};
  std::vector<Property> properties_{};
  std::uint32_t primary_ = 0;
};

void HeifScan::read_meta(ByteReader content) {
  read_heif_version(content);
  while (content.left() > 0) {
    HeifBox box = boxes_.next(content);
    if (box.type == "pitm") {
      const bool is_short = read_heif_version(box.content).version == 0;
      primary_ = is_short ? box.content.u16() : box.content.u32();
    }
    if (box.type == "iprp") read_properties(box.content);
  }
}

void HeifScan::read_properties(ByteReader content) {
  while (content.left() > 0) {
    HeifBox box = boxes_.next(content);
    if (box.type == "ipma") read_associations(box.content);
    if (box.type != "ipco") continue;
    while (box.content.left() > 0) properties_.push_back(read_property(boxes_.next(box.content)));
  }
}

Property HeifScan::read_property(HeifBox box) {
  ByteReader& content = box.content;
  if (box.type == "ispe") {
    read_heif_version(content);
    const int width = read_side(content.u32());
    const Size size{width, read_side(content.u32())};
    facts_.largest = enclosing(facts_.largest, size);
    return {.size = size};
  }
  if (box.type == "irot") {
    constexpr std::array by_quarter{1, 8, 3, 6};
    return {.orientation = by_quarter.at(content.u8() & 3)};
  }
  if (box.type == "colr") {
    const std::string_view kind = content.text(4);
    if (kind == "prof" || kind == "rICC") facts_.profile_bytes += content.left();
  }
  if (box.type == "pixi") {
    read_heif_version(content);
    if (content.u8() > 0) facts_.bits = std::max<int>(facts_.bits, content.u8());
  }
  if (box.type == "auxC") {
    const std::string_view kind = as_text(content.rest());
    facts_.has_alpha |= kind.find("alpha") != kind.npos || kind.find("auxid:1") != kind.npos;
  }
  return {};
}

/// Which properties the primary picture has.
void HeifScan::read_associations(ByteReader content) {
  const auto [version, flags] = read_heif_version(content);
  const std::size_t item_width = version < 1 ? 2 : 4;
  const std::size_t index_width = (flags & 1) != 0 ? 2 : 1;
  const std::size_t index_mask = index_width == 2 ? 0x7FFF : 0x7F;
  const std::uint32_t items = content.u32();
  for (std::uint32_t item = 0; item < items; ++item) {
    const bool is_primary = content.number(item_width) == primary_;
    const std::uint8_t associations = content.u8();
    for (int association = 0; association < associations; ++association) {
      const std::uint64_t index = content.number(index_width) & index_mask;
      if (is_primary) apply(static_cast<std::size_t>(index));
    }
  }
}

/// Properties are counted from 1; 0 stands for none.
void HeifScan::apply(std::size_t index) {
  if (index == 0 || index > properties_.size()) return;
  const Property& property = properties_[index - 1];
  facts_.stored = property.size.value_or(facts_.stored);
  facts_.orientation = property.orientation.value_or(facts_.orientation);
}

}  // namespace

PictureFacts scan_heif(Bytes bytes) { return HeifScan().run(ByteReader(bytes)); }

}  // namespace affix::detail

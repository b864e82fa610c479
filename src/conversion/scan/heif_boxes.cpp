#include "conversion/scan/heif_boxes.hpp"

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

constexpr int max_boxes = 4'000;
constexpr std::uint64_t short_header = 8;
constexpr std::uint64_t long_header = 16;

}  // namespace

HeifBox HeifBoxes::next(ByteReader& reader) {
  if (++boxes_ > max_boxes) throw Error(Errc::too_large, "The HEIF picture has too many parts");
  constexpr std::uint64_t to_the_end = 0;
  constexpr std::uint64_t long_form = 1;
  std::uint64_t size = reader.u32();
  const std::string_view type = reader.text(4);
  if (size == to_the_end) return {type, reader.part(reader.left())};
  const std::uint64_t header = size == long_form ? long_header : short_header;
  if (size == long_form) size = reader.number(8);
  if (size < header) refuse_broken();
  return {type, reader.part(size - header)};
}

HeifVersion read_heif_version(ByteReader& content) {
  const std::uint8_t version = content.u8();
  return {version, content.u24()};
}

}  // namespace affix::detail

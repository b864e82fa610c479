#include "conversion/scan/webp_scan.hpp"

#include <algorithm>
#include <optional>

#include "affix/value/error.hpp"
#include "conversion/scan/exif_orientation.hpp"

namespace affix::detail {
namespace {

constexpr int max_other_chunks = 64;
constexpr std::int64_t held_bytes_lossy = 4;
constexpr std::int64_t held_bytes_lossless = 8;
constexpr std::int64_t held_bytes_animated = 12;

struct Chunk {
  std::string_view type{};
  ByteReader content;
};

Chunk read_chunk(ByteReader& reader) {
  const std::string_view type = reader.text(4);
  const std::uint32_t length = reader.u32();
  Chunk chunk{type, reader.part(length)};
  if (length % 2 != 0 && reader.left() > 0) reader.skip(1);
  return chunk;
}

struct Pixels {
  Size size{};
  bool has_alpha = false;
  bool is_lossless = false;
};

Pixels read_lossy(ByteReader content) {
  constexpr std::uint32_t inter_frame = 1;
  constexpr std::uint16_t side_mask = 0x3FFF;
  if ((content.u24() & inter_frame) != 0 || content.text(3) != "\x9D\x01\x2A") refuse_broken();
  const int width = read_side(content.u16() & side_mask);
  return {.size = {width, read_side(content.u16() & side_mask)}};
}

Pixels read_lossless(ByteReader content) {
  constexpr std::uint8_t signature = 0x2F;
  constexpr int side_bits = 14;
  constexpr std::uint32_t side_mask = (1u << side_bits) - 1;
  if (content.u8() != signature) refuse_broken();
  const std::uint32_t header = content.u32();
  const bool has_alpha = (header >> (2 * side_bits) & 1) != 0;
  const bool is_other_version = header >> (2 * side_bits + 1) != 0;
  if (is_other_version) refuse_broken();
  return {.size = {static_cast<int>(header & side_mask) + 1,
                   static_cast<int>(header >> side_bits & side_mask) + 1},
          .has_alpha = has_alpha,
          .is_lossless = true};
}

/// The pixels that a chunk holds, if it does.
std::optional<Pixels> read_pixels(const Chunk& chunk) {
  if (chunk.type == "VP8 ") return read_lossy(chunk.content);
  if (chunk.type == "VP8L") return read_lossless(chunk.content);
  return {};
}

/// Counts the chunks for which a reader keeps notes.
class ChunkBudget {
 public:
  void spend() {
    if (++chunks_ > max_other_chunks) {
      throw Error(Errc::too_large, "The WebP picture has too many chunks besides its pixels");
    }
  }

 private:
  int chunks_ = 0;
};

class WebpScan {
 public:
  PictureFacts run(ByteReader chunks) {
    Chunk first = read_chunk(chunks);
    if (first.type == "VP8X") {
      read_canvas(first.content);
      while (chunks.left() > 0) read_further(read_chunk(chunks));
    } else {
      read_still(first);
    }
    if (facts_.frames == 0) refuse_broken();
    facts_.largest = facts_.stored;
    facts_.held_bytes = bytes_of(facts_.stored, held_bytes());
    return facts_;
  }

 private:
  void read_canvas(ByteReader content);
  void read_further(Chunk chunk);
  void read_still(const Chunk& chunk);
  void read_frame(ByteReader content);

  std::int64_t held_bytes() const {
    if (is_animated_) return held_bytes_animated;
    return is_lossless_ ? held_bytes_lossless : held_bytes_lossy;
  }

  PictureFacts facts_{.frames = 0};
  ChunkBudget budget_;
  bool is_animated_ = false;
  bool is_lossless_ = false;
};

void WebpScan::read_canvas(ByteReader content) {
  constexpr std::uint8_t alpha_flag = 0x10;
  constexpr std::uint8_t animation_flag = 0x02;
  const std::uint8_t flags = content.u8();
  content.skip(3);
  facts_.has_alpha = (flags & alpha_flag) != 0;
  is_animated_ = (flags & animation_flag) != 0;
  const int width = read_side(content.u24() + 1);
  facts_.stored = {width, read_side(content.u24() + 1)};
}

void WebpScan::read_further(Chunk chunk) {
  if (chunk.type == "ANMF") {
    read_frame(chunk.content);
    return;
  }
  budget_.spend();
  if (chunk.type == "VP8X") refuse_broken();
  if (chunk.type == "ICCP") facts_.profile_bytes += chunk.content.left();
  if (chunk.type == "EXIF") facts_.orientation = exif_orientation(chunk.content.rest());
  if (!is_animated_) read_still(chunk);
}

/// The one picture of a file that is no animation.
void WebpScan::read_still(const Chunk& chunk) {
  const std::optional<Pixels> pixels = read_pixels(chunk);
  if (!pixels) return;
  const bool has_canvas = facts_.stored != Size{};
  if (facts_.frames != 0 || (has_canvas && pixels->size != facts_.stored)) refuse_broken();
  facts_.frames = 1;
  facts_.stored = pixels->size;
  facts_.has_alpha |= pixels->has_alpha;
  is_lossless_ = pixels->is_lossless;
}

void WebpScan::read_frame(ByteReader content) {
  if (!is_animated_) refuse_broken();
  const std::int64_t left = 2LL * content.u24();
  const std::int64_t top = 2LL * content.u24();
  const int width = read_side(content.u24() + 1);
  const Size size{width, read_side(content.u24() + 1)};
  content.skip(4);
  if (left + size.width > facts_.stored.width || top + size.height > facts_.stored.height) {
    refuse_broken();
  }
  ChunkBudget budget;
  std::optional<Pixels> pixels;
  while (!pixels) {
    const Chunk chunk = read_chunk(content);
    budget.spend();
    pixels = read_pixels(chunk);
  }
  if (pixels->size != size) refuse_broken();
  ++facts_.frames;
}

}  // namespace

PictureFacts scan_webp(Bytes bytes) {
  ByteReader reader(bytes, ByteOrder::little_endian);
  if (reader.text(4) != "RIFF") refuse_broken();
  ByteReader chunks = reader.part(reader.u32());
  if (chunks.text(4) != "WEBP") refuse_broken();
  return WebpScan().run(chunks);
}

}  // namespace affix::detail

#include "conversion/scan/png_scan.hpp"

#include <algorithm>
#include <array>

#include "affix/value/error.hpp"
#include "conversion/scan/exif_orientation.hpp"

namespace affix::detail {
namespace {

constexpr std::string_view signature("\x89PNG\r\n\x1a\n", 8);
constexpr std::size_t header_length = 13;
constexpr int max_kept_chunks = 64;
constexpr std::size_t max_compressed = 64 * 1024;

struct Chunk {
  std::string_view type{};
  Bytes data{};
};

Chunk read_chunk(ByteReader& reader) {
  const std::uint32_t length = reader.u32();
  const std::string_view type = reader.text(4);
  const Chunk chunk{type, reader.take(length)};
  reader.skip(4);  // The check sum.
  return chunk;
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

int channels_of(std::uint8_t color_type) {
  constexpr std::array channels{1, 0, 3, 1, 2, 0, 4};
  return channels.at(color_type);
}

PictureFacts read_header(const Chunk& chunk) {
  if (chunk.type != "IHDR" || chunk.data.size() != header_length) refuse_broken();
  ByteReader reader(chunk.data);
  const int width = read_side(reader.u32());
  const int height = read_side(reader.u32());
  const std::uint8_t depth = reader.u8();
  const std::uint8_t color_type = reader.u8();
  const bool method_is_sane = reader.u16() == 0;
  const std::uint8_t interlacing = reader.u8();
  if (!method_is_sane || interlacing > 1 || !is_depth_allowed(color_type, depth)) refuse_broken();
  PictureFacts facts{.stored = {width, height}, .largest = {width, height}, .bits = depth};
  facts.has_alpha = (color_type & 4) != 0;
  facts.is_progressive = interlacing == 1;
  const int bytes_of_pixel = std::max(1, depth / 8) * channels_of(color_type);
  if (facts.is_progressive) facts.held_bytes = bytes_of(facts.stored, bytes_of_pixel);
  return facts;
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
void scan_body(ByteReader& reader, PictureFacts& facts) {
  Budget budget;
  bool has_pixels = false;
  std::int64_t frames = 0;
  for (;;) {
    const Chunk chunk = read_chunk(reader);
    if (chunk.type == "IEND") break;
    has_pixels = has_pixels || chunk.type == "IDAT";
    frames += chunk.type == "fcTL";
    facts.has_alpha |= chunk.type == "tRNS";
    // What stands behind the pixels comes too late for those who read a picture once.
    if (chunk.type == "eXIf" && !has_pixels) facts.orientation = exif_orientation(chunk.data);
    if (chunk.type == "iCCP") facts.profile_bytes = chunk.data.size();
    budget.spend(chunk);
  }
  if (!has_pixels) refuse_broken();
  facts.frames = std::max<std::int64_t>(1, frames);
}

}  // namespace

PictureFacts scan_png(Bytes bytes) {
  ByteReader reader(bytes);
  if (reader.text(signature.size()) != signature) refuse_broken();
  PictureFacts facts = read_header(read_chunk(reader));
  scan_body(reader, facts);
  return facts;
}

}  // namespace affix::detail

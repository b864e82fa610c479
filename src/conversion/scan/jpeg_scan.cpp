#include "conversion/scan/jpeg_scan.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "affix/value/error.hpp"
#include "conversion/scan/exif_orientation.hpp"

namespace affix::detail {
namespace {

using namespace std::string_view_literals;

constexpr int max_segments = 2'000;
constexpr int max_scans = 100;
constexpr int max_channels = 4;
constexpr int max_sampling = 4;
constexpr std::int64_t block_side = 8;
constexpr std::int64_t coefficient_bytes = 2;

namespace marker {
constexpr std::uint8_t stuffed = 0x00;
constexpr std::uint8_t first_frame = 0xC0;
constexpr std::uint8_t tables = 0xC4;
constexpr std::uint8_t reserved = 0xC8;
constexpr std::uint8_t arithmetic = 0xCC;
constexpr std::uint8_t last_frame = 0xCF;
constexpr std::uint8_t first_restart = 0xD0;
constexpr std::uint8_t last_restart = 0xD7;
constexpr std::uint8_t start = 0xD8;
constexpr std::uint8_t end = 0xD9;
constexpr std::uint8_t scan = 0xDA;
constexpr std::uint8_t exif = 0xE1;
constexpr std::uint8_t profile = 0xE2;
constexpr std::uint8_t temporary = 0x01;
}  // namespace marker

bool is_within(std::uint8_t value, std::uint8_t first, std::uint8_t last) {
  return value >= first && value <= last;
}

bool is_restart(std::uint8_t code) {
  return is_within(code, marker::first_restart, marker::last_restart);
}

bool is_frame(std::uint8_t code) {
  return is_within(code, marker::first_frame, marker::last_frame) && code != marker::tables &&
         code != marker::reserved && code != marker::arithmetic;
}

/// The number of the next marker, with everything before it skipped; `marker::end` where there is
/// no further one, as decoders take it.
std::uint8_t next_marker(ByteReader& reader) {
  constexpr auto introduction = std::byte{0xFF};
  while (reader.left() > 0) {
    const Bytes rest = reader.rest();
    const std::byte* const end = rest.data() + rest.size();
    // Several times as fast as std::find, over all bytes of a photograph.
    const auto* const first = static_cast<const std::byte*>(
        std::memchr(rest.data(), std::to_integer<int>(introduction), rest.size()));
    if (!first) break;
    // Any number of these bytes may introduce a marker.
    const auto* const last =
        std::find_if(first, end, [](std::byte b) { return b != introduction; });
    if (last == end) break;
    reader.skip(static_cast<std::size_t>(last - rest.data()));
    const std::uint8_t code = reader.u8();
    if (code != marker::stuffed && code != marker::temporary && !is_restart(code)) return code;
  }
  return marker::end;
}

class JpegScan {
 public:
  PictureFacts run(ByteReader reader) {
    if (!as_text(reader.rest()).starts_with("\xFF\xD8\xFF"sv)) refuse_broken();
    reader.skip(2);
    for (auto code = next_marker(reader); code != marker::end; code = next_marker(reader)) {
      read_segment(code, reader);
    }
    if (scans_ == 0) refuse_broken();
    return facts_;
  }

 private:
  void read_segment(std::uint8_t code, ByteReader& reader) {
    if (code == marker::start) refuse_broken();
    if (++segments_ > max_segments) {
      throw Error(Errc::too_large, "The JPEG picture has too many segments");
    }
    const std::uint16_t length = reader.u16();
    if (length < 2) refuse_broken();
    ByteReader content = reader.part(length - 2u);
    if (is_frame(code)) read_frame(code, content);
    if (code == marker::scan) read_scan(content);
    if (code == marker::exif) read_exif(content);
    if (code == marker::profile) read_profile(content);
  }

  void read_frame(std::uint8_t code, ByteReader content);
  void read_channels(int channels, ByteReader content);
  void read_scan(ByteReader content);
  void read_exif(ByteReader content);
  void read_profile(ByteReader content);

  PictureFacts facts_;
  int channels_ = 0;
  bool has_exif_ = false;  ///< The first counts.
  int segments_ = 0;
  int scans_ = 0;
  std::int64_t whole_bytes_ = 0;  ///< Of all coefficients.
};

/// Baseline, extended and progressive; by Huffman or arithmetic codes.
void JpegScan::read_frame(std::uint8_t code, ByteReader content) {
  const int kind = code - marker::first_frame;
  const bool is_known = kind <= 2 || kind == 9 || kind == 10;
  if (!is_known || channels_ != 0) refuse_broken();
  facts_.is_progressive = kind == 2 || kind == 10;
  facts_.bits = content.u8();
  const int height = read_side(content.u16());
  facts_.stored = {read_side(content.u16()), height};
  facts_.largest = facts_.stored;
  channels_ = content.u8();
  if (channels_ == 0 || channels_ > max_channels) refuse_broken();
  read_channels(channels_, content);
}

void JpegScan::read_channels(int channels, ByteReader content) {
  std::int64_t samples = 0;
  int widest = 1;
  int highest = 1;
  for (int channel = 0; channel < channels; ++channel) {
    content.skip(1);
    const std::uint8_t sampling = content.u8();
    const int across = sampling >> 4;
    const int down = sampling & 0x0F;
    content.skip(1);
    if (across < 1 || across > max_sampling || down < 1 || down > max_sampling) refuse_broken();
    samples += std::int64_t{across} * down;
    widest = std::max(widest, across);
    highest = std::max(highest, down);
  }
  const auto blocks = [](int side, int sampling) {
    const std::int64_t unit = block_side * sampling;
    return (side + unit - 1) / unit;
  };
  whole_bytes_ = blocks(facts_.stored.width, widest) * blocks(facts_.stored.height, highest) *
                 samples * block_side * block_side * coefficient_bytes;
}

void JpegScan::read_scan(ByteReader content) {
  const std::uint8_t channels = content.u8();
  if (channels_ == 0 || channels == 0 || channels > channels_) refuse_broken();
  if (++scans_ > max_scans) throw Error(Errc::too_large, "The JPEG picture has too many scans");
  if (facts_.is_progressive || channels < channels_) facts_.held_bytes = whole_bytes_;
}

void JpegScan::read_exif(ByteReader content) {
  if (as_text(content.rest()).starts_with("Exif\0\0"sv) && !std::exchange(has_exif_, true)) {
    facts_.orientation = exif_orientation(content.rest());
  }
}

void JpegScan::read_profile(ByteReader content) {
  constexpr std::size_t header = 14;
  if (!as_text(content.rest()).starts_with("ICC_PROFILE\0"sv)) return;
  content.skip(header);
  facts_.profile_bytes += content.left();
}

}  // namespace

PictureFacts scan_jpeg(Bytes bytes) { return JpegScan().run(ByteReader(bytes)); }

}  // namespace affix::detail

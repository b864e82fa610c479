#include "conversion/scan/gif_scan.hpp"

#include <algorithm>
#include <array>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

constexpr std::uint8_t extension = 0x21;
constexpr std::uint8_t frame = 0x2C;
constexpr std::uint8_t control_label = 0xF9;
constexpr int max_extensions = 100'000;
constexpr int widest_code = 11;
/// Of the screen, of the frame before and of the frame itself, with 4 bytes each.
constexpr std::int64_t held_bytes_per_pixel = 12;

void skip_palette(ByteReader& reader, std::uint8_t flags) {
  constexpr std::size_t color = 3;
  if ((flags & 0x80) != 0) reader.skip(color << ((flags & 0x07) + 1));
}

void skip_data(ByteReader& reader) {
  while (const std::uint8_t length = reader.u8()) reader.skip(length);
}

/// libvips takes no account of these screens.
bool is_thoughtless(Size screen) {
  constexpr int longest = 2048;
  constexpr auto sizes = std::to_array<Size>(
      {{640, 480}, {640, 512}, {800, 600}, {1024, 768}, {1280, 1024}, {1600, 1200}});
  return screen.width == 0 || screen.height == 0 || screen.width > longest ||
         screen.height > longest || std::ranges::find(sizes, screen) != sizes.end();
}

class GifScan {
 public:
  explicit GifScan(Bytes bytes) : reader_(bytes, ByteOrder::little_endian) {}

  PictureFacts run() {
    read_screen();
    while (reader_.left() > 0 && read_block()) {
    }
    if (facts_.frames == 0) refuse_broken();
    facts_.held_bytes = bytes_of(facts_.largest, held_bytes_per_pixel);
    return facts_;
  }

 private:
  void read_screen() {
    const std::string_view signature = reader_.text(6);
    if (signature != "GIF87a" && signature != "GIF89a") refuse_broken();
    const Size screen = read_size();
    const std::uint8_t flags = reader_.u8();
    reader_.skip(2);
    skip_palette(reader_, flags);
    facts_.largest = screen;
    facts_.stored = is_thoughtless(screen) ? Size{1, 1} : screen;
  }

  /// Whether there was one.
  bool read_block() {
    const std::uint8_t kind = reader_.u8();
    if (kind == extension) {
      read_extension();
    } else if (kind == frame) {
      read_frame();
    } else {
      return false;
    }
    return true;
  }

  void read_extension() {
    if (++extensions_ > max_extensions) {
      throw Error(Errc::too_large, "The GIF picture has too many blocks");
    }
    const std::uint8_t label = reader_.u8();
    if (label == control_label && reader_.left() > 1) {
      facts_.has_alpha |= (std::to_integer<int>(reader_.rest()[1]) & 1) != 0;
    }
    skip_data(reader_);
  }

  void read_frame() {
    const int left = reader_.u16();
    const int top = reader_.u16();
    const Size size = read_size();
    const std::uint8_t flags = reader_.u8();
    skip_palette(reader_, flags);
    const std::uint8_t code = reader_.u8();
    if (size.width == 0 || size.height == 0 || code == 0 || code > widest_code) refuse_broken();
    skip_data(reader_);
    ++facts_.frames;
    facts_.is_progressive |= (flags & 0x40) != 0;
    facts_.stored = enclosing(facts_.stored, {left + size.width, top + size.height});
    facts_.largest = enclosing(facts_.largest, facts_.stored);
  }

  Size read_size() {
    const int width = reader_.u16();
    return {width, reader_.u16()};
  }

  ByteReader reader_;
  PictureFacts facts_{.frames = 0};
  int extensions_ = 0;
};

}  // namespace

PictureFacts scan_gif(Bytes bytes) { return GifScan(bytes).run(); }

}  // namespace affix::detail

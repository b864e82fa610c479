#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "affix/storage/reader.hpp"
#include "conversion/scan/scan_picture.hpp"
#include "support/errors.hpp"

// Puts pictures together by hand, byte by byte, so that they can claim anything.

namespace pictures {

inline std::string little(std::uint64_t number, int width) {
  std::string text;
  for (int index = 0; index < width; ++index) text += static_cast<char>(number >> 8 * index & 0xFF);
  return text;
}

inline std::string big(std::uint64_t number, int width) {
  const std::string text = little(number, width);
  return {text.rbegin(), text.rend()};
}

inline affix::detail::PictureFacts scan(std::string_view bytes, std::string_view mime_type) {
  return affix::detail::scan_picture(affix::as_bytes(bytes), mime_type);
}

/// What a scan throws; nothing if it does not.
inline std::optional<affix::Errc> scan_refusal(std::string_view bytes, std::string_view mime_type) {
  return affix::tests::code_of([&] { scan(bytes, mime_type); });
}

// ---- JPEG ---------------------------------------------------------------------------------------

inline std::string jpeg_segment(int marker, const std::string& content) {
  std::string segment("\xFF");
  segment += static_cast<char>(marker);
  return segment + big(content.size() + 2, 2) + content;
}

/// Marker 0xC0 is a baseline picture, 0xC2 a progressive one.
inline std::string jpeg_frame(int marker, int width, int height, int channels = 3,
                              int sampling = 0x11) {
  std::string content = big(8, 1) + big(height, 2) + big(width, 2) + big(channels, 1);
  for (int channel = 0; channel < channels; ++channel) {
    content += big(channel + 1, 1) + big(sampling, 1) + big(0, 1);
  }
  return jpeg_segment(marker, content);
}

inline std::string jpeg_scan_of(int channels = 3) {
  return jpeg_segment(0xDA, big(channels, 1) + std::string(2 * channels + 3, '\0')) + "pixels";
}

/// A header and a scan without sensible pixels, with these segments before.
inline std::string jpeg_of(int width, int height, const std::string& segments = {},
                           int marker = 0xC0) {
  return "\xFF\xD8" + segments + jpeg_frame(marker, width, height) + jpeg_scan_of() + "\xFF\xD9";
}

/// EXIF with an orientation; it begins with the word Exif.
inline std::string exif(int orientation) {
  std::string block("Exif\0\0", 6);
  block += "MM" + big(42, 2) + big(8, 4) + big(1, 2);
  return block + big(0x0112, 2) + big(3, 2) + big(1, 4) + big(orientation, 2) + big(0, 6);
}

// ---- GIF ----------------------------------------------------------------------------------------

inline std::string gif_screen(int width, int height) {
  return "GIF89a" + little(width, 2) + little(height, 2) +
         std::string("\x80\0\0\0\0\0\xFF\xFF\xFF", 9);
}

inline std::string gif_frame(int left, int top, int width, int height) {
  return "," + little(left, 2) + little(top, 2) + little(width, 2) + little(height, 2) +
         std::string("\0\x02\x02\x44\x01\0", 6);
}

// ---- WebP ---------------------------------------------------------------------------------------

inline std::string webp_chunk(std::string_view type, const std::string& content) {
  return std::string(type) + little(content.size(), 4) + content +
         std::string(content.size() % 2, '\0');
}

inline std::string webp_file(const std::string& chunks) {
  return "RIFF" + little(chunks.size() + 4, 4) + "WEBP" + chunks;
}

inline std::string webp_lossy(int width, int height) {
  return webp_chunk("VP8 ", little(0, 3) + "\x9D\x01\x2A" + little(width, 2) + little(height, 2) +
                                std::string(8, 'x'));
}

inline std::string webp_lossless(int width, int height, int alpha = 0) {
  const auto sides = static_cast<std::uint64_t>((height - 1) << 14 | (width - 1));
  return webp_chunk("VP8L", "\x2F" + little(sides | std::uint64_t(alpha) << 28, 4) + "pixels");
}

/// Flags: 2 animation, 16 transparency.
inline std::string webp_canvas(int width, int height, int flags = 0) {
  return webp_chunk("VP8X", little(flags, 4) + little(width - 1, 3) + little(height - 1, 3));
}

/// `left` and `top` are even.
inline std::string webp_frame(int left, int top, int width, int height, const std::string& chunks) {
  return webp_chunk("ANMF", little(left / 2, 3) + little(top / 2, 3) + little(width - 1, 3) +
                                little(height - 1, 3) + little(100, 4) + chunks);
}

// ---- TIFF ---------------------------------------------------------------------------------------

struct TiffNumber {
  int tag = 0;
  int type = 3;  ///< 3: 16 bits, 4: 32 bits.
  std::uint64_t value = 0;
  std::uint64_t count = 1;
};

/// Writes one of the four kinds of TIFF; the directories follow one another.
class TiffWriter {
 public:
  enum class Kind { classic, big };

  TiffWriter(affix::detail::ByteOrder order, Kind kind) : order_(order), kind_(kind) {}

  std::string file(const std::vector<std::vector<TiffNumber>>& pages) const {
    std::string text = order_ == affix::detail::ByteOrder::big_endian ? "MM" : "II";
    text += number(is_big() ? 43 : 42, 2);
    if (is_big()) text += number(8, 2) + number(0, 2);
    text += number(text.size() + offset_width(), offset_width());
    for (std::size_t page = 0; page < pages.size(); ++page) {
      text += directory(pages[page], text.size(), page + 1 == pages.size());
    }
    return text;
  }

  std::string number(std::uint64_t value, int width) const {
    return order_ == affix::detail::ByteOrder::big_endian ? pictures::big(value, width)
                                                          : little(value, width);
  }

 private:
  bool is_big() const { return kind_ == Kind::big; }
  int offset_width() const { return is_big() ? 8 : 4; }

  std::string directory(const std::vector<TiffNumber>& entries, std::size_t at,
                        bool is_last) const {
    std::string text = number(entries.size(), is_big() ? 8 : 2);
    for (const TiffNumber& entry : entries) {
      std::string field = number(entry.value, entry.type == 3 ? 2 : 4);
      field.resize(offset_width(), '\0');
      text += number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, offset_width());
      text += field;
    }
    const std::uint64_t next = is_last ? 0 : at + text.size() + offset_width();
    return text + number(next, offset_width());
  }

  affix::detail::ByteOrder order_;
  Kind kind_;
};

// ---- HEIF ---------------------------------------------------------------------------------------

inline std::string box(std::string_view type, const std::string& content) {
  return big(content.size() + 8, 4) + std::string(type) + content;
}

/// A box that begins with version and flags.
inline std::string full_box(std::string_view type, const std::string& content, int version = 0) {
  return box(type, big(version, 1) + big(0, 3) + content);
}

inline std::string heif_size(std::uint32_t width, std::uint32_t height) {
  return full_box("ispe", big(width, 4) + big(height, 4));
}

/// With the first picture as the primary one, which has all of the properties.
inline std::string heif_file(const std::string& properties, int count,
                             std::string_view brand = "heic") {
  std::string indexes;
  for (int index = 1; index <= count; ++index) indexes += big(index, 1);
  const std::string associations =
      full_box("ipma", big(1, 4) + big(1, 2) + big(count, 1) + indexes);
  const std::string meta =
      full_box("pitm", big(1, 2)) + box("iprp", box("ipco", properties) + associations);
  return box("ftyp", std::string(brand) + big(0, 4) + "mif1") + full_box("meta", meta) +
         box("mdat", "pixels");
}

}  // namespace pictures

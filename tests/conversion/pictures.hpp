#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include <vips/vips8>

#include "affix/conversion/vips_converter.hpp"

// Makes small pictures with libvips and looks at what the converter made of them.

namespace pictures {

using Pixel = std::vector<double>;

inline const Pixel red{255, 0, 0};
inline const Pixel green{0, 255, 0};
inline const Pixel blue{0, 0, 255};
inline const Pixel yellow{255, 255, 0};
inline const Pixel white{255, 255, 255};
inline const Pixel black{0, 0, 0};

/// A converter with the usual limits. To be called before any other use of libvips.
const affix::Converter& converter();

/// The bytes of a photograph in tests/data.
std::string photograph(std::string_view file_name);

/// One colour; with four bands it has transparency.
vips::VImage plain(int width, int height, const Pixel& color);
/// Red and green above, blue and yellow below.
vips::VImage quadrants(int width, int height);
/// Lengths of one colour each, from left to right.
vips::VImage stripes(const std::vector<Pixel>& colors, int width_of_each, int height);
/// The pixels of a photograph, as 8 bit sRGB.
vips::VImage pixels_of(std::string_view file_name);

/// Red grows from left to right and green from top to bottom, both from 0 to 255 and by the middles
/// of the pixels: each pixel says where in the picture it is. No blue.
vips::VImage chart(int width, int height);

std::string jpeg(const vips::VImage& image, int quality = 95);
/// A JPEG whose stored form has to be turned by this EXIF orientation to look like the picture.
std::string oriented_jpeg(const vips::VImage& upright, int orientation);
std::string png(const vips::VImage& image);
std::string webp(const vips::VImage& image);
std::string gif(const vips::VImage& image);
/// Frames of one size, and how they run.
struct Film {
  std::vector<vips::VImage> frames{};
  std::vector<int> delays{};  ///< Milliseconds; empty: 100 for each frame.
  int loop = 0;               ///< How often it runs; 0: for ever.
};

std::string animated_gif(const Film& film);
std::string animated_webp(const Film& film);
/// A GIF or WebP, animated or not.
Film played(std::string_view bytes, std::string_view mime_type);
Film played(const affix::MadeFile& file);

/// The picture in `bytes`, read by the loader of that type.
vips::VImage decoded(std::string_view bytes, std::string_view mime_type);
vips::VImage decoded(const affix::MadeFile& file);

Pixel pixel(const vips::VImage& image, int x, int y);
/// Whether no band differs by more than `tolerance`.
bool is_close(const Pixel& left, const Pixel& right, double tolerance = 12);
/// Mean difference of two pictures of one size, in levels.
double difference(const vips::VImage& left, const vips::VImage& right);

/// Converts with one preset (its name may be empty) and requires that it worked.
affix::MadeFile made(std::string_view bytes, std::string_view mime_type, affix::Preset preset);
/// The same and the pixels of it.
vips::VImage made_pixels(std::string_view bytes, std::string_view mime_type,
                         const affix::Preset& preset);

/// The code of the error that converting throws; requires that one is thrown.
affix::Errc refusal(std::string_view bytes, std::string_view mime_type);
/// The same of inspecting.
affix::Errc inspection_refusal(std::string_view bytes, std::string_view mime_type);

/// A PNG put together by hand: chunks between signature and end, with right check sums.
class PngBuilder {
 public:
  PngBuilder();
  PngBuilder& header(std::uint32_t width, std::uint32_t height, int depth = 8, int color_type = 2,
                     int interlacing = 0);
  PngBuilder& chunk(std::string_view type, std::string_view data);
  /// A chunk that says it has `claimed` bytes and has those of `data`.
  PngBuilder& lying_chunk(std::string_view type, std::uint32_t claimed, std::string_view data);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Zlib's compressed form.
std::string deflated(std::string_view text);

/// The pixel data that belongs to a black picture.
std::string png_pixels(int width, int height);

/// Lets libvips load with a blocked class while it lives.
class Unblocked {
 public:
  explicit Unblocked(const char* class_name);
  Unblocked(const Unblocked&) = delete;
  Unblocked& operator=(const Unblocked&) = delete;
  ~Unblocked();

 private:
  const char* class_name_;
};

}  // namespace pictures

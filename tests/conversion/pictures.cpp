#include "pictures.hpp"

#include <gio/gio.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>

#include "affix/storage/reader.hpp"
#include "catch.hpp"

namespace pictures {
namespace {

using vips::VImage;

std::string text_of(VipsBlob* blob) {
  std::size_t size = 0;
  const void* data = vips_blob_get(blob, &size);
  std::string text(static_cast<const char*>(data), size);
  vips_area_unref(VIPS_AREA(blob));
  return text;
}

VImage animation(const Film& film) {
  VImage all = VImage::arrayjoin(film.frames, VImage::option()->set("across", 1)).copy();
  all.set("page-height", film.frames.front().height());
  all.set("delay", film.delays.empty() ? std::vector<int>(film.frames.size(), 100) : film.delays);
  all.set("loop", film.loop);
  return all;
}

std::string big_endian(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xFF);
  return text;
}

/// CRC-32 as PNG has it.
std::uint32_t check_sum(std::string_view text) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (const char character : text) {
    sum ^= static_cast<unsigned char>(character);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
  }
  return ~sum;
}

VImage load(VipsBlob* blob, std::string_view mime_type) {
  if (mime_type == "image/jpeg") return VImage::jpegload_buffer(blob);
  if (mime_type == "image/png") return VImage::pngload_buffer(blob);
  if (mime_type == "image/webp") return VImage::webpload_buffer(blob);
  if (mime_type == "image/gif") return VImage::gifload_buffer(blob);
  if (mime_type == "image/avif") {
    const Unblocked heif("VipsForeignLoadHeifBuffer");
    return VImage::heifload_buffer(blob);
  }
  if (mime_type == "image/tiff") {
    const Unblocked tiff("VipsForeignLoadTiffBuffer");
    return VImage::tiffload_buffer(blob);
  }
  FAIL("no loader for this type");
  return {};
}

}  // namespace

const affix::Converter& converter() {
  static const auto converter = affix::make_vips_converter({.worker = AFFIX_CONVERT});
  return *converter;
}

std::string photograph(std::string_view file_name) {
  std::ifstream file(std::string(AFFIX_TEST_DATA "/data/") + std::string(file_name),
                     std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

VImage plain(int width, int height, const Pixel& color) {
  converter();
  const VImage black_picture = VImage::black(width, height);
  return black_picture.new_from_image(color)
      .cast(VIPS_FORMAT_UCHAR)
      .copy(VImage::option()->set(
          "interpretation", color.size() < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB));
}

VImage quadrants(int width, int height) {
  const int half_width = width / 2;
  const int half_height = height / 2;
  return plain(width, height, red)
      .insert(plain(width - half_width, half_height, green), half_width, 0)
      .insert(plain(half_width, height - half_height, blue), 0, half_height)
      .insert(plain(width - half_width, height - half_height, yellow), half_width, half_height);
}

VImage stripes(const std::vector<Pixel>& colors, int width_of_each, int height) {
  std::vector<VImage> parts;
  for (const Pixel& color : colors) parts.push_back(plain(width_of_each, height, color));
  return VImage::arrayjoin(parts);
}

VImage chart(int width, int height) {
  converter();
  const VImage place = VImage::xyz(width, height) + 0.5;
  const VImage colors = place * std::vector<double>{255.0 / width, 255.0 / height};
  return colors.bandjoin_const({0})
      .rint()
      .cast(VIPS_FORMAT_UCHAR)
      .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

VImage pixels_of(std::string_view file_name) {
  converter();
  const bool is_jpeg = file_name.ends_with(".jpg");
  return decoded(photograph(file_name), is_jpeg ? "image/jpeg" : "image/png");
}

std::string jpeg(const VImage& image, int quality) {
  return text_of(image.jpegsave_buffer(
      VImage::option()->set("Q", quality)->set("subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF)));
}

std::string oriented_jpeg(const VImage& upright, int orientation) {
  VImage stored = upright;
  switch (orientation) {
    case 2:
      stored = upright.fliphor();
      break;
    case 3:
      stored = upright.rot180();
      break;
    case 4:
      stored = upright.flipver();
      break;
    case 5:
      stored = upright.rot270().flipver();
      break;
    case 6:
      stored = upright.rot270();
      break;
    case 7:
      stored = upright.rot90().flipver();
      break;
    case 8:
      stored = upright.rot90();
      break;
    default:
      break;
  }
  stored = stored.copy();
  stored.set("orientation", orientation);
  return jpeg(stored);
}

std::string png(const VImage& image) { return text_of(image.pngsave_buffer()); }

std::string webp(const VImage& image) {
  return text_of(image.webpsave_buffer(VImage::option()->set("lossless", TRUE)));
}

std::string gif(const VImage& image) { return text_of(image.gifsave_buffer()); }

std::string animated_gif(const Film& film) { return gif(animation(film)); }

std::string animated_webp(const Film& film) { return webp(animation(film)); }

Film played(std::string_view bytes, std::string_view mime_type) {
  converter();
  VipsBlob* blob = vips_blob_copy(bytes.data(), bytes.size());
  vips::VOption* all_frames = VImage::option()->set("n", -1);
  const VImage all = (mime_type == "image/gif" ? VImage::gifload_buffer(blob, all_frames)
                                               : VImage::webpload_buffer(blob, all_frames))
                         .copy_memory();
  vips_area_unref(VIPS_AREA(blob));
  Film film;
  const int height = vips_image_get_page_height(all.get_image());
  for (int top = 0; top < all.height(); top += height) {
    film.frames.push_back(all.crop(0, top, all.width(), height));
  }
  if (all.get_typeof("delay") != 0) film.delays = all.get_array_int("delay");
  if (all.get_typeof("loop") != 0) film.loop = all.get_int("loop");
  return film;
}

Film played(const affix::MadeFile& file) {
  const Film film = played(file.bytes, file.mime_type);
  CHECK(film.frames.front().width() == file.width);
  CHECK(film.frames.front().height() == file.height);
  return film;
}

VImage decoded(std::string_view bytes, std::string_view mime_type) {
  converter();
  VipsBlob* blob = vips_blob_copy(bytes.data(), bytes.size());
  const VImage image = load(blob, mime_type).copy_memory();
  vips_area_unref(VIPS_AREA(blob));
  return image;
}

VImage decoded(const affix::MadeFile& file) {
  const VImage image = decoded(file.bytes, file.mime_type);
  CHECK(image.width() == file.width);
  CHECK(image.height() == file.height);
  return image;
}

Pixel pixel(const VImage& image, int x, int y) { return image.getpoint(x, y); }

bool is_close(const Pixel& left, const Pixel& right, double tolerance) {
  if (left.size() != right.size()) return false;
  for (std::size_t band = 0; band < left.size(); ++band) {
    if (std::abs(left[band] - right[band]) > tolerance) return false;
  }
  return true;
}

double difference(const VImage& left, const VImage& right) {
  REQUIRE(left.width() == right.width());
  REQUIRE(left.height() == right.height());
  REQUIRE(left.bands() == right.bands());
  return (left - right).abs().avg();
}

affix::MadeFile made(std::string_view bytes, std::string_view mime_type, affix::Preset preset) {
  if (preset.name.empty()) preset.name = "variant";
  affix::check(preset);
  const std::vector<affix::MadeVariant> variants =
      converter()
          .convert(
              {.bytes = affix::as_bytes(bytes), .mime_type = mime_type, .presets = {&preset, 1}})
          .variants;
  REQUIRE(variants.size() == 1);
  if (variants.front().error) FAIL(variants.front().error->what());
  REQUIRE(variants.front().file);
  return *variants.front().file;
}

VImage made_pixels(std::string_view bytes, std::string_view mime_type,
                   const affix::Preset& preset) {
  return decoded(made(bytes, mime_type, preset));
}

affix::Errc refusal(std::string_view bytes, std::string_view mime_type) {
  const affix::Preset preset{.name = "thumb", .width = 32, .height = 32};
  try {
    converter().convert(
        {.bytes = affix::as_bytes(bytes), .mime_type = mime_type, .presets = {&preset, 1}});
  } catch (const affix::Error& error) {
    return error.code();
  }
  FAIL("converting did not throw");
  return {};
}

affix::Errc inspection_refusal(std::string_view bytes, std::string_view mime_type) {
  try {
    converter().inspect(affix::as_bytes(bytes), mime_type);
  } catch (const affix::Error& error) {
    return error.code();
  }
  FAIL("inspecting did not throw");
  return {};
}

PngBuilder::PngBuilder() : bytes_("\x89PNG\r\n\x1a\n") {}

PngBuilder& PngBuilder::header(std::uint32_t width, std::uint32_t height, int depth, int color_type,
                               int interlacing) {
  std::string data = big_endian(width) + big_endian(height);
  data += static_cast<char>(depth);
  data += static_cast<char>(color_type);
  data.append(2, '\0');
  data += static_cast<char>(interlacing);
  return chunk("IHDR", data);
}

PngBuilder& PngBuilder::chunk(std::string_view type, std::string_view data) {
  return lying_chunk(type, static_cast<std::uint32_t>(data.size()), data);
}

PngBuilder& PngBuilder::lying_chunk(std::string_view type, std::uint32_t claimed,
                                    std::string_view data) {
  const std::string content = std::string(type) + std::string(data);
  bytes_ += big_endian(claimed) + content + big_endian(check_sum(content));
  return *this;
}

std::string deflated(std::string_view text) {
  std::string result(text.size() + text.size() / 1000 + 64, '\0');
  GZlibCompressor* compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  gsize bytes_read = 0;
  gsize bytes_written = 0;
  const GConverterResult outcome = g_converter_convert(
      G_CONVERTER(compressor), text.data(), text.size(), result.data(), result.size(),
      G_CONVERTER_INPUT_AT_END, &bytes_read, &bytes_written, nullptr);
  g_object_unref(compressor);
  REQUIRE(outcome == G_CONVERTER_FINISHED);
  result.resize(bytes_written);
  return result;
}

std::string png_pixels(int width, int height) {
  const auto size = static_cast<std::size_t>(3 * width + 1) * static_cast<std::size_t>(height);
  return deflated(std::string(size, '\0'));
}

Unblocked::Unblocked(const char* class_name) : class_name_(class_name) {
  vips_operation_block_set(class_name_, FALSE);
}

Unblocked::~Unblocked() { vips_operation_block_set(class_name_, TRUE); }

}  // namespace pictures

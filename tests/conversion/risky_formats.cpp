#include <chrono>
#include <functional>
#include <iostream>
#include <limits>
#include <random>

#include "affix/conversion/content_type.hpp"
#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "conversion/isolation/isolated_conversion.hpp"
#include "pictures.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

// Formats that are read in a process of their own.

using namespace affix;
using namespace affix::tests;
using namespace pictures;
using vips::VImage;

namespace {

VipsConverterOptions options() { return {.worker = AFFIX_CONVERT}; }

/// What libvips can write, and the type of it.
const std::vector<std::pair<const char*, const char*>> formats {
  {".tif", "image/tiff"}, {".avif", "image/avif"},
#if !defined(__SANITIZE_THREAD__)  // Its encoder has threads of which the sanitizer knows nothing.
      {".heic", "image/heic"},
#endif
      {".jxl", "image/jxl"}, {
    ".jp2", "image/jp2"
  }
};

std::string saved(const VImage& image, const char* suffix) {
  const Unblocked jxl("VipsForeignSaveJxlTarget");
  void* data = nullptr;
  std::size_t size = 0;
  image.write_to_buffer(suffix, &data, &size);
  std::string bytes(static_cast<const char*>(data), size);
  g_free(data);
  return bytes;
}

/// A page of 2 x 1 inches, half red and half green.
std::string pdf() {
  return "%PDF-1.1\n"
         "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
         "2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj\n"
         "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]/Contents 4 0 R>>endobj\n"
         "4 0 obj<</Length 56>>stream\n"
         "1 0 0 rg 0 0 72 72 re f 0 1 0 rg 72 0 72 72 re f         \n"
         "endstream endobj\n"
         "trailer<</Root 1 0 R>>\n%%EOF\n";
}

/// So many pages, each an object of its own.
std::string long_pdf(int pages) {
  std::string kids, objects;
  for (int i = 0; i < pages; ++i) {
    const std::string number = std::to_string(i + 4);
    kids += number;
    kids += " 0 R ";
    objects += number;
    objects += " 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]>>endobj\n";
  }
  std::string text =
      "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[";
  text += kids;
  text += "]/Count ";
  text += std::to_string(pages);
  text += ">>endobj\n";
  text += objects;
  return text += "trailer<</Root 1 0 R>>\n%%EOF\n";
}

std::string svg(const std::string& content) {
  return "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'>" + content + "</svg>";
}

const std::string two_colors =
    "<rect width='100' height='100' fill='#f00'/>"
    "<rect x='100' width='100' height='100' fill='#0f0'/>";

std::vector<MadeVariant> thumbs(const Converter& converter, std::string_view bytes,
                                std::string_view type) {
  static const std::vector<Preset> presets{
      {.name = "thumb", .width = 40, .fit = Fit::inside, .format = ImageFormat::png},
      {.name = "square", .width = 20, .height = 20},
      {.name = "same"}};
  return converter.convert({.bytes = as_bytes(bytes), .mime_type = type, .presets = presets})
      .variants;
}

void check_two_colors(const Converter& converter, std::string_view bytes, std::string_view type) {
  CAPTURE(type);
  const auto made = thumbs(converter, bytes, type);
  REQUIRE(made.front().file);
  const VImage image = decoded(*made.front().file);
  CHECK(image.width() == 40);
  CHECK(image.height() == 20);
  for (const MadeVariant& variant : made) CHECK(variant.file);
  CHECK(is_close(pixel(image.extract_band(0, VImage::option()->set("n", 3)), 5, 10), red));
  CHECK(is_close(pixel(image.extract_band(0, VImage::option()->set("n", 3)), 35, 10), green));
}

}  // namespace

TEST_CASE("TIFF, AVIF, HEIC, JPEG XL and JPEG 2000 are read, and found by their bytes") {
  const VImage picture = stripes({red, green}, 100, 100);
  const auto isolation = GENERATE(Isolation::risky, Isolation::never);
  const auto converter = make_vips_converter({.isolation = isolation, .worker = AFFIX_CONVERT});
  for (const auto& [suffix, type] : formats) {
    const std::string bytes = saved(picture, suffix);
    CHECK(detect_type(as_bytes(bytes)) == type);
    const Inspection found = converter->inspect(as_bytes(bytes), type);
    CHECK(found.width == 200);
    CHECK(found.height == 100);
    CHECK(found.frames == 1);
    check_two_colors(*converter, bytes, type);
  }
}

TEST_CASE("of a TIFF with masks behind its colours the colours are taken") {
  VImage masked = stripes({red, green}, 100, 100);
  const int masks = GENERATE(1, 2, 5, 60);
  CAPTURE(masks);
  masked = masked.bandjoin_const(std::vector<double>(static_cast<std::size_t>(masks), 255));
  masked = masked.copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
  const std::string bytes = saved(masked, ".tif");
  const auto isolation = GENERATE(Isolation::risky, Isolation::never);
  const auto converter = make_vips_converter({.isolation = isolation, .worker = AFFIX_CONVERT});
  const std::vector<Preset> presets{
      {.name = "webp", .width = 40, .fit = Fit::inside, .format = ImageFormat::webp},
      {.name = "png", .width = 40, .fit = Fit::inside, .format = ImageFormat::png},
      {.name = "jpeg", .width = 40, .fit = Fit::inside, .format = ImageFormat::jpeg}};
  const Conversion made =
      converter->convert({.bytes = as_bytes(bytes), .mime_type = "image/tiff", .presets = presets});
  CHECK_FALSE(made.placeholder.empty());
  for (const MadeVariant& variant : made.variants) {
    CAPTURE(variant.name);
    REQUIRE(variant.file);
    const VImage image = decoded(*variant.file).extract_band(0, VImage::option()->set("n", 3));
    CHECK(image.width() == 40);
    CHECK(is_close(pixel(image, 5, 10), red));
    CHECK(is_close(pixel(image, 35, 10), green));
  }
}

TEST_CASE("a time without an end is no time in the past") {
  VipsConverterOptions patient = options();
  patient.isolation = Isolation::always;
  for (const double seconds : {1e10, 1e300, std::numeric_limits<double>::infinity()}) {
    CAPTURE(seconds);
    patient.max_seconds = seconds;
    const auto made = thumbs(*make_vips_converter(patient),
                             saved(stripes({red, green}, 10, 10), ".tif"), "image/tiff");
    CHECK(made.front().file);
  }
}

TEST_CASE("a file that is cut off is refused in every format, and leaves the process alive") {
  const VImage picture = pixels_of("chelsea.png");
  const auto converter = make_vips_converter(options());
  for (const auto& [suffix, type] : formats) {
    const std::string bytes = saved(picture, suffix);
    for (const std::size_t tenth : {1U, 5U}) {
      CAPTURE(type, tenth);
      const std::string cut = bytes.substr(0, bytes.size() * tenth / 10);
      const auto code = code_of([&] { thumbs(*converter, cut, type); });
      CHECK((code == Errc::invalid_content || code == Errc::conversion_failed));
    }
  }
}

TEST_CASE("a TIFF of numbers with fractions looks as one of bytes") {
  const VImage picture = pixels_of("chelsea.png");
  const auto converter = make_vips_converter(options());
  const auto thumb = [&](const VImage& image) {
    const auto made = thumbs(*converter, saved(image, ".tif"), "image/tiff");
    REQUIRE(made.front().file);
    return decoded(*made.front().file);
  };
  const VImage of_bytes = thumb(picture);
  const VImage of_fractions = thumb(picture.colourspace(VIPS_INTERPRETATION_scRGB));
  REQUIRE(of_fractions.bands() == of_bytes.bands());
  CHECK((of_fractions - of_bytes).abs().avg() < 1);
}

TEST_CASE(
    "a TIFF of CIELAB, and one of grey with a mask behind its transparency, have their colours") {
  const auto converter = make_vips_converter(options());
  const auto thumb = [&](const VImage& image) {
    const auto made = thumbs(*converter, saved(image, ".tif"), "image/tiff");
    REQUIRE(made.front().file);
    return decoded(*made.front().file);
  };
  VImage picture = pixels_of("chelsea.png").copy();
  picture.remove(VIPS_META_ICC_NAME);
  const VImage lab = picture.colourspace(VIPS_INTERPRETATION_LABQ);
  CHECK((thumb(lab) - thumb(picture)).abs().avg() < 2);
  VImage gray = picture.colourspace(VIPS_INTERPRETATION_B_W).bandjoin_const({255, 0}).copy_memory();
  const VImage small = thumb(gray);
  CHECK(small.extract_band(0).avg() == Approx(gray.extract_band(0).avg()).margin(3));
  CHECK(small.extract_band(small.bands() - 1).min() == 255);
}

TEST_CASE("PDF and SVG are read only on request") {
  const auto usual = make_vips_converter(options());
  CHECK(code_of([&] { thumbs(*usual, pdf(), "application/pdf"); }) == Errc::unsupported);
  CHECK(code_of([&] { thumbs(*usual, svg(two_colors), "image/svg+xml"); }) == Errc::unsupported);
  VipsConverterOptions wanted = options();
  wanted.documents = Documents::first_page;
  const auto converter = make_vips_converter(wanted);
  check_two_colors(*converter, pdf(), "application/pdf");
  check_two_colors(*converter, svg(two_colors), "image/svg+xml");
  const Inspection page = converter->inspect(as_bytes(pdf()), "application/pdf");
  CHECK(page.width == 300);
  CHECK(page.height == 150);
  CHECK(page.frames == 2);
}

TEST_CASE("of a PDF of 10,000 pages the first is converted") {
  VipsConverterOptions wanted = options();
  wanted.documents = Documents::first_page;
  wanted.max_seconds = 20;
  const auto converter = make_vips_converter(wanted);
  const auto start = std::chrono::steady_clock::now();
  const auto made = thumbs(*converter, long_pdf(10'000), "application/pdf");
  const auto time = std::chrono::steady_clock::now() - start;
  REQUIRE(made.front().file);
  const VImage image = decoded(*made.front().file);
  CHECK(image.width() == 40);
  CHECK(image.height() == 20);
  std::cout << "a PDF of 10,000 pages: "
            << std::chrono::duration_cast<std::chrono::milliseconds>(time).count() << " ms\n";
}

TEST_CASE("whatever bits of a risky picture are wrong, it is converted or refused") {
  const VImage picture = pixels_of("chelsea.png").resize(0.15);
  std::vector<std::pair<std::string, std::string>> samples{{pdf(), "application/pdf"},
                                                           {svg(two_colors), "image/svg+xml"}};
  for (const auto& [suffix, type] : formats) samples.emplace_back(saved(picture, suffix), type);
  VipsConverterOptions wanted = options();
  wanted.documents = Documents::first_page;
  wanted.max_seconds = 20;
  const auto converter = make_vips_converter(wanted);
  const Preset preset{.name = "thumb", .width = 32, .height = 32};
  const int seeds = rounds(100, 2'000);
  for (const auto& [whole, type] : samples) {
    CAPTURE(type);
    // Hardly any JPEG XL survives a wrong bit: what is refused below is refused for the bits.
    REQUIRE(
        converter->convert({.bytes = as_bytes(whole), .mime_type = type, .presets = {&preset, 1}})
            .variants.at(0)
            .file);
    int refused = 0;
    for (int seed = 0; seed < seeds; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(static_cast<unsigned>(seed));
      std::string bytes = whole;
      const std::size_t most =
          random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 200) : bytes.size();
      for (auto flips = 1 + random() % 8; flips > 0; --flips) {
        const std::size_t at = random() % most;
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
      }
      try {
        const Conversion made = converter->convert(
            {.bytes = as_bytes(bytes), .mime_type = type, .presets = {&preset, 1}});
        REQUIRE(made.variants.size() == 1);
        CHECK(made.variants[0].file.has_value() != made.variants[0].error.has_value());
      } catch (const Error& error) {
        const Errc code = error.code();
        CHECK((code == Errc::invalid_content || code == Errc::too_large ||
               code == Errc::conversion_failed));
        ++refused;
      }
    }
    CHECK(refused > 0);
  }
}

TEST_CASE("an SVG reads no other file and is no bomb") {
  VipsConverterOptions wanted = options();
  wanted.documents = Documents::first_page;
  wanted.max_seconds = 10;
  const auto converter = make_vips_converter(wanted);
  const std::string photo = std::string(AFFIX_TEST_DATA) + "/data/coffee.png";
  const std::string with_file =
      svg(two_colors + "<image href='file://" + photo + "' width='200' height='100'/>");
  check_two_colors(*converter, with_file, "image/svg+xml");
  std::string bomb = "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a0 'xxxxxxxxxx'>";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY a" + std::to_string(i) + " '";
    for (int j = 0; j < 10; ++j) bomb += before;
    bomb += "'>";
  }
  bomb += "]>" + svg("<text>&a11;</text>");
  const auto code = code_of([&] { thumbs(*converter, bomb, "image/svg+xml"); });
  CHECK((code == Errc::invalid_content || code == Errc::conversion_failed));
  const std::string huge =
      "<svg xmlns='http://www.w3.org/2000/svg' width='200000' height='200000'></svg>";
  CHECK(code_of([&] { thumbs(*converter, huge, "image/svg+xml"); }) == Errc::too_large);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a bomb that the scan would have found ends the other process and not this one") {
  VipsConverterOptions small = options();
  small.max_memory = 200 << 20;
  small.max_seconds = 10;
  const std::string bytes = PngBuilder()
                                .header(60'000, 60'000)
                                .chunk("IDAT", deflated(std::string(1'000'000, '\0')))
                                .bytes();
  const std::string text = deflated(std::string(7'000'000, 'x'));
  PngBuilder texts;
  texts.header(10, 10);
  for (int i = 0; i < 40; ++i) texts.chunk("zTXt", std::string("a\0\0", 3) + text);
  const std::string bomb = texts.chunk("IDAT", png_pixels(10, 10)).chunk("IEND", "").bytes();
  const Preset preset{.name = "thumb", .width = 100};
  small.max_pixels = 1'000'000'000'000;
  small.max_dimension = 1'000'000;
  for (const std::string* one : {&bytes, &bomb}) {
    const ConversionJob job{
        .bytes = as_bytes(*one), .mime_type = "image/png", .presets = {&preset, 1}};
    const auto error = error_of([&] { detail::convert_isolated(job, small); });
    REQUIRE(error);
    CAPTURE(error->what());
    CHECK((error->code() == Errc::conversion_failed || error->code() == Errc::invalid_content));
  }
}
#endif

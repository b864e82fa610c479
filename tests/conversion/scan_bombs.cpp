#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <iostream>

#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"

using affix::Errc;
using affix::detail::ByteOrder;
using namespace pictures;
using namespace std::string_literals;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double max_milliseconds = 500;
#else
constexpr double max_milliseconds = 50;
#endif
constexpr long max_memory = 32 * 1024;  // KiB.

struct Refusal {
  int code = -1;  ///< Of the error; -1 if there was none.
  double milliseconds = 0;
  long memory = 0;  ///< KiB, at the peak, besides those of before.
};

/// Of the processor, which others who use it do not lengthen.
double milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

long peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

Refusal scan_here(const std::string& bytes, const std::string& mime_type) {
  const long memory_before = peak_memory();
  const double time_before = milliseconds();
  const auto code = affix::tests::code_of([&] { check_limits(scan(bytes, mime_type), {}); });
  return {code ? static_cast<int>(*code) : -1, milliseconds() - time_before,
          peak_memory() - memory_before};
}

/// In a process of its own, because memory that was there before hides what is used.
Refusal scan_apart(const std::string& bytes, const std::string& mime_type) {
  int channel[2];
  REQUIRE(::pipe(channel) == 0);
  // What was freed while the bombs were made is put together here, or else the child does that at
  // its first bigger allocation, on a copy of every page.
  ::malloc_trim(0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Refusal found = scan_here(bytes, mime_type);
    ::_exit(::write(channel[1], &found, sizeof found) == sizeof found ? 0 : 1);
  }
  ::close(channel[1]);
  Refusal found;
  const bool is_whole = ::read(channel[0], &found, sizeof found) == sizeof found;
  ::close(channel[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(status == 0);
  REQUIRE(is_whole);
  return found;
}

struct Bomb {
  const char* name;
  const char* mime_type;
  std::string bytes;
  Errc code = Errc::too_large;
};

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int index = 0; index < count; ++index) all += text;
  return all;
}

std::string png_of(std::uint32_t width, std::uint32_t height, int depth, int color_type,
                   int interlacing = 0) {
  return PngBuilder()
      .header(width, height, depth, color_type, interlacing)
      .chunk("IDAT", png_pixels(4, 4))
      .chunk("IEND", "")
      .bytes();
}

std::string png_with(int count, std::string_view type, const std::string& data) {
  PngBuilder png;
  png.header(4, 4);
  for (int index = 0; index < count; ++index) png.chunk(type, data);
  return png.chunk("IDAT", png_pixels(4, 4)).chunk("IEND", "").bytes();
}

std::string jpeg_with_profile(std::size_t segments) {
  const std::string part = "ICC_PROFILE\0\1\1"s + std::string(65'000, 'p');
  return jpeg_of(8, 8, repeated(jpeg_segment(0xE2, part), static_cast<int>(segments)));
}

std::string tiff_of(const std::vector<std::vector<TiffNumber>>& pages) {
  return TiffWriter(ByteOrder::little_endian, TiffWriter::Kind::classic).file(pages);
}

std::vector<TiffNumber> tiff_page(std::uint64_t width, std::uint64_t height) {
  return {{.tag = 256, .type = 4, .value = width}, {.tag = 257, .type = 4, .value = height}};
}

std::string tiff_circle() {
  std::string bytes = tiff_of({tiff_page(4, 4), tiff_page(4, 4)});
  return bytes.replace(bytes.size() - 4, 4, little(8, 4));
}

std::vector<Bomb> png_bombs() {
  const std::string text = "key\0\0"s + deflated(std::string(7'000'000, 'x'));
  return {{"a PNG chunk of 2 GB", "image/png",
           PngBuilder().header(1, 1).lying_chunk("zTXt", 0x7FFFFFFF, "").bytes(),
           Errc::invalid_content},
          {"40 PNG texts of 7 MB", "image/png", png_with(40, "zTXt", text)},
          {"a PNG profile of 4 MB", "image/png", png_with(1, "iCCP", std::string(4 << 20, 'p'))},
          {"100,000 PNG chunks", "image/png", png_with(100'000, "tEXt", "key")},
          {"65,536 x 65,536 PNG", "image/png", png_of(65'536, 65'536, 1, 0)},
          {"935,820 x 854,554 PNG", "image/png", png_of(935'820, 854'554, 8, 2)},
          {"19,000 x 19,000 PNG", "image/png", png_of(19'000, 19'000, 8, 2)},
          {"12,000 x 12,000 interlaced PNG", "image/png", png_of(12'000, 12'000, 8, 2, 1)},
          {"7,000 x 7,000 interlaced PNG of 16 bits", "image/png", png_of(7'000, 7'000, 16, 6, 1)},
          {"2,147,483,647 x 2,147,483,647 interlaced PNG", "image/png",
           png_of(0x7FFFFFFF, 0x7FFFFFFF, 16, 6, 1)},
          {"0 x 8 PNG", "image/png", png_of(0, 8, 8, 2), Errc::invalid_content},
          {"8 x 0 PNG", "image/png", png_of(8, 0, 8, 2), Errc::invalid_content}};
}

std::vector<Bomb> jpeg_bombs() {
  return {
      {"20,000 x 20,000 progressive JPEG", "image/jpeg", jpeg_of(20'000, 20'000, {}, 0xC2)},
      {"7,000 x 7,000 progressive JPEG", "image/jpeg", jpeg_of(7'000, 7'000, {}, 0xC2)},
      {"65,500 x 65,500 JPEG", "image/jpeg", jpeg_of(65'500, 65'500)},
      {"5,000 JPEG scans", "image/jpeg",
       "\xFF\xD8" + jpeg_frame(0xC2, 8, 8) + repeated(jpeg_scan_of(), 5'000)},
      {"100,000 JPEG segments", "image/jpeg", jpeg_of(8, 8, repeated("\xFF\xFE\0\2"s, 100'000))},
      {"a JPEG profile of 4 MB", "image/jpeg", jpeg_with_profile(64)},
      {"0 x 8 JPEG", "image/jpeg", jpeg_of(0, 8), Errc::invalid_content},
      {"8 x 0 JPEG", "image/jpeg", jpeg_of(8, 0), Errc::invalid_content},
      {"a text for a JPEG", "image/jpeg", "P6 60000 60000 255\n", Errc::invalid_content},
      {"4 MB of fill bytes for a JPEG", "image/jpeg", "\xFF\xD8" + std::string(4 << 20, '\xFF'),
       Errc::invalid_content}};
}

std::vector<Bomb> gif_and_webp_bombs() {
  const std::string webp_pixels = webp_lossy(4, 4);
  const std::string frame = webp_frame(0, 0, 4, 4, webp_pixels);
  return {
      {"65,308 x 65,386 GIF", "image/gif",
       gif_screen(65'308, 65'386) + gif_frame(0, 0, 65'308, 65'386)},
      {"65,308 x 65,386 GIF screen", "image/gif",
       gif_screen(65'308, 65'386) + gif_frame(0, 0, 1, 1)},
      {"100,000 GIF frames", "image/gif",
       gif_screen(4, 4) + repeated(gif_frame(0, 0, 4, 4), 100'000)},
      {"1,000 GIF frames of 1,000 x 1,000", "image/gif",
       gif_screen(1'000, 1'000) + repeated(gif_frame(0, 0, 1, 1), 1'000)},
      {"1,000,000 GIF comments", "image/gif",
       gif_screen(4, 4) + gif_frame(0, 0, 4, 4) + repeated("!\xFE\0"s, 1'000'000)},
      {"0 x 8 GIF", "image/gif", gif_screen(0, 0) + gif_frame(0, 0, 0, 8), Errc::invalid_content},
      {"8 x 0 GIF", "image/gif", gif_screen(0, 0) + gif_frame(0, 0, 8, 0), Errc::invalid_content},
      {"16,777,216 x 16,777,216 WebP", "image/webp",
       webp_file(webp_canvas(1 << 24, 1 << 24, 2) + frame)},
      {"16,000 x 16,000 WebP", "image/webp", webp_file(webp_lossy(16'000, 16'000))},
      {"7,000 x 7,000 lossless WebP", "image/webp", webp_file(webp_lossless(7'000, 7'000))},
      {"100,000 WebP frames", "image/webp",
       webp_file(webp_canvas(4, 4, 2) + repeated(frame, 100'000))},
      {"100,000 WebP chunks", "image/webp",
       webp_file(webp_canvas(4, 4) + webp_pixels + repeated(webp_chunk("note", ""), 100'000))},
      {"a WebP profile of 4 MB", "image/webp",
       webp_file(webp_canvas(4, 4) + webp_chunk("ICCP", std::string(4 << 20, 'p')) + webp_pixels)},
      {"0 x 8 WebP", "image/webp", webp_file(webp_lossy(0, 8)), Errc::invalid_content},
      {"8 x 0 WebP", "image/webp", webp_file(webp_lossy(8, 0)), Errc::invalid_content}};
}

std::vector<Bomb> tiff_and_heif_bombs() {
  std::vector<TiffNumber> tile = tiff_page(4, 4);
  tile.push_back({.tag = 322, .type = 4, .value = 1'000'000});
  return {
      {"2,000,000,000 x 2,000,000,000 TIFF", "image/tiff",
       tiff_of({tiff_page(2'000'000'000, 2'000'000'000)})},
      {"a TIFF tile of 1,000,000 x 1", "image/tiff", tiff_of({tile})},
      {"a circle of TIFF pages", "image/tiff", tiff_circle(), Errc::invalid_content},
      {"50,000 TIFF pages", "image/tiff",
       tiff_of(std::vector<std::vector<TiffNumber>>(50'000, tiff_page(4, 4)))},
      {"0 x 8 TIFF", "image/tiff", tiff_of({tiff_page(0, 8)}), Errc::invalid_content},
      {"8 x 0 TIFF", "image/tiff", tiff_of({tiff_page(8, 0)}), Errc::invalid_content},
      {"2,000,000,000 x 2,000,000,000 HEIC", "image/heic",
       heif_file(heif_size(2'000'000'000, 2'000'000'000), 1)},
      {"100,000 HEIC boxes", "image/heic", heif_file(repeated(heif_size(4, 4), 100'000), 1)},
      {"a HEIC profile of 4 MB", "image/heic",
       heif_file(heif_size(4, 4) + box("colr", "prof" + std::string(4 << 20, 'p')), 1)},
      {"0 x 8 AVIF", "image/avif", heif_file(heif_size(0, 8), 1, "avif"), Errc::invalid_content},
      {"8 x 0 AVIF", "image/avif", heif_file(heif_size(8, 0), 1, "avif"), Errc::invalid_content}};
}

void check_refused(const std::vector<Bomb>& bombs) {
  for (const Bomb& bomb : bombs) {
    CAPTURE(bomb.name);
    Refusal found = scan_apart(bomb.bytes, bomb.mime_type);
    // Beside other work a scan may have to wait for its turn.
    for (int again = 0; again < 2 && found.milliseconds >= max_milliseconds; ++again) {
      found = scan_apart(bomb.bytes, bomb.mime_type);
    }
    std::cout << bomb.name << ": " << bomb.bytes.size() << " bytes, " << found.milliseconds
              << " ms, " << found.memory << " KiB\n";
    CHECK(found.code == static_cast<int>(bomb.code));
    CHECK(found.milliseconds < max_milliseconds);
    CHECK(found.memory < max_memory);
  }
}

}  // namespace

TEST_CASE("PNG bombs are refused at once and without memory") { check_refused(png_bombs()); }

TEST_CASE("JPEG bombs are refused at once and without memory") { check_refused(jpeg_bombs()); }

TEST_CASE("GIF and WebP bombs are refused at once and without memory") {
  check_refused(gif_and_webp_bombs());
}

TEST_CASE("TIFF and HEIF bombs are refused at once and without memory") {
  check_refused(tiff_and_heif_bombs());
}

TEST_CASE("what a bomb of pictures is measured by shows memory that is used") {
  const pid_t child = ::fork();
  if (child == 0) {
    const long before = peak_memory();
    const std::string used(64 << 20, 'x');
    ::_exit(peak_memory() - before > max_memory && used.back() == 'x' ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("the converter refuses a file of too many bytes without looking at it") {
  const auto strict = affix::make_vips_converter({.max_bytes = 100});
  const auto code_for = [&](std::size_t size) {
    const std::string bytes(size, 'x');
    return affix::tests::code_of([&] { strict->inspect(affix::as_bytes(bytes), "image/png"); });
  };
  CHECK(code_for(100) == Errc::invalid_content);
  CHECK(code_for(101) == Errc::too_large);
}

#include "conversion/vips/png_source.hpp"

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <vips/vips8>

#include "catch.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/reduce.hpp"
#include "support/pictures.hpp"

// What libpng gets of a PNG that was unpacked before it came there, against what it makes of the
// file itself.

using namespace affix;
using namespace affix::tests;
using vips::VImage;

namespace {

std::string saved(const VImage& image, vips::VOption* options) {
  VipsBlob* blob = image.pngsave_buffer(options);
  std::size_t size = 0;
  const void* bytes = vips_blob_get(blob, &size);
  std::string file(static_cast<const char*>(bytes), size);
  vips_area_unref(VIPS_AREA(blob));
  return file;
}

VImage loaded(const std::string& file, vips::VOption* options = nullptr) {
  const auto release = [](VipsBlob* blob) { vips_area_unref(VIPS_AREA(blob)); };
  const std::unique_ptr<VipsBlob, decltype(release)> blob(
      vips_blob_new(nullptr, file.data(), file.size()), release);
  return VImage::pngload_buffer(blob.get(), options);
}

vips::VOption* strictly() {
  return VImage::option()
      ->set("access", VIPS_ACCESS_SEQUENTIAL)
      ->set("fail_on", VIPS_FAIL_ON_ERROR);
}

/// All pixels; nothing if it cannot be read to its end.
template <class Load>
std::optional<std::string> pixels_by(Load load) {
  try {
    const VImage source = load();
    const VImage image =
        detail::reduced(source, {source.width(), source.height()}, detail::Deadline(60));
    return std::string(static_cast<const char*>(image.data()),
                       VIPS_IMAGE_SIZEOF_IMAGE(image.get_image()));
  } catch (const vips::VError& error) {
    static_cast<void>(detail::take_error_text(error));
    return std::nullopt;
  }
}

std::optional<std::string> as_it_is(const std::string& file) {
  return pixels_by([&] { return loaded(file, strictly()); });
}

std::optional<std::string> unpacked(const std::string& file) {
  return pixels_by(
      [&] { return VImage::pngload_source(detail::png_source(as_bytes(file)), strictly()); });
}

/// A photograph in many forms, each with more pixels than a piece holds.
std::vector<std::string> files() {
  detail::use_library();
  const std::string photograph = read_file(picture_path("coffee.png"));
  const VImage image = loaded(photograph);
  const VImage transparent = image.bandjoin(image.extract_band(0));
  const VImage deep = image.colourspace(VIPS_INTERPRETATION_RGB16);
  const VImage flat = VImage::black(900, 700);
  return {photograph,
          saved(image, VImage::option()->set("compression", 1)->set("filter", 8)),
          saved(image, VImage::option()->set("compression", 0)),
          saved(image, VImage::option()->set("interlace", TRUE)),
          saved(transparent, VImage::option()->set("filter", 0xF8)),
          saved(deep, VImage::option()),
          saved(image.extract_band(1), VImage::option()->set("palette", TRUE)),
          saved(flat, VImage::option()->set("compression", 9))};
}

#ifdef __x86_64__
/// Which parts of the vector registers have something in them; nothing if the processor cannot say.
__attribute__((target("xsave"))) std::optional<unsigned long long> parts_in_use() {
  constexpr unsigned leaf_of_states = 0xD;
  constexpr unsigned tells_parts_in_use = 1U << 2U;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__builtin_cpu_supports("avx")) return std::nullopt;
  if (__get_cpuid_count(leaf_of_states, 1, &a, &b, &c, &d) == 0) return std::nullopt;
  if ((a & tells_parts_in_use) == 0) return std::nullopt;
  return __builtin_ia32_xgetbv(1);
}
#endif

}  // namespace

#ifdef __x86_64__
TEST_CASE("unpacking a PNG leaves no vector register filled, which would slow down libvips") {
  constexpr unsigned long long upper_halves = 1U << 2U;
  if (!parts_in_use()) return;
  const std::string file = files().front();
  const vips::VSource source = detail::png_source(as_bytes(file));
  std::vector<char> buffer(4096);
  int reads = 0;
  while (vips_source_read(source.get_source(), buffer.data(), buffer.size()) > 0) {
    CHECK((*parts_in_use() & upper_halves) == 0);
    ++reads;
  }
  CHECK(reads > 100);
}
#endif

TEST_CASE("a PNG that is unpacked beforehand has the pixels that libpng finds in the file") {
  for (const std::string& file : files()) {
    const auto pixels = as_it_is(file);
    REQUIRE(pixels);
    CHECK(unpacked(file) == pixels);
  }
}

TEST_CASE("a PNG that is cut off or damaged is broken whoever unpacks it") {
  int broken = 0;
  for (const std::string& file : files()) {
    for (std::size_t tenth = 1; tenth < 10; ++tenth) {
      std::string cut = file.substr(0, file.size() * tenth / 10);
      CHECK(unpacked(cut).has_value() == as_it_is(cut).has_value());
      std::string damaged = file;
      damaged[damaged.size() * tenth / 10] ^= 0x10;
      const auto pixels = as_it_is(damaged);
      CHECK(unpacked(damaged) == pixels);
      broken += pixels ? 0 : 1;
    }
  }
  CHECK(broken > 50);
}

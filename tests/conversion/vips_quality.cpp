#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

// What decoding at a smaller scale and deriving small variants from larger ones costs, against a
// full decode and one resizing by Lanczos' kernel. Figures are PSNR in decibels.

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

const std::vector<std::string> photos{"astronaut.png", "chelsea.png", "coffee.png",
                                      "hubble_deep_field.jpg"};

double noise_ratio(const VImage& left, const VImage& right) {
  REQUIRE(left.width() == right.width());
  REQUIRE(left.height() == right.height());
  const VImage difference_of_both = left - right;
  const double square = (difference_of_both * difference_of_both).avg();
  return square == 0 ? 99 : 10 * std::log10(255 * 255 / square);
}

struct Stored {
  std::string mime_type;
  std::string bytes;
};

/// By the kernel alone, with fractions, and with nothing averaged beforehand.
VImage reference(const Stored& source, int width, int height) {
  const VImage full = decoded(source.bytes, source.mime_type).cast(VIPS_FORMAT_FLOAT);
  return full.reduce(double(full.width()) / width, double(full.height()) / height,
                     VImage::option()->set("kernel", VIPS_KERNEL_LANCZOS3));
}

/// Of a variant of this width that is made beside one of `widest`, from the same picture.
double quality(const Stored& source, int width, int widest) {
  const std::vector<Preset> presets{
      {.name = "variant", .width = width, .format = ImageFormat::png, .effort = 1},
      {.name = "widest", .width = widest, .format = ImageFormat::png, .effort = 1}};
  const auto variants =
      converter()
          .convert(
              {.bytes = as_bytes(source.bytes), .mime_type = source.mime_type, .presets = presets})
          .variants;
  const VImage found = decoded(variants.front().file.value());
  return noise_ratio(found, reference(source, found.width(), found.height()));
}

struct Route {
  int width;
  int widest;
  double least;
};

/// The worst of all photographs on a route.
double worst(const std::vector<Stored>& sources, const Route& route) {
  double least = 99;
  for (const Stored& source : sources) {
    least = std::min(least, quality(source, route.width, route.widest));
  }
  return least;
}

/// Photographs, enlarged by this.
std::vector<VImage> enlarged(double scale) {
  std::vector<VImage> pictures;
  for (const std::string& name : photos) pictures.push_back(pixels_of(name).resize(scale));
  return pictures;
}

std::vector<Stored> stored(const std::vector<VImage>& pictures, std::string_view type) {
  std::vector<Stored> sources;
  for (const VImage& picture : pictures) {
    sources.push_back({std::string(type), type == "image/jpeg" ? jpeg(picture) : png(picture)});
  }
  return sources;
}

void check_routes(const std::vector<Stored>& sources, const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    CAPTURE(sources.front().mime_type, route.width, route.widest);
    CHECK(worst(sources, route) >= route.least);
  }
}

}  // namespace

TEST_CASE("a variant of a JPEG is nearly what a full decode would give, alone and beside others") {
  check_routes(stored(enlarged(3), "image/jpeg"),
               {{100, 100, 38}, {200, 200, 40}, {640, 640, 43.5}, {100, 640, 43}, {640, 1000, 54}});
}

TEST_CASE("so is one of a JPEG that was not enlarged") {
  check_routes(
      stored(enlarged(1), "image/jpeg"),
      {{50, 50, 30.5}, {100, 100, 31.5}, {200, 200, 37}, {100, 400, 43.5}, {200, 400, 50}});
}

TEST_CASE("a variant of a PNG is nearly what the kernel gives, and nearer than libvips' own") {
  const std::vector<Stored> sources = stored(enlarged(1), "image/png");
  check_routes(sources, {{50, 50, 40}, {200, 200, 50}, {100, 400, 43.5}, {200, 400, 49.5}});
  const int width = GENERATE(50, 100, 200, 300);
  CAPTURE(width);
  for (const Stored& source : sources) {
    const VImage full = decoded(source.bytes, source.mime_type);
    const VImage theirs = full.resize(double(width) / full.width());
    const VImage exact = reference(source, theirs.width(), theirs.height());
    CHECK(quality(source, width, width) > noise_ratio(theirs, exact));
  }
}

TEST_CASE("a variant of a WebP is nearly what a full decode would give") {
  const std::vector<Stored> sources{{"image/webp", webp(pixels_of("coffee.png").resize(2))},
                                    {"image/webp", webp(pixels_of("chelsea.png"))}};
  check_routes(sources, {{100, 100, 38}, {200, 200, 40}, {400, 400, 42}, {100, 400, 50.5}});
}

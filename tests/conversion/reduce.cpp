#include "conversion/vips/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "catch.hpp"
#include "pictures.hpp"

using affix::detail::averaged;
using affix::detail::Size;
using vips::VImage;

namespace {

constexpr int opaque = 255;

VImage noise(Size size, int bands) {
  std::mt19937 random(1);
  std::vector<std::uint8_t> bytes(std::size_t(size.width) * std::size_t(size.height) *
                                  std::size_t(bands));
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  VImage image = VImage::new_from_memory(bytes.data(), bytes.size(), size.width, size.height, bands,
                                         VIPS_FORMAT_UCHAR)
                     .write(VImage::new_memory());
  image.get_image()->Type = bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  return image;
}

double value(const VImage& image, int x, int y, int band) {
  const auto* pixel = VIPS_IMAGE_ADDR(image.get_image(), x, y);
  return pixel[band];
}

/// How much of the old pixel `at` the new one covers, of `to` for `from`.
double share(int from, int to, int index, int at) {
  const double width = double(from) / to;
  return std::max(0.0,
                  std::min((index + 1) * width, at + 1.0) - std::max(index * width, double(at)));
}

/// The mean of what the pixel covers, one old pixel after the other.
double mean(const VImage& image, Size size, int x, int y, int band) {
  const int colors = image.has_alpha() ? image.bands() - 1 : image.bands();
  double total = 0;
  double weights = 0;
  for (int row = 0; row < image.height(); ++row) {
    const double down = share(image.height(), size.height, y, row);
    for (int column = 0; down > 0 && column < image.width(); ++column) {
      double weight = down * share(image.width(), size.width, x, column);
      const bool is_weighed = colors < image.bands() && band < colors;
      if (is_weighed) weight *= value(image, column, row, colors) / opaque;
      total += weight * value(image, column, row, band);
      weights += weight;
    }
  }
  return weights > 0 ? total / weights : 0;
}

/// The largest difference from it.
double largest_error(const VImage& image, Size size) {
  const VImage small = averaged(image, size);
  REQUIRE(small.width() == size.width);
  REQUIRE(small.height() == size.height);
  REQUIRE(small.bands() == image.bands());
  double largest = 0;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int band = 0; band < image.bands(); ++band) {
        const double difference = value(small, x, y, band) - mean(image, size, x, y, band);
        largest = std::max(largest, std::abs(difference));
      }
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("an averaged pixel is the mean of what it covers, whatever the sizes") {
  const int bands = GENERATE(1, 2, 3, 4);
  CAPTURE(bands);
  // With 30 : 22 and 45 : 33 an edge between two pixels is no number that a computer has.
  const std::vector<std::pair<Size, Size>> sizes{
      {{30, 45}, {22, 33}}, {{58, 60}, {50, 26}}, {{40, 20}, {20, 10}}, {{37, 23}, {5, 7}},
      {{9, 1}, {4, 1}},     {{1, 50}, {1, 3}},    {{17, 13}, {1, 1}},   {{12, 12}, {12, 12}}};
  for (const auto& [from, to] : sizes) {
    CAPTURE(from.width, from.height, to.width, to.height);
    CHECK(largest_error(noise(from, bands), to) <= 0.51);
  }
}

TEST_CASE("what is transparent gives an averaged pixel no colour") {
  std::vector<std::uint8_t> bytes{200, 100, 50, 255, 0, 0, 0, 0, 9, 9, 9, 0, 9, 9, 9, 0};
  VImage image = VImage::new_from_memory(bytes.data(), bytes.size(), 4, 1, 4, VIPS_FORMAT_UCHAR);
  image.get_image()->Type = VIPS_INTERPRETATION_sRGB;
  const VImage small = averaged(image, {2, 1});
  CHECK(value(small, 0, 0, 0) == 200);
  CHECK(value(small, 0, 0, 2) == 50);
  CHECK(value(small, 0, 0, 3) == 128);
  for (const int band : {0, 1, 2, 3}) CHECK(value(small, 1, 0, band) == 0);
}

#include "conversion/vips/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "catch.hpp"
#include "pictures.hpp"
#include "support/errors.hpp"

using affix::detail::averaged;
using affix::detail::Deadline;
using affix::detail::reduced;
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
  if (image.format() == VIPS_FORMAT_UCHAR) return pixel[band];
  return reinterpret_cast<const std::uint16_t*>(pixel)[band];
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

/// How far a smaller picture is from what `wanted` says of a pixel's band, at most.
template <class Wanted>
double largest_error(const VImage& small, const VImage& image, Size size, Wanted wanted) {
  REQUIRE(Size{small.width(), small.height()} == size);
  REQUIRE(small.bands() == image.bands());
  REQUIRE(small.format() == image.format());
  double largest = 0;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int band = 0; band < image.bands(); ++band) {
        const double difference = value(small, x, y, band) - wanted(image, size, x, y, band);
        largest = std::max(largest, std::abs(difference));
      }
    }
  }
  return largest;
}

double lanczos(double x) {
  if (x == 0) return 1;
  if (std::abs(x) >= 3) return 0;
  const double turn = std::numbers::pi * x;
  return 3 * std::sin(turn) * std::sin(turn / 3) / (turn * turn);
}

/// What a pixel of the smaller line has of each old one; beyond the ends it is as there.
std::vector<double> kernel(int from, int to, int index) {
  const double width = double(from) / to;
  const double middle = (index + 0.5) * width - 0.5;
  std::vector<double> parts(static_cast<std::size_t>(from));
  double total = 0;
  for (int at = -4 * from; at < 5 * from; ++at) {
    const double part = lanczos((at - middle) / width);
    parts[static_cast<std::size_t>(std::clamp(at, 0, from - 1))] += part;
    total += part;
  }
  for (double& part : parts) part /= total;
  return parts;
}

/// What the kernel gives, from all pixels of the picture.
double by_kernel(const VImage& image, Size size, int x, int y, int band) {
  const int colors = image.has_alpha() ? image.bands() - 1 : image.bands();
  const bool is_weighed = colors < image.bands() && band < colors;
  const std::vector<double> across = kernel(image.width(), size.width, x);
  const std::vector<double> down = kernel(image.height(), size.height, y);
  double total = 0;
  double opacity = 0;
  for (int row = 0; row < image.height(); ++row) {
    for (int column = 0; column < image.width(); ++column) {
      const double part =
          down[static_cast<std::size_t>(row)] * across[static_cast<std::size_t>(column)];
      const double weight = is_weighed ? value(image, column, row, colors) : 1;
      total += part * weight * value(image, column, row, band);
      opacity += part * weight;
    }
  }
  const double most = image.format() == VIPS_FORMAT_UCHAR ? 255 : 65'535;
  if (opacity <= 0) return 0;
  return std::clamp(total / opacity, 0.0, most);
}

}  // namespace

TEST_CASE("a reduced pixel is what Lanczos' kernel gives, whatever the sizes and the pixels") {
  const int bands = GENERATE(1, 2, 3, 4);
  const int bits = GENERATE(8, 16);
  CAPTURE(bands, bits);
  // From four times the size on something is averaged before.
  const std::vector<std::pair<Size, Size>> sizes{
      {{30, 45}, {22, 33}}, {{37, 23}, {10, 7}}, {{40, 20}, {40, 10}}, {{40, 20}, {11, 20}},
      {{9, 1}, {4, 1}},     {{1, 11}, {1, 3}},   {{3, 3}, {1, 1}},     {{12, 12}, {12, 12}}};
  for (const auto& [from, to] : sizes) {
    CAPTURE(from.width, from.height, to.width, to.height);
    VImage image = noise(from, bands);
    if (bits == 16) {
      // Each value twice, so that both bytes of a number have something.
      image = (image * 257).cast(VIPS_FORMAT_USHORT).copy_memory();
      image.get_image()->Type = bands < 3 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
    }
    const VImage small = reduced(image, to, Deadline(60));
    CHECK(largest_error(small, image, to, by_kernel) <= (bits == 8 ? 0.51 : 1));
  }
}

TEST_CASE("what is far larger stays in its place and as bright as it was when it is reduced") {
  // The left half is black, the right one white; 17 times as wide, with an edge inside of a pixel.
  const int width = 17 * 20;
  VImage image = VImage::black(width, 200).bandjoin(VImage::black(width, 200)).copy_memory();
  image.get_image()->Type = VIPS_INTERPRETATION_B_W;
  image.draw_rect({255, 255}, width / 2, 0, width / 2, 200, VImage::option()->set("fill", TRUE));
  image.draw_rect({0, 255}, 0, 0, width / 2, 200, VImage::option()->set("fill", TRUE));
  const VImage small = reduced(image, {20, 7}, Deadline(60));
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 20; ++x) {
      CAPTURE(x, y);
      const bool is_near_edge = x >= 7 && x < 13;
      if (!is_near_edge) CHECK(value(small, x, y, 0) == (x < 10 ? 0 : 255));
      CHECK(value(small, x, y, 0) + value(small, 19 - x, y, 0) == Approx(255).margin(60));
      CHECK(value(small, x, y, 1) == 255);
    }
    CHECK(value(small, 9, y, 0) < 30);
    CHECK(value(small, 10, y, 0) > 225);
  }
}

TEST_CASE("an averaged pixel is the mean of what it covers, whatever the sizes") {
  const int bands = GENERATE(1, 2, 3, 4);
  CAPTURE(bands);
  // With 30 : 22 and 45 : 33 an edge between two pixels is no number that a computer has.
  const std::vector<std::pair<Size, Size>> sizes{
      {{30, 45}, {22, 33}}, {{58, 60}, {50, 26}}, {{40, 20}, {20, 10}}, {{37, 23}, {5, 7}},
      {{9, 1}, {4, 1}},     {{1, 50}, {1, 3}},    {{17, 13}, {1, 1}},   {{12, 12}, {12, 12}}};
  for (const auto& [from, to] : sizes) {
    CAPTURE(from.width, from.height, to.width, to.height);
    const VImage image = noise(from, bands);
    CHECK(largest_error(averaged(image, to), image, to, mean) <= 0.51);
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

// A sanitizer ends the process instead.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("where there is no memory for a picture, that is an error") {
  const VImage image = noise({4, 4}, 3);
  const auto code = affix::tests::code_of([&] {
    affix::detail::room_for(image, {1 << 24, 1 << 24});
  });
  CHECK(code == affix::Errc::conversion_failed);
}
#endif

#include "conversion/placeholder/planes.hpp"

#include <array>
#include <cmath>

#include "affix/value/error.hpp"

namespace affix {
namespace {

constexpr int longest_side = 100;

bool is_side(int side) { return side >= 1 && side <= longest_side; }

void append_hex(std::string& text, double level) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<std::size_t>(std::lround(level * 255));
  text += digits[byte / 16];
  text += digits[byte % 16];
}

}  // namespace

namespace detail {

void check(const SmallPicture& picture) {
  if (!is_side(picture.width) || !is_side(picture.height)) {
    throw Error(Errc::invalid_argument, "A side of a small picture must be 1 to 100 pixels");
  }
  const auto pixels = place_in(picture.height, 0, picture.width);
  if (picture.pixels.size() != 4 * pixels) {
    throw Error(Errc::invalid_argument, "A small picture must have four bytes for each pixel",
                {.member = "pixels"});
  }
}

Mean mean_of(const SmallPicture& picture) {
  std::array<double, 3> sum{};
  double opaque = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); i += 4) {
    const double alpha = picture.pixels[i + 3] / 255.0;
    for (std::size_t band = 0; band < 3; ++band) sum[band] += alpha * picture.pixels[i + band];
    opaque += alpha;
  }
  const double scale = opaque > 0 ? 1 / (255 * opaque) : 0;
  const double count = static_cast<double>(picture.pixels.size()) / 4;
  return {sum[0] * scale, sum[1] * scale, sum[2] * scale, opaque / count};
}

Planes planes_on_mean(const SmallPicture& picture, const Mean& mean) {
  const std::size_t count = picture.pixels.size() / 4;
  Planes planes{Plane(count), Plane(count), Plane(count), Plane(mean.alpha < 1 ? count : 0)};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* pixel = &picture.pixels[4 * i];
    const double alpha = pixel[3] / 255.0;
    const double share = alpha / 255;
    planes.red[i] = mean.red * (1 - alpha) + share * pixel[0];
    planes.green[i] = mean.green * (1 - alpha) + share * pixel[1];
    planes.blue[i] = mean.blue * (1 - alpha) + share * pixel[2];
    if (mean.alpha < 1) planes.alpha[i] = alpha;
  }
  return planes;
}

}  // namespace detail

std::string mean_color(const SmallPicture& picture) {
  detail::check(picture);
  const detail::Mean mean = detail::mean_of(picture);
  if (mean.alpha == 0) return {};
  std::string text = "#";
  append_hex(text, mean.red);
  append_hex(text, mean.green);
  append_hex(text, mean.blue);
  return text;
}

}  // namespace affix

#include <algorithm>
#include <array>
#include <cmath>

#include "affix/value/error.hpp"
#include "conversion/placeholder/cosines.hpp"

// After the description of Wolt, https://github.com/woltapp/blurhash/blob/master/Algorithm.md

namespace affix {
namespace {

using namespace detail;

constexpr int most_detail = 9;

/// Red, green and blue of one wave, in linear light.
using Light = std::array<double, 3>;

double to_light(double level) {
  return level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4);
}

double from_light(double light) {
  const double level = std::clamp(light, 0.0, 1.0);
  return level <= 0.0031308 ? level * 12.92 : 1.055 * std::pow(level, 1 / 2.4) - 0.055;
}

void to_light(Plane& plane) {
  static const std::array<double, 256> lights = [] {
    std::array<double, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = to_light(static_cast<double>(i) / 255);
    return table;
  }();
  for (double& level : plane) level = lights[static_cast<std::size_t>(std::lround(level * 255))];
}

void append_digits(std::string& text, int value, int digits) {
  constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
  constexpr int base = 83;
  static_assert(alphabet.size() == base);
  int divisor = 1;
  for (int i = 1; i < digits; ++i) divisor *= base;
  for (; divisor > 0; divisor /= base) {
    text += alphabet[static_cast<std::size_t>(value / divisor % base)];
  }
}

std::vector<Light> lights_of(const SmallPicture& picture, BlurhashDetail detail) {
  Planes planes = planes_on_mean(picture, mean_of(picture));
  const Waves waves{detail.across, detail.down};
  std::vector<Light> lights(static_cast<std::size_t>(detail.across * detail.down));
  std::size_t band = 0;
  for (Plane* plane : {&planes.red, &planes.green, &planes.blue}) {
    to_light(*plane);
    const std::vector<double> shares = wave_shares(*plane, picture, waves, Phase::edge);
    for (std::size_t i = 0; i < shares.size(); ++i) lights[i][band] = shares[i] * (i == 0 ? 1 : 2);
    ++band;
  }
  return lights;
}

int mean_code(const Light& light) {
  int code = 0;
  for (const double band : light)
    code = code * 256 + static_cast<int>(std::lround(from_light(band) * 255));
  return code;
}

/// Nineteen levels for each colour, finer towards the middle.
int wave_code(const Light& light, double most) {
  int code = 0;
  for (const double band : light) {
    const double root = std::copysign(std::sqrt(std::abs(band) / most), band);
    code = code * 19 + static_cast<int>(std::clamp(std::floor(root * 9 + 9.5), 0.0, 18.0));
  }
  return code;
}

double largest_wave(const std::vector<Light>& lights) {
  double largest = 0;
  for (std::size_t i = 1; i < lights.size(); ++i) {
    for (const double band : lights[i]) largest = std::max(largest, std::abs(band));
  }
  return largest;
}

bool is_detail(BlurhashDetail detail) {
  const auto is_count = [](int count) { return count >= 1 && count <= most_detail; };
  return is_count(detail.across) && is_count(detail.down);
}

void check(BlurhashDetail detail) {
  if (is_detail(detail)) return;
  throw Error(Errc::invalid_argument, "A blurhash has 1 to 9 waves in each direction",
              {.member = "previews.blurhash"});
}

}  // namespace

void check(const PreviewOptions& options) {
  if (options.blurhash) check(*options.blurhash);
}

std::string blurhash(const SmallPicture& picture, BlurhashDetail detail) {
  detail::check(picture);
  check(detail);
  const std::vector<Light> lights = lights_of(picture, detail);
  const int scale = static_cast<int>(std::clamp(largest_wave(lights) * 166 - 0.5, 0.0, 82.0));
  const double most = (scale + 1) / 166.0;
  std::string text;
  append_digits(text, detail.across - 1 + (detail.down - 1) * most_detail, 1);
  append_digits(text, lights.size() > 1 ? scale : 0, 1);
  append_digits(text, mean_code(lights.front()), 4);
  for (std::size_t i = 1; i < lights.size(); ++i)
    append_digits(text, wave_code(lights[i], most), 2);
  return text;
}

}  // namespace affix

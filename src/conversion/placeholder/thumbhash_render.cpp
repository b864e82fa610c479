#include <cmath>
#include <cstdint>

#include "conversion/placeholder/thumbhash.hpp"
#include "storage/base64.hpp"

namespace affix {
namespace {

using namespace detail;

/// Takes bits from the lowest one of each byte up. What is not there is 0.
class BitReader {
 public:
  explicit BitReader(std::string bytes) : bytes_(std::move(bytes)) {}

  unsigned take(unsigned bits) {
    unsigned value = 0;
    for (unsigned bit = 0; bit < bits; ++bit, ++count_) {
      if (count_ / 8 >= bytes_.size()) continue;
      const unsigned byte = static_cast<std::uint8_t>(bytes_[count_ / 8]);
      value |= (byte >> count_ % 8 & 1U) << bit;
    }
    return value;
  }
  /// From 0 to 1.
  double take_level(unsigned bits) { return take(bits) / static_cast<double>((1U << bits) - 1); }
  /// From -1 to 1.
  double take_difference(unsigned bits) { return take_level(bits) * 2 - 1; }
  bool is_at_end() const { return (count_ + 7) / 8 == bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t count_ = 0;
};

struct Channel {
  Waves waves{};
  double mean = 0;
  double scale = 0;
  std::vector<double> shares{};  ///< As `each_kept_wave` visits them.
};

struct Thumbhash {
  Channel lightness{};
  Channel yellow{.waves = color_waves};
  Channel red{.waves = color_waves};
  Channel alpha{.mean = 1};
  Waves proportions{};
};

void take_shares(BitReader& reader, Channel& channel, double boost) {
  each_kept_wave(channel.waves, [&](int, int) {
    channel.shares.push_back(reader.take_difference(4) * channel.scale * boost);
  });
}

void take_constants(BitReader& reader, Thumbhash& hash) {
  hash.lightness.mean = reader.take_level(6);
  hash.yellow.mean = reader.take_difference(6);
  hash.red.mean = reader.take_difference(6);
  hash.lightness.scale = reader.take_level(5);
  const bool is_transparent = reader.take(1) == 1;
  const int shorter = static_cast<int>(reader.take(3));
  hash.yellow.scale = reader.take_level(6);
  hash.red.scale = reader.take_level(6);
  const int longer = is_transparent ? most_waves_with_alpha : most_waves;
  const bool is_wide = reader.take(1) == 1;
  hash.proportions = is_wide ? Waves{longer, shorter} : Waves{shorter, longer};
  hash.lightness.waves = kept(hash.proportions);
  if (!is_transparent) return;
  hash.alpha.waves = alpha_waves;
  hash.alpha.mean = reader.take_level(4);
  hash.alpha.scale = reader.take_level(4);
}

std::optional<Thumbhash> read(std::string_view placeholder) {
  if (!placeholder.starts_with(thumbhash_prefix)) return std::nullopt;
  placeholder.remove_prefix(thumbhash_prefix.size());
  auto bytes = placeholder.size() <= 64 ? decode_base64(placeholder) : std::nullopt;
  if (!bytes || bytes->size() < constants_size) return std::nullopt;
  // What rounding has taken from the colours, so that they do not look faint.
  constexpr double color_boost = 1.25;
  BitReader reader(*std::move(bytes));
  Thumbhash hash;
  take_constants(reader, hash);
  take_shares(reader, hash.lightness, 1);
  take_shares(reader, hash.yellow, color_boost);
  take_shares(reader, hash.red, color_boost);
  take_shares(reader, hash.alpha, 1);
  const bool is_sound = hash.proportions.across > 0 && hash.proportions.down > 0;
  return is_sound && reader.is_at_end() ? std::optional(std::move(hash)) : std::nullopt;
}

/// The value of a channel at each pixel.
Plane plane_of(const Channel& channel, int width, int height) {
  const auto across = waves_along(width, channel.waves.across, Phase::middle);
  const auto down = waves_along(height, channel.waves.down, Phase::middle);
  Plane plane(place_in(height, 0, width), channel.mean);
  std::size_t share = 0;
  each_kept_wave(channel.waves, [&](int wave_across, int wave_down) {
    const double factor = 2 * channel.shares[share++];
    for (int y = 0; y < height; ++y) {
      const double row = factor * down[place_in(wave_down, y, height)];
      for (int x = 0; x < width; ++x) {
        plane[place_in(y, x, width)] += row * across[place_in(wave_across, x, width)];
      }
    }
  });
  return plane;
}

std::uint8_t byte(double level) {
  return static_cast<std::uint8_t>(255 * std::clamp(level, 0.0, 1.0));
}

Color color_of(double lightness, double yellow, double red, double alpha) {
  const double blue = lightness - 2.0 / 3 * yellow;
  const double strength = (3 * lightness - blue + red) / 2;
  return {byte(strength), byte(strength - red), byte(blue), byte(alpha)};
}

}  // namespace

std::optional<SmallPicture> render_thumbhash(std::string_view placeholder) {
  constexpr int longer_side = 32;
  const auto hash = read(placeholder);
  if (!hash) return std::nullopt;
  const auto [across, down] = hash->proportions;
  const int longer = std::max(across, down);
  const auto side = [&](int waves) { return (2 * longer_side * waves + longer) / (2 * longer); };
  SmallPicture picture{.width = side(across), .height = side(down)};
  const Plane lightness = plane_of(hash->lightness, picture.width, picture.height);
  const Plane yellow = plane_of(hash->yellow, picture.width, picture.height);
  const Plane red = plane_of(hash->red, picture.width, picture.height);
  const Plane alpha = plane_of(hash->alpha, picture.width, picture.height);
  picture.pixels.reserve(4 * lightness.size());
  for (std::size_t i = 0; i < lightness.size(); ++i) {
    const Color color = color_of(lightness[i], yellow[i], red[i], alpha[i]);
    picture.pixels.insert(picture.pixels.end(), {color.red, color.green, color.blue, color.alpha});
  }
  return picture;
}

std::optional<Color> thumbhash_color(std::string_view placeholder) {
  const auto hash = read(placeholder);
  if (!hash) return std::nullopt;
  return color_of(hash->lightness.mean, hash->yellow.mean, hash->red.mean, hash->alpha.mean);
}

}  // namespace affix

#include "conversion/placeholder/thumbhash.hpp"

#include <cmath>
#include <cstdint>

#include "storage/base64.hpp"

// After the description and the program of Evan Wallace, https://evanw.github.io/thumbhash/

namespace affix {
namespace {

using namespace detail;

/// The waves of one plane: the mean, and the others as shares of the largest of them.
struct Channel {
  double mean = 0;
  double scale = 0;
  std::vector<double> shares{};  ///< 0 to 1, 0.5 being none; 0 if there is no wave at all.
};

/// What is smaller than this is a rounding error.
constexpr double nothing = 1e-9;

Channel channel_of(const Plane& plane, const SmallPicture& picture, Waves waves) {
  const std::vector<double> all = wave_shares(plane, picture, waves, Phase::middle);
  Channel channel{.mean = all.front()};
  each_kept_wave(waves, [&](int across, int down) {
    channel.shares.push_back(all[place_in(down, across, waves.across)]);
    channel.scale = std::max(channel.scale, std::abs(channel.shares.back()));
  });
  if (channel.scale < nothing) channel.scale = 0;
  for (double& share : channel.shares) {
    share = channel.scale > 0 ? 0.5 + 0.5 / channel.scale * share : 0;
  }
  return channel;
}

/// Fills bytes from their lowest bit up.
class BitWriter {
 public:
  /// `level` from 0 to 1, in as many steps as the bits have.
  void add_level(double level, unsigned bits) {
    const double most = (1U << bits) - 1;
    add(static_cast<unsigned>(std::clamp(std::floor(level * most + 0.5), 0.0, most)), bits);
  }
  void add(unsigned value, unsigned bits) {
    for (unsigned bit = 0; bit < bits; ++bit, ++count_) {
      if (count_ % 8 == 0) bytes_ += '\0';
      const unsigned set = (value >> bit & 1U) << count_ % 8;
      bytes_.back() = static_cast<char>(static_cast<std::uint8_t>(bytes_.back()) | set);
    }
  }
  void add_shares(const Channel& channel) {
    for (const double share : channel.shares) add_level(share, 4);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  unsigned count_ = 0;
};

struct Channels {
  Channel lightness{};
  Channel yellow{};  ///< Against blue.
  Channel red{};     ///< Against green.
  Channel alpha{};
};

Channels channels_of(const SmallPicture& picture, const Mean& mean, Waves lightness_waves) {
  Planes planes = planes_on_mean(picture, mean);
  for (std::size_t i = 0; i < planes.red.size(); ++i) {
    const double red = planes.red[i];
    const double green = planes.green[i];
    const double blue = planes.blue[i];
    planes.red[i] = (red + green + blue) / 3;
    planes.green[i] = (red + green) / 2 - blue;
    planes.blue[i] = red - green;
  }
  Channels channels{.lightness = channel_of(planes.red, picture, lightness_waves),
                    .yellow = channel_of(planes.green, picture, color_waves),
                    .red = channel_of(planes.blue, picture, color_waves)};
  if (mean.alpha < 1) channels.alpha = channel_of(planes.alpha, picture, alpha_waves);
  return channels;
}

/// Of the lightness, as many along each side as the proportions are.
Waves waves_of(const SmallPicture& picture, bool is_transparent) {
  const int most = is_transparent ? most_waves_with_alpha : most_waves;
  const int longer = std::max(picture.width, picture.height);
  const auto along = [&](int side) {
    return std::max(1, (2 * most * side + longer) / (2 * longer));
  };
  return {along(picture.width), along(picture.height)};
}

std::string thumbhash_bytes(const SmallPicture& picture) {
  const Mean mean = mean_of(picture);
  const bool is_transparent = mean.alpha < 1;
  const bool is_wide = picture.width > picture.height;
  const Waves waves = waves_of(picture, is_transparent);
  const Channels channels = channels_of(picture, mean, kept(waves));
  BitWriter writer;
  writer.add_level(channels.lightness.mean, 6);
  writer.add_level(0.5 + 0.5 * channels.yellow.mean, 6);
  writer.add_level(0.5 + 0.5 * channels.red.mean, 6);
  writer.add_level(channels.lightness.scale, 5);
  writer.add(is_transparent ? 1 : 0, 1);
  writer.add(static_cast<unsigned>(is_wide ? waves.down : waves.across), 3);
  writer.add_level(channels.yellow.scale, 6);
  writer.add_level(channels.red.scale, 6);
  writer.add(is_wide ? 1 : 0, 1);
  if (is_transparent) {
    writer.add_level(channels.alpha.mean, 4);
    writer.add_level(channels.alpha.scale, 4);
  }
  for (const Channel* one : {&channels.lightness, &channels.yellow, &channels.red, &channels.alpha})
    writer.add_shares(*one);
  return writer.bytes();
}

}  // namespace

std::string thumbhash(const SmallPicture& picture) {
  detail::check(picture);
  std::string text(thumbhash_prefix);
  text.append(encode_base64(thumbhash_bytes(picture)));
  return text;
}

}  // namespace affix

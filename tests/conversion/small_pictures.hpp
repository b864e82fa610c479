#pragma once

#include <functional>

#include "affix/conversion/placeholder.hpp"

// Small pictures that are computed, so that other programs can compute the same.

namespace small_pictures {

using Paint = std::function<affix::Color(int x, int y)>;

inline affix::SmallPicture painted(int width, int height, const Paint& paint) {
  affix::SmallPicture picture{.width = width, .height = height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const affix::Color color = paint(x, y);
      picture.pixels.insert(picture.pixels.end(),
                            {color.red, color.green, color.blue, color.alpha});
    }
  }
  return picture;
}

inline std::uint8_t level(int value) { return static_cast<std::uint8_t>(value); }
/// From 0 to 255 along a side.
inline int slope(int at, int length) { return at * 255 / (length - 1); }

inline affix::SmallPicture plain(int width, int height, affix::Color color) {
  return painted(width, height, [color](int, int) { return color; });
}

inline affix::SmallPicture sunset() {
  return painted(100, 60, [](int x, int y) {
    const int down = slope(y, 60);
    return affix::Color{level(255 - down), level((slope(x, 100) + down) / 3), level(down)};
  });
}

inline affix::SmallPicture tower() {
  return painted(40, 100, [](int x, int y) {
    return affix::Color{level(slope(y, 100)), level((x * x / 9 + y) % 200),
                        level(255 - slope(x, 40) * slope(y, 100) / 300)};
  });
}

inline affix::SmallPicture checks() {
  return painted(64, 64, [](int x, int y) {
    const bool is_light = (x * x / 300 + y * y / 700) % 2 == 1;
    return is_light ? affix::Color{250, 220, 30} : affix::Color{20, 40, 160};
  });
}

/// More and more opaque from right to left.
inline affix::SmallPicture window() {
  return painted(48, 36, [](int x, int y) {
    return affix::Color{level(slope(x, 48)), level((x * x + 5 * y) / 11), level(slope(y, 36)),
                        level(((47 - x) * (47 - x) * 60 + 14 * x * y) / 840 + y)};
  });
}

/// Red in one corner, the rest is transparent.
inline affix::SmallPicture corner() {
  return painted(90, 70, [](int x, int y) {
    return affix::Color{200, 30, 60, level(x < 31 && y < 44 ? 255 : 0)};
  });
}

inline affix::SmallPicture strip() {
  return painted(100, 1, [](int x, int) {
    const int blue = x % 3 == 0 ? 10 : x % 3 == 1 ? 60 : 200;
    return affix::Color{level(slope(x, 100)), level(x * x * 220 / 10'000), level(blue)};
  });
}

}  // namespace small_pictures

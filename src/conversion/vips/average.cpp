#include "conversion/vips/average.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace affix::detail {
namespace {

using vips::VImage;

constexpr int most_bands = 4;

/// What each of the new pixels of a line covers of the old ones.
class Cover {
 public:
  struct Part {
    std::size_t first;
    std::vector<float> weights;  ///< Of that pixel and those behind it: 1 for a whole one.
  };

  Cover(std::int64_t from, std::int64_t to) : width_(double(from) / double(to)) {
    // In parts of an old pixel of which it has `to`, since fractions would be rounded.
    for (std::int64_t begin = 0; begin < from * to; begin += from) {
      const std::int64_t end = begin + from;
      Part part{static_cast<std::size_t>(begin / to), {}};
      for (std::int64_t at = begin / to; at * to < end; ++at) {
        const std::int64_t covered = std::min(end, (at + 1) * to) - std::max(begin, at * to);
        part.weights.push_back(static_cast<float>(double(covered) / double(to)));
      }
      parts_.push_back(std::move(part));
    }
  }

  const std::vector<Part>& parts() const noexcept { return parts_; }
  double width() const noexcept { return width_; }

 private:
  double width_;
  std::vector<Part> parts_;
};

/// Sums of rows for each column and band, and the means of their parts.
class Sums {
 public:
  explicit Sums(const VImage& image)
      : bands_(static_cast<std::size_t>(image.bands())),
        colors_(image.has_alpha() ? bands_ - 1 : bands_),
        sums_(static_cast<std::size_t>(image.width()) * bands_) {}

  void clear() { std::ranges::fill(sums_, 0.0F); }

  void add(const std::uint8_t* row, float weight) {
    if (colors_ == bands_) {
      for (std::size_t index = 0; index < sums_.size(); ++index)
        sums_[index] += weight * static_cast<float>(row[index]);
      return;
    }
    for (std::size_t first = 0; first < sums_.size(); first += bands_) {
      const float opacity = weight * static_cast<float>(row[first + colors_]);
      for (std::size_t band = 0; band < colors_; ++band) {
        sums_[first + band] += opacity * static_cast<float>(row[first + band]);
      }
      sums_[first + colors_] += opacity;
    }
  }

  /// `area` is what a pixel covers.
  void put_means(std::uint8_t* to, const Cover& columns, double area) const {
    for (const Cover::Part& part : columns.parts()) {
      float total[most_bands] = {};
      const float* from = sums_.data() + part.first * bands_;
      for (const float weight : part.weights) {
        for (std::size_t band = 0; band < bands_; ++band) total[band] += weight * from[band];
        from += bands_;
      }
      put_mean(to, total, area);
      to += bands_;
    }
  }

 private:
  static std::uint8_t rounded(double value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
  }

  void put_mean(std::uint8_t* to, std::span<const float, most_bands> total, double area) const {
    const double weight = colors_ == bands_ ? area : total[colors_];
    for (std::size_t band = 0; band < colors_; ++band) {
      to[band] = weight > 0 ? rounded(total[band] / weight) : 0;
    }
    if (colors_ < bands_) to[colors_] = rounded(total[colors_] / area);
  }

  std::size_t bands_;
  std::size_t colors_;
  std::vector<float> sums_;
};

/// With pixels that are not set yet.
VImage empty_like(const VImage& image, Size size) {
  const std::size_t bytes =
      std::size_t(size.width) * std::size_t(size.height) * std::size_t(image.bands());
  VImage result = VImage::new_from_memory_steal(g_malloc(bytes), bytes, size.width, size.height,
                                                image.bands(), VIPS_FORMAT_UCHAR);
  result.get_image()->Type = image.interpretation();
  result.set(VIPS_META_ORIENTATION, vips_image_get_orientation(image.get_image()));
  return result;
}

}  // namespace

bool can_be_averaged(const VImage& image) {
  return image.format() == VIPS_FORMAT_UCHAR && image.bands() <= most_bands;
}

VImage averaged(const VImage& image, Size size) {
  VImage small = empty_like(image, size);
  const Cover columns(image.width(), size.width);
  const Cover rows(image.height(), size.height);
  Sums sums(image);
  for (int line = 0; line < size.height; ++line) {
    const Cover::Part& part = rows.parts()[static_cast<std::size_t>(line)];
    int row = static_cast<int>(part.first);
    sums.clear();
    for (const float weight : part.weights) {
      sums.add(VIPS_IMAGE_ADDR(image.get_image(), 0, row++), weight);
    }
    sums.put_means(VIPS_IMAGE_ADDR(small.get_image(), 0, line), columns,
                   columns.width() * rows.width());
  }
  return small;
}

}  // namespace affix::detail

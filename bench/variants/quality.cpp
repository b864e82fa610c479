#include "variants/quality.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace affix::bench {
namespace {

using std::filesystem::path;
using vips::VImage;

VImage smooth(const VImage& image) {
  constexpr double window = 1.5;
  return image.gaussblur(
      window, VImage::option()->set("precision", VIPS_PRECISION_FLOAT)->set("min_ampl", 0.01));
}

VImage in_srgb(const VImage& image) {
  if (image.get_typeof(VIPS_META_ICC_NAME) == 0) {
    return image.colourspace(VIPS_INTERPRETATION_sRGB);
  }
  return image.icc_transform("srgb", VImage::option()->set("embedded", TRUE));
}

VImage on_white(const VImage& image) {
  if (!image.has_alpha()) return image;
  return image.flatten(VImage::option()->set("background", std::vector<double>{255, 255, 255}));
}

/// As it is shown.
VImage read(const path& file) {
  const VImage image = VImage::new_from_file(file.c_str());
  return on_white(in_srgb(image.autorot())).copy_memory();
}

VImage brightness(const VImage& image) {
  return image.colourspace(VIPS_INTERPRETATION_B_W).extract_band(0).copy_memory();
}

/// The part of `image` in a window that may lie beside its middle.
VImage cut(const VImage& image, int width, int height, int beside) {
  const int spare_width = image.width() - width;
  const int spare_height = image.height() - height;
  const int left = std::clamp(spare_width / 2 + (spare_width > 0 ? beside : 0), 0, spare_width);
  const int top = std::clamp(spare_height / 2 + (spare_height > 0 ? beside : 0), 0, spare_height);
  return image.crop(left, top, width, height);
}

VImage resized(const VImage& image, int width, int height) {
  const VImage result = image.resize(double(width) / image.width(),
                                     VImage::option()
                                         ->set("vscale", double(height) / image.height())
                                         ->set("kernel", VIPS_KERNEL_LANCZOS3));
  return brightness(result);
}

void require_size(const VImage& made, const VImage& source, const Preset& preset) {
  const bool is_cut = preset.fit == Fit::cover && preset.width > 0 && preset.height > 0;
  const double height =
      is_cut ? preset.height : double(preset.width) * source.height() / source.width();
  if (made.width() != preset.width || std::abs(made.height() - height) > 1) {
    throw std::runtime_error("the variant " + preset.name + " has the wrong size");
  }
}

}  // namespace

double signal_to_noise(const VImage& left, const VImage& right) {
  const VImage difference = left.cast(VIPS_FORMAT_FLOAT) - right.cast(VIPS_FORMAT_FLOAT);
  const double error = (difference * difference).avg();
  return 10 * std::log10(255 * 255 / std::max(error, 1e-6));
}

double structural_similarity(const VImage& left, const VImage& right) {
  const double first_constant = std::pow(0.01 * 255, 2);
  const double second_constant = std::pow(0.03 * 255, 2);
  const VImage x = left.cast(VIPS_FORMAT_FLOAT);
  const VImage y = right.cast(VIPS_FORMAT_FLOAT);
  const VImage mean_x = smooth(x).copy_memory();
  const VImage mean_y = smooth(y).copy_memory();
  const VImage variances = smooth(x * x) - mean_x * mean_x + smooth(y * y) - mean_y * mean_y;
  const VImage covariance = smooth(x * y) - mean_x * mean_y;
  const VImage likeness =
      (mean_x * mean_y * 2 + first_constant) * (covariance * 2 + second_constant);
  const VImage range =
      (mean_x * mean_x + mean_y * mean_y + first_constant) * (variances + second_constant);
  return (likeness / range).avg();
}

Reference::Reference(const path& source) : pixels_(read(source)) {}

Likeness Reference::likeness(const path& variant, const Preset& preset) const {
  const VImage made = brightness(read(variant));
  require_size(made, pixels_, preset);
  const double scale =
      std::max(double(made.width()) / pixels_.width(), double(made.height()) / pixels_.height());
  const int width = std::max(made.width(), static_cast<int>(std::lround(pixels_.width() * scale)));
  const int height =
      std::max(made.height(), static_cast<int>(std::lround(pixels_.height() * scale)));
  const VImage whole = resized(pixels_, preset.fit == Fit::cover ? width : made.width(),
                               preset.fit == Fit::cover ? height : made.height());
  Likeness best{.similarity = -1};
  for (const int beside : {-1, 0, 1}) {
    const VImage window = cut(whole, made.width(), made.height(), beside);
    const double similarity = structural_similarity(window, made);
    if (similarity > best.similarity) best = {similarity, signal_to_noise(window, made)};
  }
  return best;
}

}  // namespace affix::bench

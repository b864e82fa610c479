#pragma once

#include <filesystem>
#include <vips/vips8>

#include "affix/conversion/preset.hpp"

// How like the source a variant is.

namespace affix::bench {

/// The mean structural similarity of two pictures of the same size: 1 for equal ones. Of one band,
/// 0 to 255, with the usual window (Gaussian, sigma 1.5) and constants.
double structural_similarity(const vips::VImage& left, const vips::VImage& right);

/// The peak signal to noise ratio of two such pictures, in decibels; 108 for equal ones.
double signal_to_noise(const vips::VImage& left, const vips::VImage& right);

/// How like the source a variant is, in its brightness.
struct Likeness {
  double similarity = 0;  ///< The mean structural similarity.
  double decibels = 0;    ///< The peak signal to noise ratio.
};

/// What variants of a source should look like: all of it is decoded at its full size, turned as its
/// orientation says, converted to sRGB by its profile, laid on white, and then resized with
/// libvips' lanczos3. `cover` keeps the middle.
class Reference {
 public:
  explicit Reference(const std::filesystem::path& source);

  /// A variant may have been cut a pixel beside the reference: the best similarity counts. Throws
  /// `std::runtime_error` if its size is another one.
  Likeness likeness(const std::filesystem::path& variant, const Preset& preset) const;

 private:
  vips::VImage pixels_;
};

}  // namespace affix::bench

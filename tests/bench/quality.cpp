#include "variants/quality.hpp"

#include "catch.hpp"
#include "library.hpp"
#include "support/temporary_directory.hpp"

namespace {

using affix::Fit;
using affix::Preset;
using affix::bench::Reference;
using affix::bench::signal_to_noise;
using affix::bench::structural_similarity;
using affix::tests::TemporaryDirectory;
using vips::VImage;

const std::string photograph = AFFIX_TEST_DATA "/data/chelsea.png";  // 451 x 300

VImage gray(const VImage& image) {
  return image.colourspace(VIPS_INTERPRETATION_B_W).extract_band(0).copy_memory();
}

VImage read_photograph() { return VImage::new_from_file(photograph.c_str()); }

VImage half() {
  return read_photograph().resize(226 / 451.0, VImage::option()->set("vscale", 0.5));
}

/// The similarity to the photograph of what is made of it.
double similarity(const VImage& variant, const Preset& preset) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "variant.png";
  variant.pngsave(file.c_str());
  return Reference(photograph).likeness(file, preset).similarity;
}

VImage thumbnail(int left) { return read_photograph().resize(200 / 300.0).crop(left, 0, 200, 200); }

const Preset in_half{.name = "half", .width = 226, .fit = Fit::inside};
const Preset square{.name = "square", .width = 200, .height = 200};

}  // namespace

TEST_CASE("a picture is like itself by exactly one") {
  const VImage image = gray(read_photograph());
  CHECK(structural_similarity(image, image) == Approx(1).margin(1e-6));
}

TEST_CASE("two even areas are as like as the formula says") {
  const VImage dark = VImage::black(64, 64) + 100;
  const VImage light = VImage::black(64, 64) + 150;
  const double constant = 0.01 * 255 * 0.01 * 255;
  const double expected = (2 * 100 * 150 + constant) / (100 * 100 + 150 * 150 + constant);
  CHECK(structural_similarity(dark, light) == Approx(expected).margin(1e-4));
}

TEST_CASE("the negative of a picture is unlike it") {
  const VImage image = gray(read_photograph());
  CHECK(structural_similarity(image, image * -1 + 255) < 0);
}

TEST_CASE("the more noise, the less like") {
  const VImage image = gray(read_photograph());
  const auto with_noise = [&](double sigma) {
    return image + VImage::gaussnoise(
                       image.width(), image.height(),
                       VImage::option()->set("sigma", sigma)->set("mean", 0.0)->set("seed", 1));
  };
  const double little = structural_similarity(image, with_noise(5));
  const double much = structural_similarity(image, with_noise(25));
  CHECK(little < 0.99);
  CHECK(much < little - 0.1);
  CHECK(signal_to_noise(image, with_noise(5)) == Approx(34.15).margin(0.1));
  CHECK(signal_to_noise(image, image) == Approx(108.1).margin(0.1));
}

TEST_CASE("a variant that was made as the reference is like it") {
  CHECK(similarity(half(), in_half) > 0.999);
}

TEST_CASE("a blurred variant is less like the reference") {
  CHECK(similarity(half().gaussblur(1), in_half) < 0.95);
}

TEST_CASE("a crop may lie one pixel beside the middle, and not five") {
  CHECK(similarity(thumbnail(50), square) > 0.995);
  CHECK(similarity(thumbnail(51), square) > 0.995);
  CHECK(similarity(thumbnail(55), square) < 0.9);
}

TEST_CASE("a variant of another size than the preset's is refused") {
  CHECK_THROWS_WITH(similarity(half(), square), "the variant square has the wrong size");
}

TEST_CASE("transparency counts as white") {
  const TemporaryDirectory directory;
  const VImage cut_out = read_photograph().bandjoin_const({0});
  const std::string source = directory.path() / "source.png";
  cut_out.pngsave(source.c_str());
  const std::string variant = directory.path() / "variant.jpg";
  (VImage::black(226, 150, VImage::option()->set("bands", 3)) + 255).jpegsave(variant.c_str());
  CHECK(Reference(source).likeness(variant, in_half).similarity > 0.999);
}

#include <fstream>
#include <string>

#include "catch.hpp"
#include "pictures.hpp"
#include "support/pictures.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

// Colours compared with those that ImageMagick makes of the same file.

using namespace affix;
using namespace affix::tests;
using namespace pictures;
using vips::VImage;

namespace {

/// A profile that libvips brings along, as a file.
std::string write_profile(const TemporaryDirectory& directory, const char* name) {
  converter();
  VipsBlob* profile = nullptr;
  REQUIRE(vips_profile_load(name, &profile, nullptr) == 0);
  std::size_t size = 0;
  const auto* data = static_cast<const char*>(vips_blob_get(profile, &size));
  const auto path = directory.path() / (std::string(name) + ".icc");
  std::ofstream(path, std::ios::binary).write(data, static_cast<std::streamsize>(size));
  vips_area_unref(VIPS_AREA(profile));
  return path.string();
}

constexpr int width = 200;

/// ImageMagick's picture of this width as sRGB; `untagged_profile` names the profile of a file that
/// has none.
VImage by_image_magick(const std::string& bytes, const std::string& extension,
                       const char* untagged_profile) {
  const TemporaryDirectory directory;
  const std::string source = (directory.path() / ("source." + extension)).string();
  const std::string target = (directory.path() / "target.png").string();
  std::ofstream(source, std::ios::binary) << bytes;
  std::string command = "convert-im6.q16 " + source + " -intent relative";
  if (untagged_profile) command += " -profile " + write_profile(directory, untagged_profile);
  command += " -profile " + write_profile(directory, "srgb");
  command += " -resize " + std::to_string(width) + " -strip PNG24:" + target + " 2>&1";
  output_of(command);
  return decoded(read_file(target), "image/png").colourspace(VIPS_INTERPRETATION_sRGB);
}

/// Mean difference as eyes see it (CIEDE2000): 1 is just visible side by side.
double visible_difference(const VImage& left, const VImage& right) {
  REQUIRE(left.width() == right.width());
  REQUIRE(left.height() == right.height());
  return left.dE00(right).avg();
}

double color_error(const std::string& bytes, const std::string& extension,
                   const char* untagged_profile = nullptr) {
  const std::string type = extension == "jpg" ? "image/jpeg" : "image/" + extension;
  const VImage ours = made_pixels(bytes, type, {.width = width, .format = ImageFormat::png});
  return visible_difference(ours.colourspace(VIPS_INTERPRETATION_sRGB),
                            by_image_magick(bytes, extension, untagged_profile));
}

VImage tagged(const char* photo, const char* profile) {
  return pixels_of(photo).icc_transform(profile, VImage::option()->set("input_profile", "srgb"));
}

VImage untagged(const VImage& image) {
  VImage bare = image.copy();
  bare.remove(VIPS_META_ICC_NAME);
  return bare;
}

}  // namespace

TEST_CASE("colours of a picture in P3 are those that ImageMagick shows") {
  const VImage wide = tagged("coffee.png", "p3");
  CHECK(color_error(jpeg(wide), "jpg") < 0.8);
  CHECK(color_error(png(wide), "png") < 0.6);
  CHECK(color_error(webp(wide), "webp") < 1);
}

TEST_CASE("colours of a picture without a profile are those that ImageMagick shows") {
  CHECK(color_error(photograph("hubble_deep_field.jpg"), "jpg", "srgb") < 1.1);
  CHECK(color_error(photograph("astronaut.png"), "png", "srgb") < 0.6);
  CHECK(color_error(webp(pixels_of("chelsea.png")), "webp", "srgb") < 0.8);
}

TEST_CASE("colours of a CMYK picture are those that ImageMagick shows") {
  const VImage inks = tagged("coffee.png", "cmyk");
  REQUIRE(inks.bands() == 4);
  CHECK(color_error(jpeg(inks), "jpg") < 0.9);
  CHECK(color_error(jpeg(untagged(inks)), "jpg", "cmyk") < 0.9);
}

TEST_CASE("a grey picture is as bright as ImageMagick shows it") {
  const VImage gray = pixels_of("chelsea.png").colourspace(VIPS_INTERPRETATION_B_W);
  CHECK(color_error(jpeg(gray), "jpg") < 0.9);
  CHECK(color_error(png(gray), "png") < 0.7);
  CHECK(color_error(png(gray.colourspace(VIPS_INTERPRETATION_GREY16)), "png") < 0.4);
}

TEST_CASE("a profile that was overlooked would show in these differences") {
  const VImage wide = tagged("coffee.png", "p3");
  const VImage overlooked =
      made_pixels(png(untagged(wide)), "image/png", {.width = width, .format = ImageFormat::png});
  CHECK(visible_difference(overlooked, by_image_magick(png(wide), "png", nullptr)) > 2);
}

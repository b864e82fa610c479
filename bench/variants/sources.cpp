#include "variants/sources.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <stdexcept>
#include <vips/vips8>

namespace affix::bench {
namespace {

using std::filesystem::path;
using vips::VImage;

/// Part of the files' names: another number makes them anew.
constexpr const char* version = "2";

struct Recipe {
  const char* name;
  const char* extension;
  int width;
  int height;
  void (*save)(const VImage& photograph, const char* file);
};

vips::VOption* jpeg_options() {
  return VImage::option()->set("Q", 90)->set("subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON);
}

void save_jpeg(const VImage& photograph, const char* file) {
  photograph.jpegsave(file, jpeg_options()->set("strip", TRUE));
}

void save_progressive(const VImage& photograph, const char* file) {
  photograph.jpegsave(file, jpeg_options()->set("strip", TRUE)->set("interlace", TRUE));
}

/// Lies on its side, and says so.
void save_rotated(const VImage& photograph, const char* file) {
  constexpr int turn_right = 6;
  VImage stored = photograph.rot(VIPS_ANGLE_D270).copy();
  stored.set(VIPS_META_ORIENTATION, turn_right);
  stored.jpegsave(file, jpeg_options());
}

void save_with_profile(const VImage& photograph, const char* file, const char* profile) {
  const VImage converted =
      photograph.icc_transform(profile, VImage::option()->set("input_profile", "srgb"));
  converted.jpegsave(file, jpeg_options());
}

void save_p3(const VImage& photograph, const char* file) {
  save_with_profile(photograph, file, "p3");
}

void save_cmyk(const VImage& photograph, const char* file) {
  save_with_profile(photograph, file, "cmyk");
}

void save_png(const VImage& photograph, const char* file) {
  photograph.pngsave(
      file, VImage::option()->set("filter", VIPS_FOREIGN_PNG_FILTER_ALL)->set("strip", TRUE));
}

/// An ellipse with soft edges, cut out.
void save_png_with_alpha(const VImage& photograph, const char* file) {
  const std::vector<double> center{photograph.width() / 2.0, photograph.height() / 2.0};
  const VImage offset = (VImage::xyz(photograph.width(), photograph.height()) - center) / center;
  const VImage offset_squared = offset * offset;
  const VImage distance = offset_squared.extract_band(0) + offset_squared.extract_band(1);
  const VImage alpha = ((1 - distance) * 1000).cast(VIPS_FORMAT_UCHAR);
  save_png(photograph.bandjoin(alpha), file);
}

void save_webp(const VImage& photograph, const char* file) {
  photograph.webpsave(file, VImage::option()->set("Q", 90)->set("strip", TRUE));
}

void save_avif(const VImage& photograph, const char* file) {
  photograph.heifsave(file, VImage::option()
                                ->set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1)
                                ->set("Q", 60)
                                ->set("bitdepth", 8)
                                ->set("effort", 2)
                                ->set("strip", TRUE));
}

constexpr auto recipes = std::to_array<Recipe>({
    {"jpeg-2mp", "jpg", 1632, 1224, save_jpeg},
    {"jpeg-6mp", "jpg", 2832, 2128, save_jpeg},
    {"jpeg-12mp", "jpg", 4000, 3000, save_jpeg},
    {"jpeg-24mp", "jpg", 6000, 4000, save_jpeg},
    {"jpeg-48mp", "jpg", 8000, 6000, save_jpeg},
    {"jpeg-progressive-12mp", "jpg", 4000, 3000, save_progressive},
    {"jpeg-rotated-12mp", "jpg", 4000, 3000, save_rotated},
    {"jpeg-p3-12mp", "jpg", 4000, 3000, save_p3},
    {"jpeg-cmyk-12mp", "jpg", 4000, 3000, save_cmyk},
    {"png-12mp", "png", 4000, 3000, save_png},
    {"png-alpha-12mp", "png", 4000, 3000, save_png_with_alpha},
    {"webp-12mp", "webp", 4000, 3000, save_webp},
    {"avif-12mp", "avif", 4000, 3000, save_avif},
});

/// The colours alone: what a file says about itself would end up in the source.
VImage bare(const VImage& image) {
  VImage result = image.copy();
  const std::unique_ptr<char*, decltype(&g_strfreev)> fields(
      vips_image_get_fields(result.get_image()), &g_strfreev);
  for (char** field = fields.get(); *field != nullptr; ++field) result.remove(*field);
  return result;
}

std::vector<VImage> tiles() {
  std::vector<VImage> images;
  for (const char* name : {"astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg"}) {
    const path file = path(AFFIX_TEST_DATA) / "data" / name;
    const VImage image = VImage::new_from_file(file.c_str());
    const VImage colors =
        image.colourspace(VIPS_INTERPRETATION_sRGB).extract_band(0, VImage::option()->set("n", 3));
    images.push_back(bare(colors).copy_memory());
  }
  return images;
}

/// Random numbers that are the same with every standard library.
class Dice {
 public:
  int below(int end) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(end)); }

 private:
  std::mt19937 engine_;
};

/// One square: a part of a picture, turned, at another scale and another brightness.
VImage square(const VImage& tile, int side, Dice& dice) {
  const int smallest = std::min(tile.width(), tile.height());
  const int cut = smallest * (70 + dice.below(31)) / 100;
  const int left = dice.below(tile.width() - cut + 1);
  const int top = dice.below(tile.height() - cut + 1);
  const VImage part = tile.crop(left, top, cut, cut).copy_memory();
  const VImage turned = part.rot(static_cast<VipsAngle>(dice.below(4)));
  const double brightness = (85 + dice.below(31)) / 100.0;
  const VImage scaled = turned.resize(double(side) / cut);
  return (scaled * brightness).cast(VIPS_FORMAT_UCHAR).crop(0, 0, side, side).copy_memory();
}

VImage grain(int width, int height) {
  const VImage noise = VImage::gaussnoise(
      width, height, VImage::option()->set("sigma", 8.0)->set("mean", 0.0)->set("seed", 7));
  return noise.gaussblur(0.6);
}

VImage photograph(int width, int height) {
  constexpr int across = 4;
  const std::vector<VImage> pictures = tiles();
  const int side = (width + across - 1) / across;
  const int down = (height + side - 1) / side;
  Dice dice;
  std::vector<VImage> squares;
  for (int i = 0; i < across * down; ++i) {
    squares.push_back(square(pictures[dice.below(static_cast<int>(pictures.size()))], side, dice));
  }
  const VImage joined = VImage::arrayjoin(squares, VImage::option()->set("across", across));
  const VImage noisy = joined.crop(0, 0, width, height) + grain(width, height);
  return noisy.cast(VIPS_FORMAT_UCHAR)
      .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB))
      .copy_memory();
}

const Recipe& recipe(const std::string& name) {
  const auto found = std::find_if(recipes.begin(), recipes.end(),
                                  [&](const Recipe& recipe) { return recipe.name == name; });
  if (found == recipes.end()) throw std::invalid_argument("there is no source " + name);
  return *found;
}

}  // namespace

std::vector<std::string> source_names() {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes) names.emplace_back(recipe.name);
  return names;
}

SourceFile source_file(const std::string& name, const path& directory) {
  const Recipe& wanted = recipe(name);
  path file = directory / (name + "." + version + "." + wanted.extension);
  if (std::filesystem::exists(file)) return {name, file};
  std::filesystem::create_directories(directory);
  const path unfinished = directory / (std::string("unfinished.") + wanted.extension);
  wanted.save(photograph(wanted.width, wanted.height), unfinished.c_str());
  std::filesystem::rename(unfinished, file);
  return {name, file};
}

}  // namespace affix::bench

#include <random>
#include <string>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "picture_bytes.hpp"
#include "pictures.hpp"
#include "support/campaign.hpp"

// Real pictures that are cut off or damaged: an Error or a variant, and nothing else.

using namespace affix;
using namespace pictures;

namespace {

struct Sample {
  const char* mime_type;
  std::string bytes;
};

std::string saved(const vips::VImage& image, const char* suffix, vips::VOption* options) {
  void* data = nullptr;
  std::size_t size = 0;
  image.write_to_buffer(suffix, &data, &size, options);
  std::string bytes(static_cast<const char*>(data), size);
  g_free(data);
  return bytes;
}

vips::VImage small_photograph() { return pixels_of("chelsea.png").resize(0.15); }

std::vector<Sample> convertible() {
  const vips::VImage image = small_photograph();
  const vips::VImage clear = image.bandjoin(100);
  const auto option = [](const char* name, int value) {
    return vips::VImage::option()->set(name, value);
  };
  return {{"image/jpeg", jpeg(image)},
          {"image/jpeg", saved(image, ".jpg", option("interlace", TRUE))},
          {"image/png", png(clear)},
          {"image/png", saved(image, ".png", option("interlace", TRUE))},
          {"image/webp", webp(clear)},
          {"image/webp", saved(image, ".webp", option("Q", 70))},
          {"image/webp", animated_webp({.frames = {image, image.invert()}})},
          {"image/gif", gif(image)},
          {"image/gif", animated_gif({.frames = {image, image.invert()}})}};
}

/// These and what is only scanned.
std::vector<Sample> scannable() {
  const vips::VImage image = small_photograph();
  std::vector<Sample> samples = convertible();
  samples.push_back({"image/tiff", saved(image, ".tif", vips::VImage::option())});
  samples.push_back(
      {"image/tiff", saved(image, ".tif", vips::VImage::option()->set("bigtiff", TRUE))});
  samples.push_back(
      {"image/avif", saved(image, ".avif", vips::VImage::option()->set("effort", 1))});
  return samples;
}

std::string damaged(std::string bytes, std::mt19937& random) {
  const int count = std::uniform_int_distribution(1, 8)(random);
  // Half of the damage in the headers, where it does more.
  const std::size_t most =
      random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 200) : bytes.size();
  for (int index = 0; index < count; ++index) {
    const auto at = std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
  }
  return bytes;
}

bool is_refusal_of_content(Errc code) {
  return code == Errc::invalid_content || code == Errc::too_large;
}

/// Other exceptions than Error leave the function and fail the test.
void check_inspected(const Sample& sample) {
  try {
    const Inspection found = converter().inspect(as_bytes(sample.bytes), sample.mime_type);
    CHECK((found.width > 0 && found.height > 0 && found.frames > 0));
  } catch (const Error& error) {
    CHECK(is_refusal_of_content(error.code()));
  }
}

/// Whether it could be converted.
bool check_converted(const Sample& sample) {
  const std::vector<Preset> presets{{.name = "thumb", .width = 32, .height = 32}};
  try {
    const Conversion made = converter().convert(
        {.bytes = as_bytes(sample.bytes), .mime_type = sample.mime_type, .presets = presets});
    REQUIRE(made.variants.size() == 1);
    CHECK(made.variants.front().file.has_value() != made.variants.front().error.has_value());
    return true;
  } catch (const Error& error) {
    CHECK(is_refusal_of_content(error.code()));
    return false;
  }
}

void check_scanned(const Sample& sample) {
  const auto code = scan_refusal(sample.bytes, sample.mime_type);
  CHECK((!code || is_refusal_of_content(*code)));
}

}  // namespace

TEST_CASE("a picture that is cut off at any tenth of its length is refused") {
  for (const Sample& whole : convertible()) {
    REQUIRE(check_converted(whole));
    for (std::size_t tenth = 0; tenth < 10; ++tenth) {
      CAPTURE(whole.mime_type, whole.bytes.size(), tenth);
      const Sample cut{whole.mime_type, whole.bytes.substr(0, whole.bytes.size() * tenth / 10)};
      check_inspected(cut);
      CHECK_FALSE(check_converted(cut));
    }
  }
}

TEST_CASE("whatever bits of a picture are wrong, it is converted or refused") {
  const std::vector<Sample> samples = convertible();
  const int seeds = affix::tests::rounds(100, 2'000);
  int converted = 0;
  for (std::size_t index = 0; index < samples.size(); ++index) {
    for (int seed = 0; seed < seeds; ++seed) {
      CAPTURE(samples[index].mime_type, index, seed);
      std::mt19937 random(static_cast<unsigned>(seed));
      const Sample sample{samples[index].mime_type, damaged(samples[index].bytes, random)};
      check_inspected(sample);
      converted += check_converted(sample);
    }
  }
  CHECK(converted > 0);
  CHECK(converted < seeds * static_cast<int>(samples.size()));
}

TEST_CASE("whatever bits of a picture are wrong, it is scanned or refused") {
  const int seeds = affix::tests::rounds(1'000, 20'000);
  for (const Sample& whole : scannable()) {
    CHECK_FALSE(scan_refusal(whole.bytes, whole.mime_type));
    for (int seed = 0; seed < seeds; ++seed) {
      CAPTURE(whole.mime_type, seed);
      std::mt19937 random(static_cast<unsigned>(seed));
      check_scanned({whole.mime_type, damaged(whole.bytes, random)});
    }
  }
}

TEST_CASE("the scan finds what libvips finds in real pictures") {
  for (const Sample& whole : convertible()) {
    CAPTURE(whole.mime_type, whole.bytes.size());
    const vips::VImage image = decoded(whole.bytes, whole.mime_type);
    const Inspection found = converter().inspect(as_bytes(whole.bytes), whole.mime_type);
    CHECK(found.width == image.width());
    CHECK(found.height == image.height());
    CHECK(found.frames == vips_image_get_n_pages(image.get_image()));
  }
}

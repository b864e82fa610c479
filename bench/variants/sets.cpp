#include "variants/sets.hpp"

#include <stdexcept>

namespace affix::bench {
namespace {

constexpr int sharp_effort = 4;  // Its default for WebP and AVIF.
constexpr int sharp_avif_quality = 50;

std::vector<Preset> usual_presets() {
  return {{.name = "thumb", .width = 200, .height = 200, .quality = 80},
          {.name = "card", .width = 640, .fit = Fit::inside, .quality = 80},
          {.name = "large", .width = 1600, .fit = Fit::inside, .quality = 80},
          {.name = "og", .width = 1200, .height = 630, .format = ImageFormat::jpeg, .quality = 85}};
}

std::vector<Preset> ladder() {
  std::vector<Preset> presets;
  for (const int width : {320, 480, 640, 768, 1024, 1280, 1600, 1920, 2560}) {
    presets.push_back(
        {.name = std::to_string(width), .width = width, .fit = Fit::inside, .quality = 80});
  }
  return presets;
}

/// Effort 0 is affix's default.
std::vector<Preset> as_avif(int effort) {
  std::vector<Preset> presets = usual_presets();
  for (Preset& preset : presets) {
    preset.format = ImageFormat::avif;
    preset.quality = sharp_avif_quality;
    preset.effort = effort;
  }
  return presets;
}

}  // namespace

VariantSet variant_set(std::string_view name) {
  VariantSet set{.name = std::string(name)};
  if (name == "S1") {
    set.presets = usual_presets();
  } else if (name == "S2") {
    set.presets = ladder();
  } else if (name == "S3") {
    set.presets = as_avif(0);
  } else if (name == "S3-same") {
    set.presets = as_avif(sharp_effort);
  } else if (name == "S4") {
    set.presets = {usual_presets().front()};
  } else {
    throw std::invalid_argument("there is no set " + set.name);
  }
  return set;
}

nlohmann::json as_request(const VariantSet& set) {
  nlohmann::json variants = nlohmann::json::array();
  for (const Preset& preset : set.presets) {
    const std::string type(mime_type(preset.format));
    variants.push_back({{"name", preset.name},
                        {"width", preset.width},
                        {"height", preset.height},
                        {"fit", preset.fit == Fit::cover ? "cover" : "inside"},
                        {"format", type.substr(type.find('/') + 1)},
                        {"extension", extension(preset.format)},
                        {"quality", preset.quality},
                        {"effort", sharp_effort}});
  }
  return variants;
}

}  // namespace affix::bench

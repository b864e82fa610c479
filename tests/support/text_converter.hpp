#pragma once

#include "affix/conversion/converter.hpp"

namespace affix::tests {

/// Makes variants of texts, for tests to which pictures do not matter. The variant of a text with
/// the preset `thumb` is `thumb of ` and the text.
class TextConverter : public Converter {
 public:
  bool accepts(std::string_view type) const override { return type == "text/plain"; }

  Inspection inspect(std::span<const std::byte>, std::string_view) const override { return {}; }

  Conversion convert(const ConversionJob& job) const override {
    const std::string text(reinterpret_cast<const char*>(job.bytes.data()), job.bytes.size());
    Conversion made;
    for (const Preset& preset : job.presets) {
      const MadeFile file{preset.name + " of " + text, "text/plain", "txt"};
      made.variants.push_back({.name = preset.name, .digest = digest(preset), .file = file});
      if (job.made) job.made(made.variants.back());
    }
    return made;
  }
};

}  // namespace affix::tests

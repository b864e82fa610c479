#include "conversion/vips/equal_outputs.hpp"

namespace affix::detail {
namespace {

/// What decides on the bytes of a variant: names do not, and of a size only what comes of it.
struct Output {
  Layout layout{};
  Preset recipe{};

  bool operator==(const Output&) const = default;
};

Output output_of(const Base& base, const Preset& preset) {
  Output output{layout_of(base, preset), preset};
  output.recipe.name.clear();
  output.recipe.width = preset.width > 0 ? 1 : 0;
  output.recipe.height = preset.height > 0 ? 1 : 0;
  return output;
}

}  // namespace

std::vector<std::size_t> first_of_equals(const Base& base, std::span<const Preset> presets) {
  std::vector<Output> outputs;
  std::vector<std::size_t> firsts;
  for (const Preset& preset : presets) {
    outputs.push_back(output_of(base, preset));
    std::size_t first = 0;
    while (outputs[first] != outputs.back()) ++first;
    firsts.push_back(first);
  }
  return firsts;
}

}  // namespace affix::detail

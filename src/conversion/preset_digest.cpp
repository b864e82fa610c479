#include <array>
#include <charconv>
#include <map>

#include "affix/conversion/preset.hpp"
#include "affix/storage/checksum.hpp"
#include "affix/storage/reader.hpp"

namespace affix {
namespace {

// Digests are a part of stored paths. The words and numbers below must never change; a recipe whose
// meaning changes for the same members needs a new version instead.
constexpr std::string_view recipe_version = "1";
constexpr std::size_t digest_length = 8;

std::string_view word(Fit fit) {
  constexpr std::array<std::string_view, 5> words{"cover", "contain", "fill", "inside", "outside"};
  return words.at(static_cast<std::size_t>(fit));
}

std::string_view word(ImageFormat format) {
  constexpr std::array<std::string_view, 7> words{"jpeg", "png",  "webp", "avif",
                                                  "gif",  "tiff", "keep"};
  return words.at(static_cast<std::size_t>(format));
}

std::string_view word(Position position) {
  constexpr std::array<std::string_view, 11> words{
      "center",      "top",  "right_top", "right",     "right_bottom", "bottom",
      "left_bottom", "left", "left_top",  "attention", "entropy"};
  return words.at(static_cast<std::size_t>(position));
}

std::string_view word(Enlarge enlarge) { return enlarge == Enlarge::allowed ? "allowed" : "never"; }

std::string_view word(Flip flip) {
  constexpr std::array<std::string_view, 4> words{"none", "horizontal", "vertical", "both"};
  return words.at(static_cast<std::size_t>(flip));
}

std::string_view word(Tone tone) { return tone == Tone::grayscale ? "grayscale" : "color"; }

std::string_view word(Frames frames) { return frames == Frames::all ? "all" : "first"; }

std::string_view word(Compression compression) {
  return compression == Compression::lossless ? "lossless" : "lossy";
}

std::string_view word(Profile profile) {
  constexpr std::array<std::string_view, 3> words{"compatible", "balanced", "fast"};
  return words.at(static_cast<std::size_t>(profile));
}

// std::to_chars knows no locale and gives the shortest text that reads back as the same number.
template <typename Number>
std::string number_word(Number number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

std::string word(int number) { return number_word(number); }
std::string word(double number) { return number_word(number); }

std::string word(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) text.append(text.empty() ? "" : ",").append(word(number));
  return text;
}

std::string word(const std::optional<Color>& color) {
  if (!color) return "none";
  return number_word<int>(color->red) + ',' + number_word<int>(color->green) + ',' +
         number_word<int>(color->blue) + ',' + number_word<int>(color->alpha);
}

/// 0 and -0 are equal, so they are one word.
std::string fraction_word(double value) { return number_word(value + 0.0); }

std::string word(const std::optional<FocalPoint>& point) {
  return point ? fraction_word(point->x) + ',' + fraction_word(point->y) : "none";
}

std::string hash_of(std::string_view bytes) {
  Sha256 hash;
  hash.update(as_bytes(bytes));
  return hash.hex();
}

std::string word(const std::optional<Watermark>& watermark) {
  if (!watermark) return "none";
  return hash_of(watermark->bytes) + ',' + std::string(word(watermark->position)) + ',' +
         fraction_word(watermark->opacity) + ',' + fraction_word(watermark->width);
}

/// The members that differ from their default, by name.
class Members {
 public:
  template <typename Value>
  void add(std::string_view name, const Value& value, const Value& usual) {
    if (value != usual) words_.emplace(name, word(value));
  }

  std::string text() const {
    std::string text(recipe_version);
    for (const auto& [name, value] : words_)
      text.append("\n").append(name).append("=").append(value);
    return text;
  }

 private:
  std::map<std::string, std::string> words_;
};

std::string canonical_text(const Preset& preset) {
  const Preset usual;
  Members members;
  members.add("width", preset.width, usual.width);
  members.add("height", preset.height, usual.height);
  members.add("widths", preset.widths, usual.widths);
  members.add("fit", preset.fit, usual.fit);
  members.add("format", preset.format, usual.format);
  members.add("quality", preset.quality, usual.quality);
  members.add("effort", preset.effort, usual.effort);
  members.add("position", preset.position, usual.position);
  members.add("background", preset.background, usual.background);
  members.add("enlarge", preset.enlarge, usual.enlarge);
  members.add("rotate", preset.rotate, usual.rotate);
  members.add("flip", preset.flip, usual.flip);
  members.add("blur", preset.blur, usual.blur);
  members.add("sharpen", preset.sharpen, usual.sharpen);
  members.add("tone", preset.tone, usual.tone);
  members.add("focal_point", preset.focal_point, usual.focal_point);
  members.add("frames", preset.frames, usual.frames);
  members.add("compression", preset.compression, usual.compression);
  members.add("watermark", preset.watermark, usual.watermark);
  members.add("profile", preset.profile.value_or(Profile::balanced), Profile::balanced);
  return members.text();
}

}  // namespace

std::string digest(const Preset& preset) {
  return hash_of(canonical_text(preset)).substr(0, digest_length);
}

}  // namespace affix

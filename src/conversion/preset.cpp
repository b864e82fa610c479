#include "affix/conversion/preset.hpp"

#include <algorithm>
#include <cmath>

#include "affix/value/error.hpp"

namespace affix {
namespace {

constexpr std::size_t max_name_length = 64;
constexpr int max_side = 16'384;
constexpr int max_quality = 100;
constexpr int max_effort = 9;
constexpr double max_blur = 100;
constexpr double max_sharpen = 10;
constexpr std::size_t max_watermark = 1 << 20;

bool is_name_character(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '-';
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name_length &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

bool is_between(int value, int least, int most) { return value >= least && value <= most; }

bool is_sigma(double value, double most) {
  return std::isfinite(value) && value >= 0 && value <= most;
}

bool is_fraction(double value) { return value >= 0 && value <= 1; }

bool is_quarter_turn(int degrees) {
  return degrees == 0 || degrees == 90 || degrees == 180 || degrees == 270;
}

[[noreturn]] void refuse(const Preset& preset, std::string_view member, std::string_view message) {
  throw Error(Errc::invalid_argument, message,
              {.variant = preset.name, .member = std::string(member)});
}

void check_side(const Preset& preset, int side, std::string_view member) {
  if (!is_between(side, 0, max_side)) {
    refuse(preset, member, "A side of a preset must be 0 to 16384 pixels");
  }
}

void check_widths(const Preset& preset) {
  constexpr std::size_t most_widths = 32;
  if (preset.widths.empty()) return;
  if (preset.width != 0 || preset.height != 0 || preset.enlarge != Enlarge::never) {
    refuse(preset, "widths", "A ladder of widths has no other size and enlarges nothing");
  }
  std::vector<int> widths = preset.widths;
  std::sort(widths.begin(), widths.end());
  if (widths.size() > most_widths || widths.front() < 1 || widths.back() > max_side ||
      std::adjacent_find(widths.begin(), widths.end()) != widths.end()) {
    refuse(preset, "widths", "A ladder has at most 32 different widths of 1 to 16384 pixels");
  }
  if (!is_name(preset.name + "-" + std::to_string(widths.back()))) {
    refuse(preset, "name", "The name of a ladder must leave room for the widths");
  }
}

void check_encoding(const Preset& preset) {
  if (!is_between(preset.quality, 0, max_quality)) {
    refuse(preset, "quality", "The quality of a preset must be 0 to 100");
  }
  if (!is_between(preset.effort, 0, max_effort)) {
    refuse(preset, "effort", "The effort of a preset must be 0 to 9");
  }
}

void check_effects(const Preset& preset) {
  if (!is_quarter_turn(preset.rotate)) {
    refuse(preset, "rotate", "A preset can rotate by 0, 90, 180 or 270 degrees");
  }
  if (!is_sigma(preset.blur, max_blur)) {
    refuse(preset, "blur", "The blur of a preset must be 0 to 100");
  }
  if (!is_sigma(preset.sharpen, max_sharpen)) {
    refuse(preset, "sharpen", "The sharpening of a preset must be 0 to 10");
  }
}

void check_focal_point(const Preset& preset) {
  if (!preset.focal_point) return;
  if (!is_fraction(preset.focal_point->x) || !is_fraction(preset.focal_point->y)) {
    refuse(preset, "focal_point", "The focal point of a preset must be within 0 and 1");
  }
}

void check_watermark(const Preset& preset, const Watermark& watermark) {
  if (watermark.bytes.empty() || watermark.bytes.size() > max_watermark) {
    refuse(preset, "watermark.bytes", "The picture of a watermark must be 1 byte to 1 MiB");
  }
  if (watermark.position == Position::attention || watermark.position == Position::entropy) {
    refuse(preset, "watermark.position",
           "A watermark lies at a side, in a corner or in the middle");
  }
  if (!is_fraction(watermark.opacity)) {
    refuse(preset, "watermark.opacity", "The opacity of a watermark must be 0 to 1");
  }
  if (!is_fraction(watermark.width) || watermark.width == 0) {
    refuse(preset, "watermark.width", "The width of a watermark must be more than 0, and up to 1");
  }
}

}  // namespace

void check(const Preset& preset) {
  if (!is_name(preset.name)) {
    refuse(preset, "name", "The name of a preset must be 1 to 64 letters, digits, _ or -");
  }
  check_side(preset, preset.width, "width");
  check_side(preset, preset.height, "height");
  check_widths(preset);
  check_encoding(preset);
  check_effects(preset);
  check_focal_point(preset);
  if (preset.watermark) check_watermark(preset, *preset.watermark);
}

std::string_view mime_type(ImageFormat format) {
  switch (format) {
    case ImageFormat::jpeg:
      return "image/jpeg";
    case ImageFormat::png:
      return "image/png";
    case ImageFormat::webp:
      return "image/webp";
    case ImageFormat::avif:
      return "image/avif";
    case ImageFormat::gif:
      return "image/gif";
    case ImageFormat::tiff:
      return "image/tiff";
    case ImageFormat::keep:
      break;
  }
  return {};
}

std::string_view extension(ImageFormat format) {
  switch (format) {
    case ImageFormat::jpeg:
      return "jpg";
    case ImageFormat::png:
      return "png";
    case ImageFormat::webp:
      return "webp";
    case ImageFormat::avif:
      return "avif";
    case ImageFormat::gif:
      return "gif";
    case ImageFormat::tiff:
      return "tiff";
    case ImageFormat::keep:
      break;
  }
  return {};
}

}  // namespace affix

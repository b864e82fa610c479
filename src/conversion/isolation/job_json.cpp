#include "conversion/isolation/job_json.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "storage/base64.hpp"

namespace affix::detail {
namespace {

using nlohmann::json;

/// Changes whenever what is written here does, so that a program of another build is refused.
constexpr int version = 1;

json print_color(const std::optional<Color>& color) {
  if (!color) return nullptr;
  return json::array({color->red, color->green, color->blue, color->alpha});
}

std::optional<Color> parse_color(const json& document) {
  if (document.is_null()) return std::nullopt;
  return Color{document.at(0), document.at(1), document.at(2), document.at(3)};
}

json print_focal_point(const std::optional<FocalPoint>& point) {
  if (!point) return nullptr;
  return json::array({point->x, point->y});
}

std::optional<FocalPoint> parse_focal_point(const json& document) {
  if (document.is_null()) return std::nullopt;
  return FocalPoint{document.at(0), document.at(1)};
}

json print_watermark(const std::optional<Watermark>& watermark) {
  if (!watermark) return nullptr;
  return {{"bytes", encode_base64(watermark->bytes)},
          {"position", watermark->position},
          {"opacity", watermark->opacity},
          {"width", watermark->width}};
}

std::optional<Watermark> parse_watermark(const json& document) {
  if (document.is_null()) return std::nullopt;
  return Watermark{.bytes = decode_base64(document.at("bytes").get<std::string>()).value(),
                   .position = document.at("position"),
                   .opacity = document.at("opacity"),
                   .width = document.at("width")};
}

json print_profile(std::optional<Profile> profile) {
  if (!profile) return nullptr;
  return *profile;
}

std::optional<Profile> parse_profile(const json& document) {
  if (document.is_null()) return std::nullopt;
  return document.get<Profile>();
}

json print_preset(const Preset& preset) {
  return {{"name", preset.name},
          {"width", preset.width},
          {"height", preset.height},
          {"widths", preset.widths},
          {"fit", preset.fit},
          {"format", preset.format},
          {"quality", preset.quality},
          {"effort", preset.effort},
          {"position", preset.position},
          {"focalPoint", print_focal_point(preset.focal_point)},
          {"background", print_color(preset.background)},
          {"enlarge", preset.enlarge},
          {"rotate", preset.rotate},
          {"flip", preset.flip},
          {"blur", preset.blur},
          {"sharpen", preset.sharpen},
          {"tone", preset.tone},
          {"frames", preset.frames},
          {"compression", preset.compression},
          {"watermark", print_watermark(preset.watermark)},
          {"profile", print_profile(preset.profile)}};
}

Preset parse_preset(const json& document) {
  return {.name = document.at("name"),
          .width = document.at("width"),
          .height = document.at("height"),
          .widths = document.at("widths").get<std::vector<int>>(),
          .fit = document.at("fit"),
          .format = document.at("format"),
          .quality = document.at("quality"),
          .effort = document.at("effort"),
          .position = document.at("position"),
          .focal_point = parse_focal_point(document.at("focalPoint")),
          .background = parse_color(document.at("background")),
          .enlarge = document.at("enlarge"),
          .rotate = document.at("rotate"),
          .flip = document.at("flip"),
          .blur = document.at("blur"),
          .sharpen = document.at("sharpen"),
          .tone = document.at("tone"),
          .frames = document.at("frames"),
          .compression = document.at("compression"),
          .watermark = parse_watermark(document.at("watermark")),
          .profile = parse_profile(document.at("profile"))};
}

json print_limits(const VipsConverterOptions& limits) {
  return {{"maxBytes", limits.max_bytes},         {"maxPixels", limits.max_pixels},
          {"maxDimension", limits.max_dimension}, {"maxFrames", limits.max_frames},
          {"maxSeconds", limits.max_seconds},     {"maxMemory", limits.max_memory}};
}

VipsConverterOptions parse_limits(const json& document) {
  return {.max_bytes = document.at("maxBytes"),
          .max_pixels = document.at("maxPixels"),
          .max_dimension = document.at("maxDimension"),
          .max_frames = document.at("maxFrames"),
          .max_seconds = document.at("maxSeconds"),
          .max_memory = document.at("maxMemory"),
          .isolation = Isolation::never};
}

json print_preview_options(const PreviewOptions& options) {
  json document{{"color", options.color}, {"blurhash", nullptr}};
  if (options.blurhash) {
    document["blurhash"] = json::array({options.blurhash->across, options.blurhash->down});
  }
  return document;
}

PreviewOptions parse_preview_options(const json& document) {
  PreviewOptions options{.color = document.at("color")};
  const json& detail = document.at("blurhash");
  if (!detail.is_null()) options.blurhash = BlurhashDetail{detail.at(0), detail.at(1)};
  return options;
}

/// A preview of a process that may say anything: printable ASCII, and not much of it.
std::string parse_preview(const json& document) {
  constexpr std::size_t longest = 500;
  std::string text = document;
  const auto is_plain = [](char character) { return character > ' ' && character <= '~'; };
  if (text.size() > longest || !std::ranges::all_of(text, is_plain)) {
    throw std::runtime_error("an odd preview");
  }
  return text;
}

ImageFormat format_of(const MadeFile& file) {
  for (const auto format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp,
                            ImageFormat::avif, ImageFormat::gif, ImageFormat::tiff}) {
    if (mime_type(format) == file.mime_type) return format;
  }
  throw std::runtime_error("a variant of another format");
}

/// A whole number of another process: the library turns any number into any type.
int parse_number(const json& document, int least, int most) {
  if (!document.is_number_integer()) throw std::runtime_error("no whole number");
  const auto number = document.get<std::int64_t>();
  if (number < least || number > most) throw std::runtime_error("a number out of bounds");
  return static_cast<int>(number);
}

ImageFormat parse_format(const json& document) {
  return static_cast<ImageFormat>(
      parse_number(document, 0, static_cast<int>(ImageFormat::keep) - 1));
}

int parse_side(const json& document) {
  constexpr int longest = 1'000'000;
  return parse_number(document, 1, longest);
}

/// What a conversion may throw.
constexpr std::array codes{Errc::invalid_content, Errc::too_large, Errc::unsupported,
                           Errc::conversion_failed};

}  // namespace

json print_job(const ConversionJob& job, const VipsConverterOptions& limits) {
  json presets = json::array();
  for (const Preset& preset : job.presets) presets.push_back(print_preset(preset));
  return {{"version", version},
          {"mimeType", job.mime_type},
          {"limits", print_limits(limits)},
          {"previews", print_preview_options(job.previews)},
          {"presets", std::move(presets)}};
}

json print_inspection_job(std::string_view mime_type, const VipsConverterOptions& limits) {
  json document = print_job({.mime_type = mime_type}, limits);
  document["inspect"] = true;
  return document;
}

ParsedJob parse_job(const json& document) {
  if (document.at("version") != version) {
    throw Error(Errc::unsupported, "The program affix-convert is of another version of affix");
  }
  ParsedJob job{.is_inspection = document.contains("inspect"),
                .mime_type = document.at("mimeType"),
                .previews = parse_preview_options(document.at("previews")),
                .limits = parse_limits(document.at("limits"))};
  for (const json& preset : document.at("presets")) job.presets.push_back(parse_preset(preset));
  return job;
}

json print_variant(std::size_t index, const MadeVariant& variant) {
  json document{{"variant", index}, {"digest", variant.digest}};
  if (variant.error) document["error"] = print_error(*variant.error);
  if (!variant.file) return document;
  document["format"] = format_of(*variant.file);
  document["width"] = variant.file->width;
  document["height"] = variant.file->height;
  return document;
}

std::size_t parse_index(const json& document, std::size_t count) {
  if (count == 0) throw std::runtime_error("a variant that nobody asked for");
  return static_cast<std::size_t>(
      parse_number(document.at("variant"), 0, static_cast<int>(count) - 1));
}

MadeVariant parse_variant(const json& document, std::string bytes, const Preset& preset) {
  MadeVariant variant{.name = preset.name, .digest = digest(preset)};
  if (document.at("digest") != variant.digest) throw std::runtime_error("another preset");
  if (document.contains("error")) {
    variant.error = parse_error(document.at("error")).with({.variant = preset.name});
    return variant;
  }
  const ImageFormat format = parse_format(document.at("format"));
  if (preset.format != ImageFormat::keep && preset.format != format) {
    throw std::runtime_error("a variant of another format");
  }
  variant.file = MadeFile{.bytes = std::move(bytes),
                          .mime_type = std::string(mime_type(format)),
                          .extension = std::string(extension(format)),
                          .width = parse_side(document.at("width")),
                          .height = parse_side(document.at("height"))};
  return variant;
}

json print_previews(const Conversion& conversion) {
  return json::array({conversion.placeholder, conversion.blurhash, conversion.color});
}

Conversion parse_previews(const json& document) {
  return {.placeholder = parse_preview(document.at(0)),
          .blurhash = parse_preview(document.at(1)),
          .color = parse_preview(document.at(2))};
}

json print_inspection(const Inspection& inspection) {
  return json::array({inspection.width, inspection.height, inspection.frames});
}

Inspection parse_inspection(const json& document) {
  constexpr int most_frames = 1'000'000;
  return {parse_side(document.at(0)), parse_side(document.at(1)),
          parse_number(document.at(2), 1, most_frames)};
}

json print_error(const Error& error) {
  std::string cause(error.message());
  if (!error.cause().empty()) cause.append(": ").append(error.cause());
  return {{"code", error.code()}, {"cause", cause}};
}

Error parse_error(const json& document) {
  constexpr int most = 1'000;
  const auto code = static_cast<Errc>(parse_number(document.at("code"), 0, most));
  if (std::ranges::find(codes, code) == codes.end()) throw std::runtime_error("an odd error");
  const std::string cause = document.at("cause");
  return {code, "The picture cannot be converted", {}, cause};
}

}  // namespace affix::detail

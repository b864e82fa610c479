#include "variants/command.hpp"

#include <stdexcept>

namespace affix::bench {
namespace {

using nlohmann::json;

/// `640x` or `200x200`.
std::string box(const json& variant) {
  const int height = variant.at("height").get<int>();
  std::string text = std::to_string(variant.at("width").get<int>());
  text += 'x';
  if (height > 0) text += std::to_string(height);
  return text;
}

bool is_cut(const json& variant) { return variant.at("fit") == "cover"; }

std::string number(const json& variant, const char* member) {
  return std::to_string(variant.at(member).get<int>());
}

/// A profile makes libvips 8.14 darken pictures that have none themselves.
bool has_profile(const std::string& source) {
  return source.find("-p3-") != std::string::npos || source.find("-cmyk-") != std::string::npos;
}

std::vector<std::string> vipsthumbnail(const json& request, const json& variant) {
  const auto source = request.at("source").get<std::string>();
  std::string output = output_of(request, variant).string();
  output.append("[Q=").append(number(variant, "quality"));
  if (variant.at("format") != "jpeg") output.append(",effort=").append(number(variant, "effort"));
  output.append(",strip]");
  std::vector<std::string> command{"vipsthumbnail",    source,     "--size",
                                   box(variant) + ">", "--output", output};
  if (is_cut(variant)) command.insert(command.end(), {"--smartcrop", "centre"});
  if (has_profile(source)) command.insert(command.end(), {"--export-profile", "srgb"});
  return command;
}

std::vector<std::string> imagemagick(const json& request, const json& variant) {
  std::vector<std::string> command{"convert-im6.q16",
                                   request.at("source").get<std::string>(),
                                   "-auto-orient",
                                   "-colorspace",
                                   "sRGB",
                                   "-resize"};
  if (is_cut(variant)) {
    const std::string size = box(variant);
    command.insert(command.end(), {size + "^", "-gravity", "center", "-extent", size});
  } else {
    command.push_back(box(variant));
  }
  command.insert(command.end(), {"-strip", "-quality", number(variant, "quality")});
  if (variant.at("format") == "webp") {
    command.insert(command.end(), {"-define", "webp:method=" + number(variant, "effort")});
  }
  command.push_back(output_of(request, variant).string());
  return command;
}

}  // namespace

MakeCommand command_of(std::string_view program) {
  if (program == "vipsthumbnail") return vipsthumbnail;
  if (program == "imagemagick") return imagemagick;
  throw std::invalid_argument("there is no program " + std::string(program));
}

std::filesystem::path output_of(const json& request, const json& variant) {
  return std::filesystem::path(request.at("directory").get<std::string>()) /
         (variant.at("name").get<std::string>() + "." + variant.at("extension").get<std::string>());
}

}  // namespace affix::bench

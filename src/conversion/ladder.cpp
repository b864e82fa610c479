#include "affix/conversion/ladder.hpp"

#include <algorithm>
#include <map>

namespace affix {
namespace {

Preset rung(const Preset& ladder, int width) {
  Preset preset = ladder;
  preset.name.append("-").append(std::to_string(width));
  preset.width = width;
  preset.widths.clear();
  return preset;
}

bool is_rung_name(std::string_view variant, std::string_view ladder) {
  if (!variant.starts_with(ladder)) return false;
  variant.remove_prefix(ladder.size());
  return variant.size() > 1 && variant.front() == '-' &&
         variant.find_first_not_of("0123456789", 1) == variant.npos;
}

void append_encoded(std::string& text, char character) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(character);
  text += '%';
  text += digits[byte / 16];
  text += digits[byte % 16];
}

/// A url that ends where it shall in a list of urls.
std::string listed(std::string_view url) {
  const std::size_t first = url.find_first_not_of(',');
  const std::size_t last = url.find_last_not_of(',');
  std::string text;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const bool is_space = url[i] == ' ' || (url[i] >= '\t' && url[i] <= '\r');
    const bool is_edge = first == url.npos || i < first || i > last;
    if (is_space || is_edge) {
      append_encoded(text, url[i]);
    } else {
      text += url[i];
    }
  }
  return text;
}

}  // namespace

std::vector<Preset> rungs(const Preset& preset, int width, int height) {
  if (preset.widths.empty()) return {preset};
  const int most = preset.rotate % 180 == 0 ? width : height;
  std::vector<int> widths = preset.widths;
  std::ranges::sort(widths);
  std::vector<Preset> all;
  for (const int one : widths) {
    if (most > 0 && !all.empty() && all.back().width >= most) break;
    all.push_back(rung(preset, one));
  }
  return all;
}

std::string srcset(const Attachment& attachment, std::string_view name, const UrlOf& url_of) {
  std::vector<std::string> variants;
  for (const auto& [variant, made] : attachment.variants) {
    if (is_rung_name(variant, name)) variants.push_back(variant);
  }
  return srcset_of(attachment, variants, url_of);
}

std::string srcset_of(const Attachment& attachment, const std::vector<std::string>& variants,
                      const UrlOf& url_of) {
  std::map<int, std::string_view> by_width;
  for (const std::string& name : variants) {
    const auto found = attachment.variants.find(name);
    if (found == attachment.variants.end() || found->second.width <= 0) continue;
    by_width.emplace(found->second.width, found->first);
  }
  std::string text;
  for (const auto& [width, name] : by_width) {
    if (!text.empty()) text += ", ";
    text.append(listed(url_of(name))).append(" ").append(std::to_string(width)).append("w");
  }
  return text;
}

}  // namespace affix

#include "page.hpp"

#include <fstream>

namespace {

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '<') {
      html += "&lt;";
    } else if (c == '&') {
      html += "&amp;";
    } else if (c == '"') {
      html += "&quot;";
    } else {
      html += c;
    }
  }
  return html;
}

constexpr std::string_view head = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>affix: a product and its pictures</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
section { display: flex; flex-wrap: wrap; gap: 1rem }
figure { margin: 0 } figcaption { font-size: .85rem; color: #444 }
</style>
<h1>A product and its pictures</h1>
)";

}  // namespace

void write_page(const std::filesystem::path& file, const affix::AttachmentManager& files,
                const std::vector<Section>& sections) {
  std::ofstream page(file);
  page << head;
  for (const Section& section : sections) {
    page << "<h2>" << escaped(section.title) << "</h2>\n<section>\n";
    for (const affix::Attachment& picture : section.pictures) {
      page << "<figure><a href=\"" << escaped(files.url(picture)) << "\"><img src=\""
           << escaped(files.url(picture, "thumb")) << "\" alt=\"" << escaped(picture.name)
           << "\"></a><figcaption>" << escaped(picture.name) << "</figcaption></figure>\n";
    }
    page << "</section>\n";
  }
}

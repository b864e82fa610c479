#include "report.hpp"

#include <fstream>
#include <iomanip>
#include <iostream>

void Report::note(std::string_view name, std::chrono::steady_clock::duration time) {
  Line line{std::string(name), std::chrono::duration<double, std::milli>(time).count()};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
    // Besides the attachments there are markers, while a transaction is open.
    const bool bookkeeping = entry.path().string().find("/.affix/") != std::string::npos;
    if (!entry.is_regular_file() || bookkeeping) continue;
    ++line.files;
    line.bytes += static_cast<std::int64_t>(entry.file_size());
  }
  lines_.push_back(line);
}

void Report::print_table() const {
  std::cout << std::left << std::setw(58) << "step" << std::right << std::setw(12) << "time"
            << std::setw(8) << "files" << std::setw(12) << "bytes" << '\n'
            << std::string(90, '-') << '\n';
  for (const Line& line : lines_) {
    std::cout << std::left << std::setw(58) << line.name << std::right << std::fixed
              << std::setprecision(1) << std::setw(9) << line.milliseconds << " ms" << std::setw(8)
              << line.files << std::setw(12) << line.bytes << '\n';
  }
}

namespace {

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

void write_figure(std::ostream& page, const std::string& url, std::string_view title,
                  std::int64_t size, int width, int height) {
  page << "<figure><a href=\"" << escaped(url) << "\"><img src=\"" << escaped(url) << "\" alt=\""
       << escaped(title) << "\" loading=\"lazy\"></a><figcaption><b>" << escaped(title) << "</b> "
       << width << " × " << height << ", " << (size + 512) / 1024 << " KiB</figcaption></figure>\n";
}

constexpr std::string_view head = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>affix: avatars</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; margin-bottom: 2rem }
figure { margin: 0 } img { max-width: 20rem; max-height: 15rem; background: #ddd }
figcaption { font-size: .85rem; color: #444 } h2 { margin-bottom: .5rem }
</style>
<h1>Avatars and their variants</h1>
)";

}  // namespace

void write_page(const std::filesystem::path& file, const affix::AttachmentManager& files,
                const std::vector<User>& users) {
  std::ofstream page(file);
  page << head;
  for (const User& user : users) {
    if (!user.avatar) continue;
    const affix::Attachment& avatar = *user.avatar;
    page << "<h2>" << escaped(user.name) << "</h2>\n<section>\n";
    write_figure(page, files.url(avatar), "original: " + avatar.file_name, avatar.size,
                 avatar.width, avatar.height);
    for (const auto& [name, variant] : avatar.variants) {
      write_figure(page, files.url(avatar, name), name, variant.size, variant.width,
                   variant.height);
    }
    page << "</section>\n";
  }
}

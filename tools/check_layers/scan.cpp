#include "scan.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string_view>

namespace affix::tools {
namespace {

namespace fs = std::filesystem;

std::string_view skip_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

/// The rest of the line behind `word`, without leading blanks; nothing if the line has another
/// word.
std::optional<std::string_view> after(std::string_view line, std::string_view word) {
  line = skip_blanks(line);
  if (!line.starts_with(word)) return std::nullopt;
  return skip_blanks(line.substr(word.size()));
}

std::optional<Include> parse(std::string_view line) {
  const auto directive = after(line, "#");
  const auto operand = directive ? after(*directive, "include") : std::nullopt;
  if (!operand || operand->empty()) return std::nullopt;
  const char open = operand->front();
  if (open != '"' && open != '<') return std::nullopt;
  const std::size_t end = operand->find(open == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{.form = open == '"' ? Form::quoted : Form::angled,
                 .name = std::string(operand->substr(1, end - 1))};
}

std::vector<fs::path> code_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".hpp" || extension == ".cpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<Include> scan(const fs::path& root, const fs::path& folder) {
  std::vector<Include> includes;
  for (const fs::path& file : code_files(root / folder)) {
    std::ifstream stream(file);
    std::string text;
    for (int line = 1; std::getline(stream, text); ++line) {
      auto include = parse(text);
      if (!include) continue;
      include->file = file.lexically_relative(root);
      include->line = line;
      includes.push_back(std::move(*include));
    }
  }
  return includes;
}

}  // namespace affix::tools

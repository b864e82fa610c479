#include "blocks.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace affix::tools {
namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view setup_mark = "<!-- setup:";

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

std::string setup_name(std::string_view line) {
  line.remove_prefix(setup_mark.size());
  return std::string(trim(line.substr(0, line.find("-->"))));
}

/// Reads to the closing fence; `line` is the number of the opening one.
Block read_block(std::istream& document, int line, std::string setup) {
  Block block{.line = line + 1, .setup = std::move(setup)};
  std::string text;
  while (std::getline(document, text) && trim(text) != fence) block.lines.push_back(text);
  return block;
}

bool is_comment(std::string_view line) {
  return line.empty() || line.starts_with("//") || line.starts_with("#include");
}

}  // namespace

std::vector<Block> read_blocks(std::istream& document) {
  std::vector<Block> blocks;
  std::string setup;
  std::string text;
  for (int line = 1; std::getline(document, text); ++line) {
    const std::string_view content = trim(text);
    if (content == "```cpp") {
      blocks.push_back(read_block(document, line, setup));
      line += static_cast<int>(blocks.back().lines.size()) + 1;
    }
    if (content.starts_with(setup_mark)) {
      setup = setup_name(content);
    } else if (!content.empty()) {
      setup.clear();
    }
  }
  return blocks;
}

bool is_program(const Block& block) {
  return std::any_of(block.lines.begin(), block.lines.end(), [](const std::string& line) {
    return line.find("int main(") != std::string::npos;
  });
}

bool starts_with_declaration(const Block& block) {
  static constexpr std::array words = {"struct ", "class ",     "enum ",   "template", "constexpr ",
                                       "inline ", "namespace ", "static ", "using ",   "void "};
  const auto first = std::find_if(block.lines.begin(), block.lines.end(),
                                  [](const auto& line) { return !is_comment(trim(line)); });
  return first != block.lines.end() &&
         std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return trim(*first).starts_with(word); });
}

}  // namespace affix::tools

#pragma once

#include <istream>
#include <string>
#include <vector>

namespace affix::tools {

/// One ```cpp block of a Markdown document.
struct Block {
  int line = 0;         ///< Of its first line of code, counted from 1.
  std::string setup{};  ///< From `<!-- setup: NAME -->` above it; empty if there is none.
  std::vector<std::string> lines{};
};

std::vector<Block> read_blocks(std::istream& document);

/// Whether the block is a program by itself: it has an `int main`.
bool is_program(const Block& block);

/// Whether the block starts like declarations that may have to stand outside of a function.
bool starts_with_declaration(const Block& block);

}  // namespace affix::tools

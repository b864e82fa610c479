#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace affix::tools {

enum class Form { quoted, angled };

/// One `#include` line.
struct Include {
  std::filesystem::path file{};  ///< Relative to the root of the tree.
  int line = 0;                  ///< Counted from 1.
  Form form = Form::quoted;
  std::string name{};  ///< Between the quotes or brackets.
};

/// All `#include` lines of the `.hpp` and `.cpp` files below `root / folder`, by file and line;
/// none if there is no such folder. Comments and conditions are not understood: a line counts
/// wherever it stands.
std::vector<Include> scan(const std::filesystem::path& root, const std::filesystem::path& folder);

}  // namespace affix::tools

#pragma once

#include <filesystem>
#include <string>
#include <vector>

// The pictures that are converted.

namespace affix::bench {

/// A source by its name, such as `jpeg-12mp`.
struct SourceFile {
  std::string name{};
  std::filesystem::path path{};
};

/// The names of all sources.
std::vector<std::string> source_names();

/// The source, made if it is not below `directory` yet. Always the same pixels: the pictures of
/// `tests/data` in squares of changing scale, part, turn and brightness, with grain over all of it,
/// so that there is as much detail as in a photograph of that size; encoded once.
SourceFile source_file(const std::string& name, const std::filesystem::path& directory);

}  // namespace affix::bench

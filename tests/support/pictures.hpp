#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "affix/storage/source.hpp"

namespace affix::tests {

/// The photographs of tests/data; LICENSES.md beside them says whose they are.
inline std::filesystem::path picture_path(const std::string& name) {
  return std::filesystem::path(AFFIX_TEST_DATA) / "data" / name;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Source picture(const std::string& name) { return Source::from_path(picture_path(name)); }

}  // namespace affix::tests

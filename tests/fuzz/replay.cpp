#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "target.hpp"

// replay FILE_OR_FOLDER...
//
// Gives a fuzz target every file, one after the other, without libFuzzer. A folder stands for all
// files below it and must have some.

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& place) {
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(place)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  if (files.empty()) throw std::runtime_error(place.string() + " is empty");
  std::sort(files.begin(), files.end());
  return files;
}

void run(const fs::path& file) {
  // Before the run: it may end the process.
  std::cout << file.string() << std::endl;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error(file.string() + " cannot be read");
  const std::string input{std::istreambuf_iterator<char>(stream), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    std::size_t count = 0;
    for (int i = 1; i < argument_count; ++i) {
      for (const fs::path& file : files_of(arguments[i])) {
        run(file);
        ++count;
      }
    }
    std::cout << count << " inputs\n";
    return count > 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

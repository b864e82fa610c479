// check_layers ROOT
//
// Reads every #include of the library and its examples and prints `file:line: objection` for each
// one that breaks the order of the layers. Ends with 0 if there is none, 1 if there are some, and 2
// if there is nothing to read.

#include <exception>
#include <iostream>

#include "rules.hpp"
#include "scan.hpp"

namespace {

int check(const std::filesystem::path& root) {
  std::size_t seen = 0;
  std::size_t wrong = 0;
  for (const char* folder : {"include", "serializers", "src", "examples"}) {
    for (const auto& include : affix::tools::scan(root, folder)) {
      ++seen;
      const auto objection = affix::tools::objection(include, root);
      if (!objection) continue;
      ++wrong;
      std::cout << include.file.string() << ':' << include.line << ": " << *objection << '\n';
    }
  }
  if (seen == 0) {
    std::cerr << "no #include found below " << root << '\n';
    return 2;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: check_layers ROOT\n";
    return 2;
  }
  try {
    return check(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}

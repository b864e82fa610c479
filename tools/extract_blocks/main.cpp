// extract_blocks DOCUMENT FOLDER
//
// Writes every ```cpp block of a Markdown document as a file into FOLDER, named by the line it
// starts at:
//
//   LINE.program.cpp  has an `int main` and is left as it is
//   LINE.body.cpp     everything else, as the body of a function
//   LINE.outside.cpp  the same outside of a function, where the block starts with a declaration;
//                     one of the two has to compile
//
// `<!-- setup: NAME -->` above a block includes setup/NAME.hpp before it. Lines with #include are
// moved out of the function.

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "blocks.hpp"

namespace {

namespace fs = std::filesystem;
using affix::tools::Block;

enum class Place { program, body, outside };

bool is_include(const std::string& line) { return line.find("#include") != std::string::npos; }

void write_code(std::ostream& out, const Block& block, const fs::path& document, Place place) {
  for (const std::string& line : block.lines) {
    if (place != Place::program && is_include(line)) out << line << '\n';
  }
  if (place == Place::body) out << "void example() {\n";
  out << "#line " << block.line << " \"" << document.string() << "\"\n";
  for (const std::string& line : block.lines) {
    out << (place != Place::program && is_include(line) ? "" : line) << '\n';
  }
  if (place == Place::body) out << "}\n";
}

void write_file(const Block& block, const fs::path& document, const fs::path& folder, Place place) {
  const char* kind = place == Place::program ? "program"
                     : place == Place::body  ? "body"
                                             : "outside";
  std::ofstream out(folder / (std::to_string(block.line) + "." + kind + ".cpp"));
  out.exceptions(std::ios::failbit | std::ios::badbit);
  if (!block.setup.empty()) out << "#include \"setup/" << block.setup << ".hpp\"\n";
  write_code(out, block, document, place);
}

void extract(const fs::path& document, const fs::path& folder) {
  std::ifstream in(document);
  if (!in) throw fs::filesystem_error("cannot read", document, std::error_code());
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const Block& block : affix::tools::read_blocks(in)) {
    if (is_program(block)) {
      write_file(block, document, folder, Place::program);
      continue;
    }
    write_file(block, document, folder, Place::body);
    if (starts_with_declaration(block)) write_file(block, document, folder, Place::outside);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: extract_blocks DOCUMENT FOLDER\n";
    return 2;
  }
  try {
    extract(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

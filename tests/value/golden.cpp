#include <filesystem>
#include <fstream>
#include <iterator>

#include "affix/value/json.hpp"
#include "catch.hpp"

using namespace affix;

namespace {

namespace fs = std::filesystem;

const fs::path golden = fs::path(AFFIX_TEST_DATA) / "golden";

/// The documents of a folder, without those of the folders below it.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("every golden document of format 1 parses and prints back byte for byte [B7]",
          "[golden][B7]") {
  const auto files = files_in(golden / "format-1");
  REQUIRE(files.size() >= 8);
  for (const fs::path& file : files) {
    INFO(file.filename());
    const std::string text = content(file);
    const Attachment attachment = parse_attachment(text);
    CHECK(print(attachment) + "\n" == text);
    CHECK(parse_attachment(print(attachment)) == attachment);
  }
}

TEST_CASE("every golden list of format 1 parses and prints back byte for byte", "[golden]") {
  const auto files = files_in(golden / "format-1-list");
  REQUIRE(files.size() >= 2);
  for (const fs::path& file : files) {
    INFO(file.filename());
    const std::string text = content(file);
    CHECK(print(parse_attachment_list(text)) + "\n" == text);
  }
}

TEST_CASE("every golden document of nestjs-media parses and becomes format 1 [B3]",
          "[golden][B3]") {
  const auto files = files_in(golden / "nestjs-media");
  REQUIRE(files.size() >= 5);
  for (const fs::path& file : files) {
    INFO(file.filename());
    const std::string expected = content(file.parent_path() / "as-format-1" / file.filename());
    REQUIRE_FALSE(expected.empty());
    CHECK(print(parse_attachment(content(file))) + "\n" == expected);
  }
}

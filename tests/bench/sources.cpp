#include "variants/sources.hpp"

#include <filesystem>
#include <vips/vips8>

#include "catch.hpp"
#include "library.hpp"
#include "support/temporary_directory.hpp"

using affix::bench::source_file;

TEST_CASE("a source is made once and is the same again") {
  const affix::tests::TemporaryDirectory one;
  const affix::tests::TemporaryDirectory other;
  const auto first = source_file("jpeg-2mp", one.path());
  const auto written = std::filesystem::last_write_time(first.path);
  CHECK(source_file("jpeg-2mp", one.path()).path == first.path);
  CHECK(std::filesystem::last_write_time(first.path) == written);

  const auto again = source_file("jpeg-2mp", other.path());
  const auto difference = vips::VImage::new_from_file(first.path.c_str()) -
                          vips::VImage::new_from_file(again.path.c_str());
  CHECK(difference.abs().max() == 0);
  CHECK(difference.width() == 1632);
  CHECK(difference.height() == 1224);
}

TEST_CASE("a source that nobody knows is refused") {
  CHECK_THROWS_AS(source_file("jpeg-13mp", "."), std::invalid_argument);
}

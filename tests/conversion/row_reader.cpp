#include "conversion/vips/row_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/parallel.hpp"
#include "pictures.hpp"
#include "support/errors.hpp"

using namespace affix;
using affix::detail::Deadline;
using affix::detail::each_row;
using affix::detail::IdleCores;
using pictures::pixels_of;
using vips::VImage;

namespace {

constexpr int more_than_there_are = 10'000;

/// Large, and computed when it is read.
VImage large_picture() { return pixels_of("chelsea.png").resize(3); }

/// The rows, and on which threads they were given.
struct Rows {
  std::vector<std::uint8_t> bytes{};
  std::set<std::thread::id> threads{};
};

Rows rows_of(const VImage& image) {
  Rows rows;
  const std::size_t line = VIPS_IMAGE_SIZEOF_LINE(image.get_image());
  each_row(image, Deadline(60), [&](const void* row) {
    const auto* bytes = static_cast<const std::uint8_t*>(row);
    rows.bytes.insert(rows.bytes.end(), bytes, bytes + line);
    rows.threads.insert(std::this_thread::get_id());
  });
  return rows;
}

std::vector<std::uint8_t> bytes_of(const VImage& image) {
  const VImage pixels = image.copy_memory();
  const auto* bytes = static_cast<const std::uint8_t*>(pixels.data());
  return {bytes, bytes + VIPS_IMAGE_SIZEOF_IMAGE(pixels.get_image())};
}

bool has_idle_core() { return IdleCores(1).taken() == 1; }

}  // namespace

TEST_CASE("all rows come once and in their order, on one thread or by a second one") {
  const VImage image = large_picture();
  const auto wanted = bytes_of(image);
  const bool has_second = has_idle_core();
  const Rows by_second = rows_of(image);
  CHECK(by_second.bytes == wanted);
  CHECK(by_second.threads.size() == 1);
  CHECK(by_second.threads.contains(std::this_thread::get_id()) == !has_second);
  const IdleCores all(more_than_there_are);
  const Rows here = rows_of(image);
  CHECK(here.bytes == wanted);
  CHECK(here.threads == std::set{std::this_thread::get_id()});
}

TEST_CASE("a picture that is small or in memory has no second thread") {
  const std::set here{std::this_thread::get_id()};
  CHECK(rows_of(pixels_of("chelsea.png").resize(0.5)).threads == here);
  CHECK(rows_of(large_picture().copy_memory()).threads == here);
}

TEST_CASE("what a row is given to may throw, and what cannot be read does") {
  detail::use_library();
  std::optional<IdleCores> taken;
  if (GENERATE(true, false)) taken.emplace(more_than_there_are);
  const VImage image = large_picture();
  int rows = 0;
  const auto throw_late = [&](const void*) {
    if (++rows == 100) throw std::runtime_error("enough");
  };
  CHECK_THROWS_AS(each_row(image, Deadline(60), throw_late), std::runtime_error);
  CHECK(rows == 100);

  std::string cut = pictures::jpeg(large_picture());
  cut.resize(cut.size() / 2);
  VipsBlob* const blob = vips_blob_copy(cut.data(), cut.size());
  const VImage broken = VImage::jpegload_buffer(
      blob,
      VImage::option()->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR));
  vips_area_unref(VIPS_AREA(blob));
  rows = 0;
  const auto count = [&](const void*) { ++rows; };
  CHECK_THROWS_AS(each_row(broken, Deadline(60), count), vips::VError);
  CHECK(rows < broken.height());
  vips_error_clear();

  CHECK(tests::code_of([&] { each_row(image, Deadline(0), count); }) == Errc::conversion_failed);
}

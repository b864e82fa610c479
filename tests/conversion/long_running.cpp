#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"
#include "support/campaign.hpp"

// A program that runs for months must not grow with each picture. What sanitizers keep is not its
// own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using namespace affix;
using namespace affix::tests;
using namespace pictures;

namespace {

struct File {
  std::string bytes;
  std::string mime_type;
};

/// Pictures of several sizes and formats, and one that is broken.
std::vector<File> files(double largest) {
  std::vector<File> files;
  for (const double scale : {largest / 6, largest / 2, largest}) {
    const vips::VImage photo = pixels_of("chelsea.png").resize(scale).copy_memory();
    files.push_back({jpeg(photo), "image/jpeg"});
    files.push_back({png(photo), "image/png"});
    files.push_back({webp(photo), "image/webp"});
  }
  files.push_back({files[1].bytes.substr(0, 9'000), "image/png"});
  return files;
}

const std::vector<Preset> presets{
    {.name = "thumb", .width = 100, .height = 100},
    {.name = "card", .width = 300, .format = ImageFormat::jpeg},
    {.name = "large", .width = 600, .fit = Fit::inside, .format = ImageFormat::png, .effort = 1}};

double resident_megabytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

}  // namespace

TEST_CASE("thousands of conversions leave the process as large as fifty do") {
  const std::vector<File> all = files(is_long() ? 4 : 1);
  std::atomic<int> next = 0;
  const auto run_until = [&](int end) {
    const auto work = [&] {
      for (int job = next++; job < end; job = next++) {
        const File& file = all[static_cast<std::size_t>(job) % all.size()];
        try {
          converter().convert(
              {.bytes = as_bytes(file.bytes), .mime_type = file.mime_type, .presets = presets});
        } catch (const Error&) {  // The broken one.
        }
      }
    };
    std::thread other(work);
    work();
    other.join();
    next = end;
  };
  constexpr int jobs = 2'000;
  run_until(50);
  const double early = resident_megabytes();
  run_until(jobs);
  const double late = resident_megabytes();
  std::cout << jobs << " jobs: " << early << " MB after 50, " << late << " MB in the end\n";
  CHECK(late <= early + 64);
}

#endif

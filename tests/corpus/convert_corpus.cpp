#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "affix/conversion/content_type.hpp"
#include "affix/conversion/vips_converter.hpp"
#include "affix/storage/reader.hpp"
#include "conversion/scan/scan_picture.hpp"

// convert_corpus FILE_OR_FOLDER...
//
// Converts every file, each in a process of its own with limits, and prints in the end
// `converted N refused N crashed N over_time N over_memory N`. Names the files of the last three,
// and ends with 0 if there are none of them.

namespace {

namespace fs = std::filesystem;

constexpr rlim_t max_processor_seconds = 10;
constexpr unsigned max_seconds = 120;
constexpr long max_memory = 1024 * 1024;  // KiB that are really used.
constexpr rlim_t max_addresses = rlim_t{8} << 30;

enum Outcome : int { converted, refused, crashed, over_time, over_memory, outcomes };

constexpr std::array<const char*, outcomes> names{"converted", "refused", "crashed", "over_time",
                                                  "over_memory"};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Formats that are not converted are looked through all the same.
void scan(const std::string& bytes, const std::string& type) {
  if (!affix::detail::can_be_scanned(type)) return;
  try {
    affix::detail::scan_picture(affix::as_bytes(bytes), type);
  } catch (const affix::Error&) {
  }
}

/// Other exceptions than Error end the process, which counts as a crash.
int convert(const fs::path& path) noexcept {
  const std::string bytes = read_file(path);
  const std::string type = affix::detect_type(affix::as_bytes(bytes));
  scan(bytes, type);
  const std::vector<affix::Preset> presets{{.name = "thumb", .width = 128, .height = 128}};
  const auto converter = affix::make_vips_converter({.isolation = affix::Isolation::never});
  try {
    const affix::Conversion made = converter->convert(
        {.bytes = affix::as_bytes(bytes), .mime_type = type, .presets = presets});
    return made.variants.front().file ? converted : refused;
  } catch (const affix::Error&) {
    return refused;
  }
}

void set_limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit{value, value};
  ::setrlimit(resource, &limit);
}

[[noreturn]] void convert_with_limits(const fs::path& path) {
  set_limit(RLIMIT_CPU, max_processor_seconds);
  set_limit(RLIMIT_CORE, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  set_limit(RLIMIT_AS, max_addresses);
#endif
  ::alarm(max_seconds);
  ::_exit(convert(path));
}

Outcome outcome_of(int status, const rusage& usage) {
  if (usage.ru_maxrss > max_memory) return over_memory;
  if (WIFEXITED(status)) {
    return WEXITSTATUS(status) <= refused ? static_cast<Outcome>(WEXITSTATUS(status)) : crashed;
  }
  const int signal = WTERMSIG(status);
  // The limit of the processor's time ends a process with SIGKILL.
  return signal == SIGXCPU || signal == SIGALRM || signal == SIGKILL ? over_time : crashed;
}

double milliseconds(const rusage& usage) {
  const auto in_milliseconds = [](const timeval& time) {
    return double(time.tv_sec) * 1e3 + double(time.tv_usec) / 1e3;
  };
  return in_milliseconds(usage.ru_utime) + in_milliseconds(usage.ru_stime);
}

class Census {
 public:
  void run(const fs::path& path) {
    const pid_t child = ::fork();
    if (child == 0) convert_with_limits(path);
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    const Outcome outcome = outcome_of(status, usage);
    ++counts_[outcome];
    if (outcome > refused) std::cout << names[outcome] << ": " << path.string() << std::endl;
    if (outcome == refused) keep_slowest(path, usage);
  }

  /// Whether all files were converted or refused.
  bool report() const {
    std::cout << "the slowest refusal: " << milliseconds_ << " ms with the start of the process, "
              << slowest_.string() << '\n';
    for (std::size_t index = 0; index < counts_.size(); ++index) {
      std::cout << (index == 0 ? "" : " ") << names[index] << ' ' << counts_[index];
    }
    std::cout << '\n';
    return counts_[crashed] + counts_[over_time] + counts_[over_memory] == 0 &&
           counts_[converted] + counts_[refused] > 0;
  }

 private:
  void keep_slowest(const fs::path& path, const rusage& usage) {
    if (milliseconds(usage) <= milliseconds_) return;
    milliseconds_ = milliseconds(usage);
    slowest_ = path;
  }

  std::array<int, outcomes> counts_{};
  double milliseconds_ = 0;
  fs::path slowest_;
};

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) try {
  Census census;
  for (int index = 1; index < argc; ++index) {
    for (const fs::path& file : files_of(argv[index])) census.run(file);
  }
  return census.report() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}

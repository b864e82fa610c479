#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <fstream>

#include "affix/storage/local_disk.hpp"
#include "catch.hpp"
#include "child_process.hpp"
#include "disk_text.hpp"
#include "storage/spool.hpp"
#include "support/errors.hpp"
#include "support/skip.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr std::int64_t gigabyte = 1000 * 1000 * 1000;

/// Bytes that are made while they are read.
class GeneratedReader : public Reader {
 public:
  explicit GeneratedReader(std::int64_t size) : size_(size) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const auto count = std::min(buffer.size(), static_cast<std::size_t>(size_ - done_));
    std::memset(buffer.data(), static_cast<int>(done_ % 251), count);
    done_ += static_cast<std::int64_t>(count);
    return count;
  }
  std::optional<std::int64_t> size() const override { return size_; }

 private:
  std::int64_t size_;
  std::int64_t done_ = 0;
};

/// The most memory that this process has had at once, in bytes.
std::int64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * std::int64_t{1024};
}

std::string stream_a_gigabyte(Disk& disk) {
  const Key key = Key::parse("large");
  const std::int64_t before = peak_memory();
  GeneratedReader content(gigabyte);
  if (disk.put(key, content).size != gigabyte) return "put another size";
  std::int64_t size = 0;
  std::vector<std::byte> buffer(64 * 1024);
  const auto reader = disk.open(key);
  while (const std::size_t count = reader->read(buffer)) size += static_cast<std::int64_t>(count);
  if (size != gigabyte) return "read another size";
  const std::int64_t growth = peak_memory() - before;
  return growth < 16 * mebibyte ? "small" : "grew by " + std::to_string(growth / mebibyte) + " MiB";
}

/// Mounts a file system of 1 MiB at `path`, for this process alone.
bool mount_small(const fs::path& path) {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=1m") == 0;
}

/// Whether the disk refused a file of 4 MiB with this code, is empty, and takes smaller files.
std::string fill(Disk& disk, Errc expected) {
  GeneratedReader content(4 * mebibyte);
  const auto code = tests::code_of([&] { disk.put(Key::parse("a/large"), content); });
  if (code != expected) return "another error or none";
  if (tests::exists(disk, "a/large")) return "there is a file";
  if (!disk.list({.prefix = ".affix"}).files.empty()) return "something is left";
  tests::put(disk, "a/small", std::string(500'000, 'x'));
  return tests::get(disk, "a/small").size() == 500'000 ? "refused" : "the disk is of no more use";
}

std::string fill_small_file_system(const fs::path& path) {
  if (!mount_small(path)) return "no mount";
  return fill(*make_local_disk({.root = path}), Errc::no_space);
}

std::string fill_limited_file(const fs::path& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{mebibyte, mebibyte};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return "no limit";
  return fill(*make_local_disk({.root = path}), Errc::storage);
}

std::string spool_on_small_file_system(const fs::path& path) {
  if (!mount_small(path)) return "no mount";
  ::setenv("TMPDIR", path.c_str(), 1);
  GeneratedReader content(4 * mebibyte);
  const auto code =
      tests::code_of([&] { detail::Spool::read(content, 100 * mebibyte, {}, mebibyte / 2); });
  return code == Errc::no_space ? "refused" : "another error or none";
}

}  // namespace

TEST_CASE("a gigabyte passes through a local disk in less than 16 MiB") {
  const tests::TemporaryDirectory directory;
  CHECK(tests::run_in_child([&] {
          return stream_a_gigabyte(
              *make_local_disk({.root = directory.path(), .durability = Durability::kill_safe}));
        }) == "small");
}

TEST_CASE("[C5] a full file system is no_space and leaves nothing behind") {
  const tests::TemporaryDirectory directory;
  const std::string answer =
      tests::run_in_child([&] { return fill_small_file_system(directory.path()); });
  if (answer == "no mount") {
    tests::skip("no small file system can be mounted here");
  }
  CHECK(answer == "refused");
}

TEST_CASE("a file that may not become so large is an error and leaves nothing behind") {
  const tests::TemporaryDirectory directory;
  CHECK(tests::run_in_child([&] { return fill_limited_file(directory.path()); }) == "refused");
}

TEST_CASE("a spool in a full directory is no_space") {
  const tests::TemporaryDirectory directory;
  const std::string answer =
      tests::run_in_child([&] { return spool_on_small_file_system(directory.path()); });
  if (answer == "no mount") {
    tests::skip("no small file system can be mounted here");
  }
  CHECK(answer == "refused");
}

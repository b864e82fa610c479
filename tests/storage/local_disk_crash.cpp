#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <set>

#include "affix/storage/local_disk.hpp"
#include "catch.hpp"
#include "child_process.hpp"
#include "disk_text.hpp"
#include "power_loss.hpp"
#include "storage/local_disk_system.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using detail::Staging;
namespace fs = std::filesystem;

namespace {

/// Kills its process when some of it has been read.
class DeadlyReader : public Reader {
 public:
  std::size_t read(std::span<std::byte> buffer) override {
    if (++calls_ > 3) ::raise(SIGKILL);
    return buffer.size();
  }

 private:
  int calls_ = 0;
};

/// Calls a function when its four bytes have been read.
class CallingReader : public Reader {
 public:
  explicit CallingReader(std::function<void()> call) : call_(std::move(call)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    if (!text_) {
      call_();
      return 0;
    }
    return std::exchange(text_, nullptr)->read(buffer);
  }

 private:
  std::function<void()> call_;
  std::unique_ptr<Reader> text_ = make_memory_reader("text");
};

/// Calls a function before each rename.
class LateCalls : public detail::SystemCalls {
 public:
  explicit LateCalls(std::function<void()> call) : call_(std::move(call)) {}

  int rename(int from_directory, const std::string& from, int directory, const std::string& name,
             unsigned flags) override {
    call_();
    return SystemCalls::rename(from_directory, from, directory, name, flags);
  }

 private:
  std::function<void()> call_;
};

std::set<std::string> files_below(const fs::path& root) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) names.insert(entry.path().filename().string());
  }
  return names;
}

/// A child dies in the middle of writing the key.
void die_writing(const fs::path& root, const char* key, Overwrite overwrite, Staging staging) {
  tests::run_in_child([&]() -> std::string {
    const auto disk = detail::make_local_disk({.root = root}, {.staging = staging});
    DeadlyReader content;
    disk->put(Key::parse(key), content, {.overwrite = overwrite});
    return "survived";
  });
}

}  // namespace

TEST_CASE("[C7] a process that dies while it writes leaves nothing and changes nothing") {
  for (const Staging staging : {Staging::unnamed, Staging::renamed, Staging::linked}) {
    const tests::TemporaryDirectory directory;
    const auto disk = make_local_disk({.root = directory.path()});
    tests::put(*disk, "a/kept", "text");
    die_writing(directory.path(), "a/new", Overwrite::never, staging);
    die_writing(directory.path(), "a/kept", Overwrite::allowed, staging);
    CHECK(tests::get(*disk, "a/kept") == "text");
    CHECK(disk->list().files.size() == 1);
    CHECK(disk->list({.prefix = ".affix"}).files.empty());
    const auto names = files_below(directory.path());
    CHECK(names.contains("kept"));
    if (staging == Staging::unnamed) {
      CHECK(names.size() == 1);
    } else {  // temporary names, which no key reaches, wait to be removed
      CHECK(names.size() == 3);
    }
  }
}

TEST_CASE("what a killed process was writing is removed when it is stale, and not before") {
  for (const Staging staging : {Staging::unnamed, Staging::renamed, Staging::linked}) {
    const tests::TemporaryDirectory directory;
    const auto disk = make_local_disk({.root = directory.path()});
    tests::put(*disk, "a/kept", "text");
    die_writing(directory.path(), "a/new", Overwrite::never, staging);
    die_writing(directory.path(), "a/kept", Overwrite::allowed, staging);
    const auto names = files_below(directory.path());
    const TimePoint now = system_clock()->now();
    CHECK(disk->remove_stale_uploads(now - std::chrono::hours(1)) == 0);
    CHECK(files_below(directory.path()) == names);
    CHECK(disk->remove_stale_uploads(now + std::chrono::hours(1)) == names.size() - 1);
    CHECK(files_below(directory.path()) == std::set<std::string>{"kept"});
    CHECK(tests::get(*disk, "a/kept") == "text");
    CHECK(disk->remove_stale_uploads(now + std::chrono::hours(1)) == 0);
  }
}

TEST_CASE("what a living process is writing is never stale for another one") {
  for (const Staging staging : {Staging::renamed, Staging::linked}) {
    const tests::TemporaryDirectory directory;
    die_writing(directory.path(), "a/dead", Overwrite::never, staging);
    std::string removed;
    CallingReader content([&] {
      removed = tests::run_in_child([&] {
        const auto disk = make_local_disk({.root = directory.path()});
        const TimePoint later = system_clock()->now() + std::chrono::hours(1);
        return std::to_string(disk->remove_stale_uploads(later));
      });
    });
    const auto disk = detail::make_local_disk({.root = directory.path()}, {.staging = staging});
    CHECK(disk->put(Key::parse("a/living"), content).size == 4);
    CHECK(removed == "1");
    CHECK(files_below(directory.path()) == std::set<std::string>{"living"});
  }
}

TEST_CASE("what is about to replace a file is never stale") {
  const tests::TemporaryDirectory directory;
  const auto other = make_local_disk({.root = directory.path()});
  const auto calls = std::make_shared<LateCalls>([&] {
    CHECK(other->remove_stale_uploads(system_clock()->now() + std::chrono::hours(1)) == 0);
  });
  const auto disk = detail::make_local_disk({.root = directory.path()}, {.calls = calls});
  tests::put(*disk, "a", "old");
  tests::put(*disk, "a", "new", Overwrite::allowed);
  CHECK(tests::get(*disk, "a") == "new");
}

TEST_CASE("whatever call a process dies at, nothing of its put stays when that is stale") {
  for (const Staging staging : tests::stagings) {
    for (const Overwrite overwrite : {Overwrite::never, Overwrite::allowed}) {
      for (int call = 0, died = 1; died; ++call) {
        const tests::PowerLab lab;
        tests::put(*lab.disk(), "a", "old");
        died =
            lab.die_at(call, staging, [&](Disk& disk) { tests::put(disk, "a", "new", overwrite); });
        lab.disk()->remove_stale_uploads(system_clock()->now() + std::chrono::hours(1));
        CHECK(files_below(lab.root()) == std::set<std::string>{"a"});
      }
    }
  }
}

TEST_CASE("only temporary files are stale, and symbolic links lead nowhere") {
  const tests::TemporaryDirectory directory;
  const fs::path root = directory.path() / "root";
  const fs::path temporary = root / ".affix/tmp";
  const fs::path outside = directory.path() / "outside";
  fs::create_directories(temporary / "~directory");
  fs::create_directories(outside);
  for (const auto& path : {outside / "~secret", temporary / "other", temporary / "~old",
                           temporary / "~directory/~x", root / "~old"}) {
    std::ofstream(path) << "x";
  }
  REQUIRE(::mkfifo((temporary / "~pipe").c_str(), 0600) == 0);
  fs::create_symlink(outside / "~secret", temporary / "~link");
  fs::create_hard_link(outside / "~secret", outside / "~second");
  const auto disk = make_local_disk({.root = root});
  const TimePoint later = system_clock()->now() + std::chrono::hours(1);
  CHECK(disk->remove_stale_uploads(later) == 1);
  CHECK_FALSE(fs::exists(temporary / "~old"));
  CHECK(fs::exists(temporary / "~pipe"));
  CHECK(files_below(directory.path()) ==
        std::set<std::string>{"~secret", "~second", "other", "~x", "~old", "~link"});

  fs::remove_all(temporary);
  fs::create_directory_symlink(outside, temporary);
  CHECK(disk->remove_stale_uploads(later) == 0);
  CHECK(fs::exists(outside / "~secret"));
}

TEST_CASE("puts survive that others remove their folder") {
  const tests::TemporaryDirectory directory;
  for (const Staging staging : {Staging::unnamed, Staging::renamed, Staging::linked}) {
    const auto disk = detail::make_local_disk(
        {.root = directory.path(), .durability = Durability::kill_safe}, {.staging = staging});
    std::atomic<bool> done = false;
    auto remover = std::async(std::launch::async, [&] {
      while (!done) disk->remove_prefix(Key::parse("p"));
    });
    for (int i = 0; i < 300; ++i) {
      CHECK_NOTHROW(tests::put(*disk, "p/x/" + std::to_string(i), "text"));
    }
    done = true;
    CHECK_NOTHROW(remover.get());
    disk->remove_prefix(Key::parse("p"));
    CHECK(disk->list().files.empty());
  }
}

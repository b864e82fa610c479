#include <atomic>
#include <csignal>
#include <future>
#include <set>

#include "affix/storage/local_disk.hpp"
#include "catch.hpp"
#include "child_process.hpp"
#include "disk_text.hpp"
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

#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "power_loss.hpp"
#include "storage/local_disk_system.hpp"
#include "support/errors.hpp"

using namespace affix;
using detail::Staging;
using tests::code_of;
using tests::content_of;
using tests::get;
using tests::PowerLab;
using tests::stagings;
using tests::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

constexpr PutOptions shared{.may_share = true};

void put_shared(Disk& disk, const std::string& key, const std::string& text) {
  disk.put(Key::parse(key), *make_memory_reader(text), shared);
}

/// Counts the syncs of files, and can refuse to give a file a second name.
class CountingCalls : public detail::SystemCalls {
 public:
  int sync_data(int file) override {
    ++files_synced;
    return SystemCalls::sync_data(file);
  }
  int link_unnamed(int file, int directory, const std::string& name) override {
    struct stat status {};
    if (refuse_second_names && ::fstat(file, &status) == 0 && status.st_nlink > 0) {
      errno = EMLINK;
      return -1;
    }
    return SystemCalls::link_unnamed(file, directory, name);
  }
  int sync_directory(int directory) override {
    if (!fail_directories) return SystemCalls::sync_directory(directory);
    errno = EIO;
    return -1;
  }

  std::atomic<int> files_synced = 0;
  bool refuse_second_names = false;
  bool fail_directories = false;
};

struct Scene {
  explicit Scene(Staging staging = Staging::unnamed, unsigned mode = 0644)
      : disk(detail::make_local_disk({.root = directory.path(), .file_mode = mode},
                                     {.staging = staging, .calls = calls})) {}

  nlink_t names_of(const std::string& key) const {
    struct stat status {};
    REQUIRE(::stat((directory.path() / key).c_str(), &status) == 0);
    return status.st_nlink;
  }

  TemporaryDirectory directory;
  std::shared_ptr<CountingCalls> calls = std::make_shared<CountingCalls>();
  std::shared_ptr<Disk> disk;
};

}  // namespace

TEST_CASE("content that may be shared is one file with many names, and synced once") {
  for (const Staging staging : stagings) {
    Scene scene(staging);
    const auto result = scene.disk->put(Key::parse("a/1"), *make_memory_reader("text"), shared);
    CHECK(scene.disk->put(Key::parse("a/2"), *make_memory_reader("text"), shared) == result);
    put_shared(*scene.disk, "b/c/3", "text");
    CHECK(scene.names_of("a/1") == 3);
    CHECK(scene.calls->files_synced == 1);
    put_shared(*scene.disk, "a/4", "another text");
    CHECK(scene.names_of("a/4") == 1);
    CHECK(get(*scene.disk, "b/c/3") == "text");
    CHECK(get(*scene.disk, "a/4") == "another text");
    CHECK(code_of([&] { put_shared(*scene.disk, "a/1", "another text"); }) == Errc::exists);
    CHECK(get(*scene.disk, "a/1") == "text");
    CHECK(scene.disk->list({.prefix = ".affix"}).files.empty());
  }
}

TEST_CASE("only what asks for it is shared, is small and replaces nothing") {
  Scene scene;
  const std::string large(5000, 'x');
  for (const std::string name : {"1", "2"}) {
    tests::put(*scene.disk, "plain/" + name, "text");
    put_shared(*scene.disk, "large/" + name, large);
    scene.disk->put(Key::parse("replaced/" + name), *make_memory_reader("text"),
                    {.overwrite = Overwrite::allowed, .may_share = true});
    for (const std::string folder : {"plain/", "large/", "replaced/"}) {
      CHECK(scene.names_of(folder + name) == 1);
    }
  }
}

TEST_CASE("a shared file outlives its other names, and whoever replaces one of them") {
  Scene scene;
  put_shared(*scene.disk, "a/1", "text");
  put_shared(*scene.disk, "a/2", "text");
  scene.disk->remove(Key::parse("a/1"));
  tests::put(*scene.disk, "a/2", "new", Overwrite::allowed);
  put_shared(*scene.disk, "a/3", "text");  // the file before has no name any more
  CHECK(scene.names_of("a/3") == 1);
  put_shared(*scene.disk, "a/4", "text");
  CHECK(scene.names_of("a/3") == 2);
  CHECK(get(*scene.disk, "a/2") == "new");
  CHECK(get(*scene.disk, "a/4") == "text");
}

TEST_CASE("where a file can have no more names, there is another one") {
  Scene scene(Staging::unnamed, 0600);
  put_shared(*scene.disk, "a/1", "text");
  scene.calls->refuse_second_names = true;
  put_shared(*scene.disk, "a/2", "text");
  CHECK(scene.names_of("a/2") == 1);
  scene.calls->refuse_second_names = false;
  put_shared(*scene.disk, "a/3", "text");
  CHECK(scene.names_of("a/2") == 2);
  CHECK(get(*scene.disk, "a/3") == "text");
}

TEST_CASE("a name of a shared file that cannot be made durable is taken back") {
  Scene scene;
  put_shared(*scene.disk, "a/1", "text");
  scene.calls->fail_directories = true;
  for (const std::string key : {"a/2", "b/c/3"}) {
    CHECK(code_of([&] { put_shared(*scene.disk, key, "text"); }) == Errc::storage);
  }
  scene.calls->fail_directories = false;
  CHECK(content_of(*scene.disk, "a/2") == std::nullopt);
  CHECK_FALSE(fs::exists(scene.directory.path() / "b"));
  CHECK(get(*scene.disk, "a/1") == "text");
}

TEST_CASE("the names of a shared file survive a power failure as its first one") {
  for (const Staging staging : stagings) {
    const PowerLab lab;
    const auto disk = lab.disk(staging);
    put_shared(*disk, "a/1", "text");
    for (const std::string key : {"a/2", "x/y/3"}) {
      const std::size_t start = lab.moments();
      put_shared(*disk, key, "text");
      const std::size_t end = lab.moments();
      REQUIRE(end > start);
      for (std::size_t moment = start; moment <= end; ++moment) {
        lab.for_each_outcome(moment, [&](Disk& left) {
          const auto content = content_of(left, key);
          if (content || moment == end) CHECK(content == "text");
          CHECK(content_of(left, "a/1") == "text");
        });
      }
    }
  }
}

TEST_CASE("of eight threads that share each puts all of its files") {
  Scene scene;
  constexpr int files = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&scene, i] {
      for (int j = 0; j < files; ++j) {
        const std::string key = "t" + std::to_string(i) + "/" + std::to_string(j);
        put_shared(*scene.disk, key, "text" + std::to_string(j / 10));
        if (j % 3 == 0) scene.disk->remove(Key::parse(key));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < files; ++j) {
      const auto content =
          content_of(*scene.disk, "t" + std::to_string(i) + "/" + std::to_string(j));
      CHECK(content ==
            (j % 3 == 0 ? std::nullopt : std::optional("text" + std::to_string(j / 10))));
    }
  }
}

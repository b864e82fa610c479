#include "affix/storage/local_disk.hpp"

#include <sys/stat.h>

#include <fstream>
#include <set>

#include "catch.hpp"
#include "disk_text.hpp"
#include "storage/local_disk_system.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using detail::LocalDiskSystem;
using detail::Resolution;
using detail::Staging;
using tests::code_of;
using tests::error_of;
using tests::exists;
using tests::get;
using tests::put;
using tests::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

/// A local disk beside a directory of secrets that it must never touch.
struct Scene {
  explicit Scene(LocalDiskSystem system = {}) {
    fs::create_directories(outside / "folder");
    std::ofstream(outside / "secret") << "secret";
    std::ofstream(outside / "folder" / "secret") << "secret";
    disk = detail::make_local_disk({.root = root, .durability = Durability::kill_safe}, system);
  }

  bool outside_is_untouched() const {
    return tests::read_file(outside / "secret") == "secret" &&
           tests::read_file(outside / "folder" / "secret") == "secret" &&
           names_below(outside) == std::set<std::string>{"folder", "folder/secret", "secret"};
  }

  static std::set<std::string> names_below(const fs::path& path) {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      names.insert(fs::relative(entry.path(), path).string());
    }
    return names;
  }

  TemporaryDirectory directory;
  fs::path root = directory.path() / "root";
  fs::path outside = directory.path() / "outside";
  std::shared_ptr<Disk> disk;
};

const std::vector<LocalDiskSystem> systems{
    {},
    {.resolution = Resolution::walk},
    {.staging = Staging::renamed},
    {.resolution = Resolution::walk, .staging = Staging::linked}};

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

/// Sets the umask, and back.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

}  // namespace

TEST_CASE("[2.11] a symbolic link to a file is not read") {
  for (const auto& system : systems) {
    const Scene scene(system);
    fs::create_symlink(scene.outside / "secret", scene.root / "link");
    CHECK_FALSE(exists(*scene.disk, "link"));
    CHECK(code_of([&] { get(*scene.disk, "link"); }) == Errc::file_not_found);
    CHECK(code_of([&] { scene.disk->copy(Key::parse("link"), Key::parse("copy")); }) ==
          Errc::file_not_found);
  }
}

TEST_CASE("[2.11] a symbolic link to a directory is not entered") {
  for (const auto& system : systems) {
    const Scene scene(system);
    fs::create_directory_symlink(scene.outside, scene.root / "link");
    CHECK_FALSE(exists(*scene.disk, "link/secret"));
    CHECK_FALSE(exists(*scene.disk, "link/folder/secret"));
    CHECK(code_of([&] { get(*scene.disk, "link/secret"); }) == Errc::file_not_found);
    CHECK(code_of([&] { put(*scene.disk, "link/new", "text"); }) == Errc::storage);
    CHECK(code_of([&] { put(*scene.disk, "link/folder/new", "x", Overwrite::allowed); }) ==
          Errc::storage);
    scene.disk->remove(Key::parse("link/secret"));
    scene.disk->remove_prefix(Key::parse("link/folder"));
    CHECK(scene.outside_is_untouched());
  }
}

TEST_CASE("[2.11] symbolic links are not listed") {
  const Scene scene;
  put(*scene.disk, "a/real", "text");
  fs::create_directory_symlink(scene.outside, scene.root / "a/folder");
  fs::create_symlink(scene.outside / "secret", scene.root / "a/file");
  fs::create_symlink("real", scene.root / "a/inner");
  CHECK(scene.disk->list().files.size() == 1);
  const Listing level = scene.disk->list({.prefix = "a/", .delimiter = "/"});
  CHECK(level.files.size() == 1);
  CHECK(level.prefixes.empty());
  CHECK(scene.disk->list({.prefix = "a/folder/"}).files.empty());
}

TEST_CASE("[2.11] remove_prefix removes symbolic links and not what they point to") {
  for (const auto& system : systems) {
    const Scene scene(system);
    put(*scene.disk, "p/id/a", "text");
    fs::create_directory_symlink(scene.outside, scene.root / "p/id/folder");
    fs::create_symlink(scene.outside / "secret", scene.root / "p/id/file");
    scene.disk->remove_prefix(Key::parse("p/id"));
    CHECK_FALSE(fs::exists(scene.root / "p"));
    CHECK(scene.outside_is_untouched());
    fs::create_directory_symlink(scene.outside, scene.root / "link");
    scene.disk->remove_prefix(Key::parse("link"));
    CHECK(scene.outside_is_untouched());
  }
}

TEST_CASE("[2.11] a symbolic link is never written through") {
  for (const auto& system : systems) {
    const Scene scene(system);
    fs::create_symlink(scene.outside / "secret", scene.root / "link");
    CHECK(code_of([&] { put(*scene.disk, "link", "new"); }) == Errc::exists);
    put(*scene.disk, "link", "new", Overwrite::allowed);
    CHECK(get(*scene.disk, "link") == "new");
    fs::create_symlink(scene.outside / "new", scene.root / "dangling");
    CHECK(code_of([&] { put(*scene.disk, "dangling", "new"); }) == Errc::exists);
    CHECK(scene.outside_is_untouched());
  }
}

TEST_CASE("pipes are not there, and nobody waits for them") {
  for (const auto& system : systems) {
    const Scene scene(system);
    REQUIRE(::mkfifo((scene.root / "pipe").c_str(), 0600) == 0);
    CHECK_FALSE(exists(*scene.disk, "pipe"));
    CHECK(code_of([&] { get(*scene.disk, "pipe"); }) == Errc::file_not_found);
    CHECK(scene.disk->list().files.empty());
    CHECK(code_of([&] { put(*scene.disk, "pipe", "text"); }) == Errc::exists);
  }
}

TEST_CASE("files whose names are no keys are not listed") {
  const Scene scene;
  put(*scene.disk, "a", "text");
  std::ofstream(scene.root / "no key") << "x";
  std::ofstream(scene.root / "\xC3\xA9") << "x";
  fs::create_directory(scene.root / "no key either!");
  std::ofstream(scene.root / "no key either!" / "a") << "x";
  CHECK(scene.disk->list().files.size() == 1);
  CHECK(scene.disk->list({.delimiter = "/"}).prefixes.empty());
}

TEST_CASE("empty directories are removed with their last file, but not the root") {
  const Scene scene;
  put(*scene.disk, "a/b/c/1", "text");
  put(*scene.disk, "a/b/2", "text");
  scene.disk->remove(Key::parse("a/b/c/1"));
  CHECK(Scene::names_below(scene.root) == std::set<std::string>{"a", "a/b", "a/b/2"});
  scene.disk->remove_prefix(Key::parse("a"));
  CHECK(fs::exists(scene.root));
  CHECK(fs::is_empty(scene.root));
}

TEST_CASE("an empty directory is no folder of a list") {
  const Scene scene;
  fs::create_directories(scene.root / "empty/deep");
  put(*scene.disk, "full/deep/a", "text");
  CHECK(scene.disk->list({.delimiter = "/"}).prefixes == std::vector<std::string>{"full/"});
}

TEST_CASE("a put that fails leaves no file and no directory behind") {
  class BrokenReader : public Reader {
   public:
    std::size_t read(std::span<std::byte> buffer) override {
      if (++calls_ > 3) throw Error(Errc::too_large, "There are more bytes than are allowed");
      return buffer.size();
    }

   private:
    int calls_ = 0;
  };
  for (const auto& system : systems) {
    for (const Overwrite overwrite : {Overwrite::never, Overwrite::allowed}) {
      const Scene scene(system);
      BrokenReader content;
      CHECK(code_of([&] {
              scene.disk->put(Key::parse("a/b/c"), content, {.overwrite = overwrite});
            }) == Errc::too_large);
      CHECK(code_of([&] { scene.disk->copy(Key::parse("missing"), Key::parse("a/b")); }) ==
            Errc::file_not_found);
      for (const std::string& name : Scene::names_below(scene.root)) {
        INFO(name);
        CHECK((name == ".affix" || name == ".affix/tmp"));
      }
    }
  }
}

TEST_CASE("no temporary file is left after puts that succeed or are refused") {
  for (const auto& system : systems) {
    const Scene scene(system);
    put(*scene.disk, "a", "1");
    put(*scene.disk, "a", "2", Overwrite::allowed);
    CHECK(code_of([&] { put(*scene.disk, "a", "3"); }) == Errc::exists);
    scene.disk->copy(Key::parse("a"), Key::parse("b"));
    auto names = Scene::names_below(scene.root);
    names.erase(".affix");
    names.erase(".affix/tmp");
    CHECK(names == std::set<std::string>{"a", "b"});
  }
}

TEST_CASE("temporary files of killed processes are removed a day later") {
  const Scene scene;
  const fs::path old_file = scene.root / ".affix/tmp/~old";
  const fs::path new_file = scene.root / ".affix/tmp/~new";
  const fs::path other_file = scene.root / ".affix/tmp/other";
  fs::create_directories(old_file.parent_path());
  for (const auto& path : {old_file, new_file, other_file}) std::ofstream(path) << "x";
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(48);
  fs::last_write_time(old_file, long_ago);
  fs::last_write_time(other_file, long_ago);
  make_local_disk({.root = scene.root});
  CHECK_FALSE(fs::exists(old_file));
  CHECK(fs::exists(new_file));
  CHECK(fs::exists(other_file));
}

TEST_CASE("temporary files are on no list and can be reached by no key") {
  const Scene scene;
  fs::create_directories(scene.root / ".affix/tmp");
  std::ofstream(scene.root / ".affix/tmp/~1~2") << "x";
  CHECK(scene.disk->list({.prefix = ".affix"}).files.empty());
  CHECK_FALSE(Key::is_valid(".affix/tmp/~1~2"));
}

TEST_CASE("permissions do not depend on the umask") {
  for (const mode_t mask : {0777, 0077, 0}) {
    const TemporaryDirectory directory;
    const Umask umask(mask);
    const fs::path root = directory.path() / "root";
    const auto open_to_all = make_local_disk({.root = root / "open"});
    const auto for_group = make_local_disk({.root = root / "group", .file_mode = 0640});
    const auto closed = make_local_disk({.root = root / "closed", .file_mode = 0600});
    for (const auto& disk : {open_to_all, for_group, closed}) {
      put(*disk, "a/b", "1");
      put(*disk, "a/b", "2", Overwrite::allowed);
    }
    CHECK(mode_of(root / "open/a/b") == 0644);
    CHECK(mode_of(root / "open/a") == 0755);
    CHECK(mode_of(root / "open") == 0755);
    CHECK(mode_of(root / "group/a/b") == 0640);
    CHECK(mode_of(root / "group/a") == 0750);
    CHECK(mode_of(root / "closed/a/b") == 0600);
    CHECK(mode_of(root / "closed/a") == 0700);
  }
}

TEST_CASE("the root is made with its parents and must be a directory") {
  const TemporaryDirectory directory;
  make_local_disk({.root = directory.path() / "a/b/c"});
  CHECK(fs::is_directory(directory.path() / "a/b/c"));
  std::ofstream(directory.path() / "file") << "x";
  CHECK(code_of([&] { make_local_disk({.root = directory.path() / "file"}); }) == Errc::storage);
  CHECK(code_of([&] { make_local_disk({.root = directory.path() / "file/a"}); }) == Errc::storage);
  CHECK(code_of([] { make_local_disk({.root = ""}); }) == Errc::invalid_argument);
  CHECK(code_of([&] { make_local_disk({.root = directory.path(), .file_mode = 01777}); }) ==
        Errc::invalid_argument);
}

TEST_CASE("a disk stays in its directory when that is renamed") {
  const Scene scene;
  put(*scene.disk, "a", "text");
  fs::rename(scene.root, scene.directory.path() / "elsewhere");
  put(*scene.disk, "b/c", "more");
  CHECK(get(*scene.disk, "a") == "text");
  CHECK(tests::read_file(scene.directory.path() / "elsewhere/b/c") == "more");
}

TEST_CASE("a key cannot be a file and the parent of others") {
  const Scene scene;
  put(*scene.disk, "a", "text");
  CHECK(code_of([&] { put(*scene.disk, "a/b", "text"); }) == Errc::storage);
  put(*scene.disk, "c/d", "text");
  CHECK(code_of([&] { put(*scene.disk, "c", "text"); }) == Errc::exists);
  CHECK(code_of([&] { put(*scene.disk, "c", "text", Overwrite::allowed); }) == Errc::storage);
  CHECK(get(*scene.disk, "c/d") == "text");
}

TEST_CASE("a name that the file system cannot hold is an error with the system's words") {
  const Scene scene;
  const std::string long_name(300, 'x');
  const auto error = error_of([&] { put(*scene.disk, long_name, "text"); });
  REQUIRE(error);
  CHECK(error->code() == Errc::storage);
  CHECK(error->cause() == "File name too long");
  CHECK(error->where().key == long_name);
  CHECK_FALSE(exists(*scene.disk, long_name));
  scene.disk->remove(Key::parse(long_name));
}

TEST_CASE("real pictures survive a local disk") {
  const Scene scene;
  for (const char* name : {"astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg"}) {
    const auto content = tests::picture(name).open();
    const PutResult result = scene.disk->put(Key::parse(name), *content);
    const std::string expected = tests::read_file(tests::picture_path(name));
    CHECK(result.size == static_cast<std::int64_t>(expected.size()));
    CHECK(get(*scene.disk, name) == expected);
    CHECK(tests::read_file(scene.root / name) == expected);
  }
}

TEST_CASE("a disk that lists pages of many files does not skip any") {
  const Scene scene;
  for (int i = 0; i < 300; ++i)
    put(*scene.disk, "f/" + std::to_string(i % 7) + "/" + std::to_string(i), "");
  std::set<std::string> seen;
  ListOptions options{.prefix = "f/", .limit = 17};
  for (bool more = true; more;) {
    const Listing page = scene.disk->list(options);
    for (const FileInfo& file : page.files) CHECK(seen.insert(file.key.text()).second);
    more = page.cursor.has_value();
    options.cursor = page.cursor.value_or("");
  }
  CHECK(seen.size() == 300);
}

#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

void put_all(Disk& disk, std::initializer_list<std::string_view> all) {
  for (const std::string_view key : all) put(disk, key, key);
}

void expect_present(Disk& disk, std::initializer_list<std::string_view> all) {
  for (const std::string_view key : all) {
    expect(get(disk, key) == key, "gone or changed: " + std::string(key));
  }
}

void expect_absent(Disk& disk, std::initializer_list<std::string_view> all) {
  for (const std::string_view key : all) {
    expect(!exists(disk, key), "still there: " + std::string(key));
  }
}

void remove_twice(Disk& disk) {
  put_all(disk, {"a/b", "a/c"});
  disk.remove(Key::parse("a/b"));
  expect_absent(disk, {"a/b"});
  expect_present(disk, {"a/c"});
  disk.remove(Key::parse("a/b"));
  disk.remove(Key::parse("never/was/there"));
}

void remove_folder(Disk& disk) {
  put_all(disk, {"a/b/c"});
  disk.remove(Key::parse("a/b"));
  disk.remove(Key::parse("a"));
  expect_present(disk, {"a/b/c"});
}

void put_after_remove(Disk& disk) {
  put_all(disk, {"a/b/c"});
  disk.remove(Key::parse("a/b/c"));
  put_all(disk, {"a/b/c", "a/b/d"});
  expect_present(disk, {"a/b/c", "a/b/d"});
}

void many(Disk& disk) {
  put_all(disk, {"a/1", "a/2", "a/3"});
  const std::vector<Key> wanted{Key::parse("a/1"), Key::parse("a/missing"), Key::parse("a/3")};
  expect(disk.remove_many(wanted).empty(), "removing many files failed for some");
  expect_absent(disk, {"a/1", "a/3"});
  expect_present(disk, {"a/2"});
}

void many_of_none(Disk& disk) {
  put_all(disk, {"a/1"});
  expect(disk.remove_many({}).empty(), "removing no files failed");
  expect_present(disk, {"a/1"});
}

void prefix(Disk& disk) {
  put_all(disk, {"p/id/o.jpg", "p/id/variants/a.webp", "p/id/deep/er/x", "p/other", "q"});
  disk.remove_prefix(Key::parse("p/id"));
  expect_absent(disk, {"p/id/o.jpg", "p/id/variants/a.webp", "p/id/deep/er/x"});
  expect_present(disk, {"p/other", "q"});
}

void prefix_look_alikes(Disk& disk) {
  const auto others = {"p/id10/x", "p/id1-/x",  "p/id1.x", "p/id1-x", "p/id1%/x",
                       "p/id/x",   "p/%/x",     "p/%25/x", "p/-/x",   "p/_d1/x",
                       "p/i/d1/x", "p2/id1/id", "id1/x",   "p/ID1/x", "q/p/id1/x"};
  put_all(disk, {"p/id1/x"});
  for (const std::string_view key : others) put(disk, key, key);
  disk.remove_prefix(Key::parse("p/id1"));
  disk.remove_prefix(Key::parse("p/%25%25"));
  disk.remove_prefix(Key::parse("p/__1"));
  disk.remove_prefix(Key::parse("p/i."));
  disk.remove_prefix(Key::parse("p/id1.-"));
  expect_absent(disk, {"p/id1/x"});
  for (const std::string_view key : others) expect_present(disk, {key});
}

void prefix_file(Disk& disk) {
  put_all(disk, {"p/id1"});
  disk.remove_prefix(Key::parse("p/id1"));
  expect_present(disk, {"p/id1"});
}

void prefix_of_nothing(Disk& disk) {
  put_all(disk, {"p/a"});
  disk.remove_prefix(Key::parse("p/missing"));
  disk.remove_prefix(Key::parse("p/a/b"));
  disk.remove_prefix(Key::parse("other/at/all"));
  expect_present(disk, {"p/a"});
}

void put_after_prefix(Disk& disk) {
  put_all(disk, {"p/id/a"});
  disk.remove_prefix(Key::parse("p/id"));
  put_all(disk, {"p/id/a", "p/id/b/c"});
  expect_present(disk, {"p/id/a", "p/id/b/c"});
}

constexpr std::chrono::hours later(1);

void stale_uploads(Disk& disk) {
  const std::initializer_list<std::string_view> all = {"a", "p/id/o.jpg", ".affix/main/pending/id",
                                                       ".affix/tmp/x"};
  put_all(disk, all);
  expect(disk.remove_stale_uploads(system_clock()->now() + later) == 0, "a file counts as stale");
  expect_present(disk, all);
}

void stale_uploads_and_put(Disk& disk) {
  const std::string text = pattern(1000);
  const auto remove = [&] { disk.remove_stale_uploads(system_clock()->now() + later); };
  HalfwayReader content(text, remove);
  disk.put(Key::parse("p/new"), content);
  put_all(disk, {"p/old"});
  HalfwayReader other(text, remove);
  disk.put(Key::parse("p/old"), other, {.overwrite = Overwrite::allowed});
  expect(get(disk, "p/new") == text && get(disk, "p/old") == text, "the put wrote something else");
}

constexpr DiskCase cases[] = {
    {"[C7] remove removes one file, and twice is no error", remove_twice},
    {"remove of a parent removes nothing", remove_folder},
    {"a removed key can be put again", put_after_remove},
    {"[C7] remove_many removes all and takes missing ones as removed", many},
    {"[C7] remove_many of no keys does nothing", many_of_none},
    {"remove_prefix removes everything below it and nothing else", prefix},
    {"remove_prefix leaves prefixes that only look alike", prefix_look_alikes},
    {"remove_prefix leaves a file at the prefix", prefix_file},
    {"remove_prefix of nothing is no error", prefix_of_nothing},
    {"a removed prefix can be put again", put_after_prefix},
    {"remove_stale_uploads leaves every file", stale_uploads},
    {"remove_stale_uploads leaves a put that goes on", stale_uploads_and_put},
};

}  // namespace

std::span<const DiskCase> remove_cases() { return cases; }

}  // namespace affix::testing

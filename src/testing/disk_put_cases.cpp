#include "affix/storage/checksum.hpp"
#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

using namespace std::string_literals;

constexpr std::size_t large = 3 * 1024 * 1024;

/// Stands for an error of the content, which is not the disk's.
struct ContentFailed {};

void put_broken(Disk& disk, std::string_view key, Overwrite overwrite) {
  HalfwayReader content(pattern(large), [] { throw ContentFailed(); });
  try {
    disk.put(Key::parse(key), content, {.overwrite = overwrite});
  } catch (const ContentFailed&) {
    return;
  }
  throw CaseFailed{"the exception of the reader did not pass through put"};
}

void round_trip(Disk& disk) {
  const std::string text = "some bytes, a zero \0 and 0xFF \xFF"s;
  const PutResult result = put(disk, "a/b.txt", text);
  expect(result.size == static_cast<std::int64_t>(text.size()), "put returned another size");
  expect(result.checksum == checksum(as_bytes(text)), "put returned another checksum");
  expect(get(disk, "a/b.txt") == text, "other bytes were read than written");
}

void empty_file(Disk& disk) {
  const PutResult result = put(disk, "empty", "");
  expect(result == PutResult{0, checksum({})}, "put returned another size or checksum");
  const auto info = disk.stat(Key::parse("empty"));
  expect(info && info->size == 0, "stat does not know an empty file");
  expect(get(disk, "empty") == "", "an empty file does not read back");
}

void large_file(Disk& disk) {
  const std::string text = pattern(large);
  expect(put(disk, "large", text).checksum == checksum(as_bytes(text)), "another checksum");
  expect(get(disk, "large") == text, "other bytes were read than written");
}

void create_only(Disk& disk) {
  put(disk, "a/b", "first");
  expect_error(Errc::exists, [&] { put(disk, "a/b", "second"); });
  expect(get(disk, "a/b") == "first", "the refused put has changed the file");
}

void overwrite(Disk& disk) {
  put(disk, "a/b", "the first text", Overwrite::allowed);
  const PutResult result = put(disk, "a/b", "second", Overwrite::allowed);
  expect(result.size == 6, "put returned another size");
  expect(get(disk, "a/b") == "second", "the old bytes are still there");
}

void shared_content(Disk& disk) {
  for (const char* key : {"a/b", "a/c", "d"}) {
    const PutResult result =
        disk.put(Key::parse(key), *make_memory_reader("the same"), {.may_share = true});
    expect(result == PutResult{8, checksum(as_bytes("the same"))}, "another size or checksum");
  }
  expect_error(Errc::exists, [&] {
    disk.put(Key::parse("d"), *make_memory_reader("the same"), {.may_share = true});
  });
  disk.remove(Key::parse("a/b"));
  put(disk, "a/c", "another", Overwrite::allowed);
  expect(!exists(disk, "a/b"), "a removed file is there, since others have its content");
  expect(get(disk, "a/c") == "another", "an overwritten file has the old bytes");
  expect(get(disk, "d") == "the same", "what was done to one file was done to another");
}

void broken_content(Disk& disk) {
  put_broken(disk, "a/b", Overwrite::never);
  expect(!exists(disk, "a/b"), "there is a file after a put that failed");
  put(disk, "a/b", "later");
  expect(get(disk, "a/b") == "later", "the key cannot be used after a put that failed");
}

void broken_overwrite(Disk& disk) {
  put(disk, "a/b", "first");
  put_broken(disk, "a/b", Overwrite::allowed);
  expect(get(disk, "a/b") == "first", "a put that failed has changed the file");
}

void nothing_left(Disk& disk) {
  put_broken(disk, "a/b/c", Overwrite::never);
  if (!disk.capabilities().list) return;
  expect(disk.list().files.empty(), "a put that failed left something in the list");
  expect(disk.list({.prefix = ".affix"}).files.empty(), "a put that failed left something hidden");
}

void unusual_keys(Disk& disk) {
  const std::string long_key = std::string(200, 'x') + "/" + std::string(200, 'y');
  for (const std::string& key : {"%2e%2e/%00"s, "-rf"s, "..."s, "a.b/_-_"s, "%"s, long_key}) {
    put(disk, key, key);
    expect(get(disk, key) == key, "a file with an unusual key does not read back");
  }
}

void reserved_keys(Disk& disk) {
  put(disk, ".affix/main/pending/id", "marker");
  expect(get(disk, ".affix/main/pending/id") == "marker", "a marker does not read back");
  disk.remove(Key::parse(".affix/main/pending/id"));
  expect(!exists(disk, ".affix/main/pending/id"), "a marker cannot be removed");
}

void case_matters(Disk& disk) {
  put(disk, "a/Name", "upper");
  put(disk, "a/name", "lower");
  expect(get(disk, "a/Name") == "upper", "keys that differ in case are one file");
}

void errors_have_a_place(Disk& disk) {
  put(disk, "a/b", "first");
  try {
    put(disk, "a/b", "second");
  } catch (const Error& error) {
    expect(error.where().key == "a/b", "the error names another key");
    return;
  }
  throw CaseFailed{"there was no error"};
}

constexpr DiskCase cases[] = {
    {"[C7] what was put reads back, with its size and checksum", round_trip},
    {"[C7] an empty file is a file", empty_file},
    {"[C7] a file of 3 MiB reads back", large_file},
    {"[C5] put creates and does not overwrite", create_only},
    {"[C5] put overwrites when it is allowed to", overwrite},
    {"files that may share their content are several files", shared_content},
    {"content that throws leaves no file", broken_content},
    {"content that throws leaves the old file as it was", broken_overwrite},
    {"content that throws leaves nothing in a list", nothing_left},
    {"every valid key can be used", unusual_keys},
    {"reserved keys can be used", reserved_keys},
    {"keys that differ in case are different files", case_matters},
    {"an error of put names the key", errors_have_a_place},
};

}  // namespace

std::span<const DiskCase> put_cases() { return cases; }

}  // namespace affix::testing

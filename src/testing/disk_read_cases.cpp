#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

void missing_file(Disk& disk) {
  expect_error(Errc::file_not_found, [&] { disk.open(Key::parse("missing")); });
  expect_error(Errc::file_not_found, [&] { disk.open(Key::parse("not/there/at-all")); });
}

void exists_and_size(Disk& disk) {
  expect(!exists(disk, "a/b"), "a file exists before it was put");
  expect(!disk.stat(Key::parse("a/b")), "stat finds a file before it was put");
  put(disk, "a/b", "12345");
  expect(exists(disk, "a/b"), "a file does not exist after it was put");
  const auto info = disk.stat(Key::parse("a/b"));
  expect(info.has_value(), "stat does not find a file");
  expect(info->size == 5, "stat gives another size");
  expect(info->key.text() == "a/b", "stat gives another key");
  expect(info->modified > TimePoint(), "stat gives no time");
}

void folders_are_no_files(Disk& disk) {
  put(disk, "a/b/c", "text");
  for (const char* folder : {"a", "a/b"}) {
    expect(!exists(disk, folder), "the parent of a file exists as a file");
    expect_error(Errc::file_not_found, [&] { disk.open(Key::parse(folder)); });
  }
}

void files_are_no_folders(Disk& disk) {
  put(disk, "a", "text");
  expect(!exists(disk, "a/b"), "there is a file below a file");
  expect_error(Errc::file_not_found, [&] { disk.open(Key::parse("a/b")); });
  disk.remove(Key::parse("a/b"));
  expect(get(disk, "a") == "text", "removing below a file removed the file");
}

void reader_size(Disk& disk) {
  put(disk, "a", "12345");
  const auto reader = disk.open(Key::parse("a"));
  expect(reader->size() == 5, "the reader of a file does not know its size");
}

void independent_readers(Disk& disk) {
  put(disk, "a", "12345");
  const auto first = disk.open(Key::parse("a"));
  const auto second = disk.open(Key::parse("a"));
  expect(read_all(*first) == "12345" && read_all(*second) == "12345",
         "two readers of a file disturb each other");
}

void reader_after_remove(Disk& disk) {
  const std::string text = pattern(1024 * 1024);
  put(disk, "a/b", text);
  const auto reader = disk.open(Key::parse("a/b"));
  disk.remove(Key::parse("a/b"));
  expect(reader->size() == static_cast<std::int64_t>(text.size()), "the reader's size changed");
  expect(read_all(*reader) == text, "a reader gives other bytes after the file was removed");
}

void reader_after_overwrite(Disk& disk) {
  put(disk, "a", "the old text");
  const auto reader = disk.open(Key::parse("a"));
  put(disk, "a", "new", Overwrite::allowed);
  expect(read_all(*reader) == "the old text", "a reader gives bytes of the file that came later");
}

void error_names_key(Disk& disk) {
  try {
    disk.open(Key::parse("a/missing"));
  } catch (const Error& error) {
    expect(error.where().key == "a/missing", "the error names another key");
    return;
  }
  throw CaseFailed{"there was no error"};
}

constexpr DiskCase cases[] = {
    {"[C7] open of a missing file is file_not_found", missing_file},
    {"[C7] exists and stat know a file and its size", exists_and_size},
    {"the parents of a file are no files", folders_are_no_files},
    {"nothing lies below a file", files_are_no_folders},
    {"[C7] a reader knows the size before it reads", reader_size},
    {"[C7] two readers of a file do not disturb each other", independent_readers},
    {"[C7] a reader goes on when the file is removed", reader_after_remove},
    {"a reader goes on with the old bytes when the file is overwritten", reader_after_overwrite},
    {"an error of open names the key", error_names_key},
};

}  // namespace

std::span<const DiskCase> read_cases() { return cases; }

}  // namespace affix::testing

#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

constexpr PutOptions overwrite{.overwrite = Overwrite::allowed};

Key key(const char* text) { return Key::parse(text); }

void copies(Disk& disk) {
  const std::string text = pattern(1024 * 1024 + 1);
  put(disk, "a/from", text);
  disk.copy(key("a/from"), key("b/c/to"));
  expect(get(disk, "a/from") == text, "a copy changed or removed the source");
  expect(get(disk, "b/c/to") == text, "a copy has other bytes than the source");
}

void copies_nothing(Disk& disk) {
  put(disk, "from", "");
  disk.copy(key("from"), key("to"));
  expect(get(disk, "to") == "", "an empty file was not copied");
}

void moves(Disk& disk) {
  put(disk, "a/from", "text");
  disk.move(key("a/from"), key("b/to"));
  expect(!exists(disk, "a/from"), "a move left the source");
  expect(get(disk, "b/to") == "text", "a move lost the bytes");
}

void missing_source(Disk& disk) {
  expect_error(Errc::file_not_found, [&] { disk.copy(key("missing"), key("to")); });
  expect_error(Errc::file_not_found, [&] { disk.move(key("missing"), key("to")); });
  expect_error(Errc::file_not_found, [&] { disk.copy(key("missing"), key("missing")); });
  expect(!exists(disk, "to"), "a copy of nothing made a file");
}

void creates_only(Disk& disk) {
  put(disk, "from", "new");
  put(disk, "to", "old");
  expect_error(Errc::exists, [&] { disk.copy(key("from"), key("to")); });
  expect_error(Errc::exists, [&] { disk.move(key("from"), key("to")); });
  expect(get(disk, "to") == "old", "a refused copy changed the target");
  expect(get(disk, "from") == "new", "a refused move removed the source");
}

void overwrites(Disk& disk) {
  put(disk, "from", "new");
  put(disk, "to", "the old text");
  disk.copy(key("from"), key("to"), overwrite);
  expect(get(disk, "to") == "new", "the target of a copy kept its bytes");
}

void onto_itself(Disk& disk) {
  put(disk, "a", "text");
  expect_error(Errc::exists, [&] { disk.copy(key("a"), key("a")); });
  disk.copy(key("a"), key("a"), overwrite);
  disk.move(key("a"), key("a"), overwrite);
  expect(get(disk, "a") == "text", "a file was lost when moved onto itself");
}

constexpr DiskCase cases[] = {
    {"[C7] copy makes a second file", copies},
    {"[C7] copy takes an empty file", copies_nothing},
    {"[C7] move takes the file away", moves},
    {"[C5] copy and move of a missing file are file_not_found", missing_source},
    {"[C5] copy and move create and do not overwrite", creates_only},
    {"[C5] copy overwrites when it is allowed to", overwrites},
    {"copy and move onto itself keep the file", onto_itself},
};

}  // namespace

std::span<const DiskCase> copy_cases() { return cases; }

}  // namespace affix::testing

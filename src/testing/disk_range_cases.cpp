#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

constexpr std::string_view digits = "0123456789";

/// Puts the digits; ends the case if the disk has no ranges.
void put_digits(Disk& disk) {
  put(disk, "a/digits", digits);
  need(disk.capabilities().ranged, "ranged", [&] { get(disk, "a/digits", ByteRange{0, 1}); });
}

void expect_range(Disk& disk, ByteRange range, std::string_view expected) {
  put_digits(disk);
  const auto reader = disk.open(Key::parse("a/digits"), range);
  expect(reader->size() == static_cast<std::int64_t>(expected.size()),
         "the reader's size is not the length of the range");
  const std::string seen = read_all(*reader);
  expect(seen == expected, "read '" + seen + "' instead of '" + std::string(expected) + "'");
}

void expect_not_satisfiable(Disk& disk, ByteRange range) {
  put_digits(disk);
  expect_error(Errc::range_not_satisfiable, [&] { disk.open(Key::parse("a/digits"), range); });
}

void inclusive(Disk& disk) { expect_range(disk, {2, 5}, "2345"); }
void from_the_start(Disk& disk) { expect_range(disk, {0, 3}, "0123"); }
void one_byte(Disk& disk) { expect_range(disk, {9, 9}, "9"); }
void clamped(Disk& disk) { expect_range(disk, {7, 1000}, "789"); }
void open_ended(Disk& disk) { expect_range(disk, {.first = 4}, "456789"); }

void at_the_end(Disk& disk) { expect_not_satisfiable(disk, {.first = 10}); }
void behind_the_end(Disk& disk) { expect_not_satisfiable(disk, {100, 200}); }

void of_an_empty_file(Disk& disk) {
  put_digits(disk);
  put(disk, "empty", "");
  expect_error(Errc::range_not_satisfiable, [&] { get(disk, "empty", ByteRange{0, 0}); });
}

void of_a_missing_file(Disk& disk) {
  put_digits(disk);
  expect_error(Errc::file_not_found, [&] { disk.open(Key::parse("missing"), ByteRange{0, 0}); });
}

constexpr DiskCase cases[] = {
    {"[C6] both ends of a range are inclusive", inclusive},
    {"[C6] a range may start at 0", from_the_start},
    {"[C6] a range may be one byte", one_byte},
    {"[C6] a range is cut at the end of the file", clamped},
    {"[C6] a range without an end goes to the end of the file", open_ended},
    {"[C6] a range that starts at the end is range_not_satisfiable", at_the_end},
    {"[C6] a range that starts behind the end is range_not_satisfiable", behind_the_end},
    {"[C6] no range of an empty file is satisfiable", of_an_empty_file},
    {"[C6] a range of a missing file is file_not_found", of_a_missing_file},
};

}  // namespace

std::span<const DiskCase> range_cases() { return cases; }

}  // namespace affix::testing

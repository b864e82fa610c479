#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t too_many_pages = 100;

void put_some(Disk& disk) {
  need(disk.capabilities().list, "list", [&] { disk.list(); });
  for (const char* key : {"a", "b/1", "b/2", "b/3/x", "b-c", "c/1", "c/2", "d", "e/f/g", "h"}) {
    put(disk, key, key);
  }
}

/// Files and prefixes of all pages, each page in order.
Texts all_pages(Disk& disk, ListOptions options) {
  Texts all;
  for (std::size_t page = 0; page < too_many_pages; ++page) {
    const Listing listing = disk.list(options);
    const std::size_t entries = listing.files.size() + listing.prefixes.size();
    expect(entries <= options.limit, "a page has more entries than the limit");
    for (std::string& text : keys(listing)) all.push_back(std::move(text));
    all.insert(all.end(), listing.prefixes.begin(), listing.prefixes.end());
    if (!listing.cursor) return all;
    expect(entries == options.limit, "a page before the last one is not full");
    options.cursor = *listing.cursor;
  }
  throw CaseFailed{"the pages do not end"};
}

void expect_pages(Disk& disk, const ListOptions& options, const Texts& expected) {
  const Texts seen = all_pages(disk, options);
  expect(seen == expected, "the pages miss, repeat or reorder entries");
}

void flat_pages(Disk& disk) {
  put_some(disk);
  const Texts all{"a", "b-c", "b/1", "b/2", "b/3/x", "c/1", "c/2", "d", "e/f/g", "h"};
  for (const std::size_t limit : {1U, 2U, 3U, 7U, 9U, 10U, 11U}) {
    expect_pages(disk, {.limit = limit}, all);
  }
}

void pages_below_a_prefix(Disk& disk) {
  put_some(disk);
  expect_pages(disk, {.prefix = "b", .limit = 1}, {"b-c", "b/1", "b/2", "b/3/x"});
  expect_pages(disk, {.prefix = "b/", .limit = 2}, {"b/1", "b/2", "b/3/x"});
}

void pages_of_one_level(Disk& disk) {
  put_some(disk);
  expect_pages(disk, {.delimiter = "/", .limit = 1}, {"a", "b-c", "b/", "c/", "d", "e/", "h"});
  expect_pages(disk, {.prefix = "b/", .delimiter = "/", .limit = 1}, {"b/1", "b/2", "b/3/"});
}

void removal_between_pages(Disk& disk) {
  put_some(disk);
  const Listing first = disk.list({.limit = 3});
  expect(first.cursor.has_value(), "there is no cursor before the last page");
  for (const char* key : {"a", "b-c", "b/1", "b/2"}) disk.remove(Key::parse(key));
  const Listing rest = disk.list({.cursor = *first.cursor});
  expect(keys(rest) == Texts{"b/3/x", "c/1", "c/2", "d", "e/f/g", "h"},
         "removing what was listed disturbs the next page");
}

constexpr DiskCase cases[] = {
    {"[C7] the pages of a list have every file once", flat_pages},
    {"the pages below a prefix have every file once", pages_below_a_prefix},
    {"the pages of one level have every file and folder once", pages_of_one_level},
    {"pages go on when what was listed is removed", removal_between_pages},
};

}  // namespace

std::span<const DiskCase> page_cases() { return cases; }

}  // namespace affix::testing

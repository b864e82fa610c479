#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

using Texts = std::vector<std::string>;

std::string joined(const Texts& texts) {
  std::string result;
  for (const std::string& text : texts) result += text + ' ';
  return result;
}

/// Ends the case if the disk cannot list; puts a file at every key, with the key as its bytes.
void put_all(Disk& disk, const Texts& all) {
  need(disk.capabilities().list, "list", [&] { disk.list(); });
  for (const std::string& key : all) put(disk, key, key);
}

void expect_listing(Disk& disk, const ListOptions& options, const Texts& files,
                    const Texts& prefixes = {}) {
  const Listing listing = disk.list(options);
  expect(keys(listing) == files, "other files were listed: " + joined(keys(listing)));
  expect(listing.prefixes == prefixes, "other prefixes were listed: " + joined(listing.prefixes));
  expect(!listing.cursor, "there is a cursor on the last page");
}

void flat(Disk& disk) {
  put_all(disk, {"c", "a/b/c/d", "a/a", "b/x"});
  expect_listing(disk, {}, {"a/a", "a/b/c/d", "b/x", "c"});
}

void byte_order(Disk& disk) {
  const Texts ordered{"%", "-", ".a", "A", "Z/z", "_", "a-b", "a.b", "a/b", "a0", "a_", "aa", "b"};
  put_all(disk, Texts(ordered.rbegin(), ordered.rend()));
  expect_listing(disk, {}, ordered);
}

void file_facts(Disk& disk) {
  put_all(disk, {"a/12345"});
  const Listing listing = disk.list();
  expect(listing.files.size() == 1, "other files were listed");
  expect(listing.files[0].size == 7, "the list gives another size");
  expect(listing.files[0].modified > TimePoint(), "the list gives no time");
}

void one_level(Disk& disk) {
  put_all(disk, {"p/a", "p/b/c", "p/b/d/e", "p/f", "p/g/h", "q/r"});
  expect_listing(disk, {.prefix = "p/", .delimiter = "/"}, {"p/a", "p/f"}, {"p/b/", "p/g/"});
}

void root_level(Disk& disk) {
  put_all(disk, {"a", "b/c", "b/d/e", "f/g"});
  expect_listing(disk, {.delimiter = "/"}, {"a"}, {"b/", "f/"});
}

void folder_by_name(Disk& disk) {
  put_all(disk, {"p/a", "p/b/c", "p.x"});
  expect_listing(disk, {.prefix = "p", .delimiter = "/"}, {"p.x"}, {"p/"});
}

void inside_a_segment(Disk& disk) {
  put_all(disk, {"p/alpha", "p/alp/x", "p/al-x", "p/beta", "p/a", "palp"});
  expect_listing(disk, {.prefix = "p/alp"}, {"p/alp/x", "p/alpha"});
  expect_listing(disk, {.prefix = "p/alp", .delimiter = "/"}, {"p/alpha"}, {"p/alp/"});
}

void no_match(Disk& disk) {
  put_all(disk, {"p/a", "p/b/c"});
  for (const char* prefix :
       {"x", "p/c", "p/a/", "p/b/c/", "P", "../", "p/../p/", "/", "p//", "*"}) {
    expect_listing(disk, {.prefix = prefix}, {});
    expect_listing(disk, {.prefix = prefix, .delimiter = "/"}, {});
  }
}

void whole_key(Disk& disk) {
  put_all(disk, {"p/a", "p/a-", "p/b"});
  expect_listing(disk, {.prefix = "p/a"}, {"p/a", "p/a-"});
}

void empty_disk(Disk& disk) {
  put_all(disk, {});
  expect_listing(disk, {}, {});
  expect_listing(disk, {.delimiter = "/"}, {});
}

void removed_files(Disk& disk) {
  put_all(disk, {"a/b/c", "a/d", "e/f/g"});
  disk.remove(Key::parse("a/b/c"));
  disk.remove_prefix(Key::parse("e/f"));
  expect_listing(disk, {}, {"a/d"});
  expect_listing(disk, {.delimiter = "/"}, {}, {"a/"});
  expect_listing(disk, {.prefix = "a/", .delimiter = "/"}, {"a/d"});
}

void reserved_hidden(Disk& disk) {
  put_all(disk, {".affix/main/pending/id", ".affixed", ".affix-x/y", "a"});
  expect_listing(disk, {}, {".affix-x/y", ".affixed", "a"});
  expect_listing(disk, {.prefix = "."}, {".affix-x/y", ".affixed"});
  expect_listing(disk, {.delimiter = "/"}, {".affixed", "a"}, {".affix-x/"});
  expect_listing(disk, {.prefix = ".affix/"}, {".affix/main/pending/id"});
  expect_listing(disk, {.prefix = ".affix/main/pending/"}, {".affix/main/pending/id"});
}

void listed_keys_work(Disk& disk) {
  put_all(disk, {"p/a", "p/b/c"});
  for (const FileInfo& file : disk.list({.prefix = "p/"}).files) {
    expect(get(disk, file.key.text()) == file.key.text(), "a listed key leads to another file");
  }
}

constexpr DiskCase cases[] = {
    {"[C7] list without a delimiter finds files at every level", flat},
    {"list is in the byte order of the keys", byte_order},
    {"list knows size and time of a file", file_facts},
    {"[C7] list with a delimiter finds files and folders of one level", one_level},
    {"[C7] list with a delimiter finds files and folders of the root", root_level},
    {"a prefix without a slash names the folder and its neighbours", folder_by_name},
    {"a prefix may end inside of a segment", inside_a_segment},
    {"a prefix that nothing has gives an empty list", no_match},
    {"a prefix may be a whole key", whole_key},
    {"[C7] the list of an empty disk is empty", empty_disk},
    {"removed files and their folders are not listed", removed_files},
    {"reserved keys are listed only when asked for", reserved_hidden},
    {"[C8] listed keys can be used as they are", listed_keys_work},
};

}  // namespace

std::span<const DiskCase> list_cases() { return cases; }

}  // namespace affix::testing

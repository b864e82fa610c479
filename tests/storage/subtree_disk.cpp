#include "affix/storage/subtree_disk.hpp"

#include "affix/storage/disks.hpp"
#include "affix/storage/memory_disk.hpp"
#include "catch.hpp"
#include "disk_text.hpp"
#include "support/errors.hpp"

using namespace affix;
using tests::code_of;
using tests::error_of;
using tests::exists;
using tests::get;
using tests::put;

TEST_CASE("[2.12] keys of a subtree are relative in what it takes and in what it lists") {
  const auto whole = make_memory_disk({.base_url = "/files"});
  const auto part = make_subtree_disk(whole, Key::parse("tenants/1"));
  put(*part, "a/b", "text");
  put(*whole, "tenants/10/x", "other");
  CHECK(get(*whole, "tenants/1/a/b") == "text");
  const Listing listing = part->list();
  REQUIRE(listing.files.size() == 1);
  CHECK(listing.files[0].key.text() == "a/b");
  CHECK(get(*part, listing.files[0].key.text()) == "text");
  CHECK(part->list({.delimiter = "/"}).prefixes == std::vector<std::string>{"a/"});
  CHECK(part->stat(Key::parse("a/b"))->key.text() == "a/b");
  CHECK(part->url(Key::parse("a/b")) == "/files/tenants/1/a/b");
}

TEST_CASE("a subtree touches nothing beside it") {
  const auto whole = make_memory_disk();
  put(*whole, "t/1/a", "1");
  put(*whole, "t/2/a", "2");
  const auto part = make_subtree_disk(whole, Key::parse("t/1"));
  CHECK_FALSE(exists(*part, "t/2/a"));
  part->remove_prefix(Key::parse("a"));
  part->remove(Key::parse("a"));
  CHECK(exists(*whole, "t/2/a"));
  CHECK_FALSE(exists(*whole, "t/1/a"));
}

TEST_CASE("an error of a subtree speaks of the keys of the disk that it names") {
  const auto whole = make_memory_disk();
  const auto part = make_subtree_disk(whole, Key::parse("t"));
  const Disks disks{{"part", part}};
  CHECK(error_of([&] { part->open(Key::parse("a")); })->where() ==
        Where{.disk = "part", .key = "a"});
  const Disks all{{"whole", whole}};
  CHECK(error_of([&] { part->open(Key::parse("a")); })->where() ==
        Where{.disk = "whole", .key = "t/a"});
}

TEST_CASE("a subtree refuses keys that are too long below it and needs a disk") {
  const auto part = make_subtree_disk(make_memory_disk(), Key::parse("prefix"));
  CHECK(code_of([&] { put(*part, std::string(510, 'x'), "text"); }) == Errc::invalid_key);
  CHECK(code_of([] { make_subtree_disk(nullptr, Key::parse("a")); }) == Errc::invalid_argument);
}

TEST_CASE("pages of a subtree are full though some of its keys are hidden") {
  const auto part = make_subtree_disk(make_memory_disk(), Key::parse("t"));
  for (const char* key : {".affix/1", ".affix/2", ".affix/3", "a", "b", "c"}) put(*part, key, "");
  const Listing page = part->list({.limit = 2});
  REQUIRE(page.files.size() == 2);
  CHECK(page.files[1].key.text() == "b");
  REQUIRE(page.cursor);
  CHECK(part->list({.cursor = *page.cursor}).files.size() == 1);
}

#include "affix/storage/memory_disk.hpp"

#include "affix/testing/manual_clock.hpp"
#include "catch.hpp"
#include "disk_text.hpp"
#include "support/errors.hpp"

using namespace affix;
using tests::put;

TEST_CASE("a disk in memory takes the time from its clock") {
  const auto clock = std::make_shared<testing::ManualClock>();
  const auto disk = make_memory_disk({.clock = clock});
  put(*disk, "a", "1");
  clock->advance(std::chrono::seconds(5));
  put(*disk, "b", "2");
  const auto age = disk->stat(Key::parse("b"))->modified - disk->stat(Key::parse("a"))->modified;
  CHECK(age == std::chrono::seconds(5));
}

TEST_CASE("a disk in memory has urls when it has a base url") {
  const auto disk = make_memory_disk({.base_url = "/files/"});
  CHECK(disk->capabilities() == Capabilities{.public_urls = true, .list = true, .ranged = true});
  CHECK(disk->url(Key::parse("a/b%2F.jpg")) == "/files/a/b%252F.jpg");
  CHECK_FALSE(make_memory_disk()->capabilities().public_urls);
}

TEST_CASE("a reader of a disk in memory may live longer than the disk") {
  auto disk = make_memory_disk();
  put(*disk, "a", "text");
  const auto reader = disk->open(Key::parse("a"));
  disk.reset();
  CHECK(read_all(*reader) == "text");
}

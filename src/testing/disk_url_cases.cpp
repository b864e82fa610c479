#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

Key missing() { return Key::parse("a/b%20c.jpg"); }

void url(Disk& disk) {
  need(disk.capabilities().public_urls, "public_urls", [&] { disk.url(missing()); });
  const std::string text = disk.url(missing());
  expect(text.ends_with("a/b%2520c.jpg"), "the url does not end in the escaped key: " + text);
}

void temporary_url(Disk& disk) {
  need(disk.capabilities().presign, "presign", [&] { disk.temporary_url(missing()); });
  const std::string text = disk.temporary_url(missing());
  expect(text.find("b%2520c.jpg") != text.npos, "the url has not the escaped key: " + text);
}

constexpr DiskCase cases[] = {
    {"[C5] url ends in the key with its percent signs escaped", url},
    {"[C8] temporary_url names the key", temporary_url},
};

}  // namespace

std::span<const DiskCase> url_cases() { return cases; }

}  // namespace affix::testing

#include "affix/testing/faulty_disk.hpp"

#include "affix/storage/memory_disk.hpp"
#include "catch.hpp"
#include "disk_text.hpp"
#include "support/errors.hpp"

using namespace affix;
using testing::Fault;
using testing::FaultyDisk;
using tests::code_of;
using tests::exists;
using tests::put;

namespace {

class CountingReader : public Reader {
 public:
  explicit CountingReader(std::size_t size) : left_(size), size_(size) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t count = std::min(buffer.size(), left_);
    left_ -= count;
    return count;
  }
  std::optional<std::int64_t> size() const override { return static_cast<std::int64_t>(size_); }
  std::size_t given() const { return size_ - left_; }

 private:
  std::size_t left_;
  std::size_t size_;
};

}  // namespace

TEST_CASE("a faulty disk without a fault is the disk below") {
  const auto below = make_memory_disk({.base_url = "/files"});
  FaultyDisk disk(below);
  put(disk, "a/b", "text");
  CHECK(tests::get(*below, "a/b") == "text");
  CHECK(disk.capabilities() == below->capabilities());
  CHECK(disk.url(Key::parse("a")) == "/files/a");
  CHECK(disk.operations() == 1);
  CHECK_FALSE(disk.tripped());
}

TEST_CASE("exactly the chosen operation fails, before anything is done") {
  const auto below = make_memory_disk();
  FaultyDisk disk(below);
  disk.fail_at(2);
  put(disk, "a", "1");
  CHECK(code_of([&] { put(disk, "b", "2"); }) == Errc::storage);
  CHECK(disk.tripped());
  CHECK_FALSE(exists(*below, "b"));
  put(disk, "b", "3");
  CHECK(disk.operations() == 3);
}

TEST_CASE("every operation that is counted can fail") {
  const auto below = make_memory_disk();
  FaultyDisk disk(below);
  put(disk, "a", "1");
  const Key key = Key::parse("a");
  const std::vector<std::function<void()>> operations{[&] { put(disk, "b", "2"); },
                                                      [&] { disk.open(key); },
                                                      [&] { disk.stat(key); },
                                                      [&] { disk.exists(key); },
                                                      [&] { disk.remove(key); },
                                                      [&] { disk.remove_prefix(key); },
                                                      [&] { disk.copy(key, key / "c"); },
                                                      [&] { disk.move(key, key / "c"); },
                                                      [&] { disk.list(); }};
  for (const auto& operation : operations) {
    disk.fail_at(1);
    CHECK(code_of(operation) == Errc::storage);
    CHECK(disk.operations() == 1);
  }
  CHECK(exists(*below, "a"));
  CHECK(below->list().files.size() == 1);
}

TEST_CASE("a fault after the operation has done it") {
  const auto below = make_memory_disk();
  FaultyDisk disk(below);
  disk.fail_at(1, Fault::after);
  CHECK(code_of([&] { put(disk, "a", "1"); }) == Errc::storage);
  CHECK(exists(*below, "a"));
  disk.fail_at(1, Fault::after);
  CHECK(code_of([&] { disk.remove(Key::parse("a")); }) == Errc::storage);
  CHECK_FALSE(exists(*below, "a"));
}

TEST_CASE("before the chosen operation, which takes long, others are at work") {
  const auto below = make_memory_disk();
  FaultyDisk disk(below);
  std::vector<bool> was_there;
  disk.delay_at(2, [&] { was_there = {exists(*below, "a"), exists(*below, "b")}; });
  put(disk, "a", "1");
  CHECK_FALSE(disk.tripped());
  put(disk, "b", "2");
  CHECK(disk.tripped());
  CHECK(was_there == std::vector<bool>{true, false});
  was_there.clear();
  put(disk, "c", "3");
  CHECK(was_there.empty());
  CHECK(below->list().files.size() == 3);
}

TEST_CASE("a fault in the middle reads half and writes nothing") {
  const auto below = make_memory_disk();
  FaultyDisk disk(below);
  disk.fail_at(1, Fault::half);
  CountingReader content(1'000'001);
  CHECK(code_of([&] { disk.put(Key::parse("a"), content); }) == Errc::storage);
  CHECK(content.given() == 500'000);
  CHECK_FALSE(exists(*below, "a"));
}

TEST_CASE("a full disk says so") {
  FaultyDisk disk(make_memory_disk());
  disk.fail_at(1, Fault::disk_full);
  CHECK(code_of([&] { put(disk, "a", "1"); }) == Errc::no_space);
}

TEST_CASE("a lost mount fails from then on until it is told otherwise") {
  FaultyDisk disk(make_memory_disk());
  disk.fail_from(2);
  put(disk, "a", "1");
  for (int i = 0; i < 3; ++i) CHECK(code_of([&] { exists(disk, "a"); }) == Errc::storage);
  disk.fail_at(0);
  CHECK(disk.operations() == 0);
  CHECK_FALSE(disk.tripped());
  CHECK(exists(disk, "a"));
}

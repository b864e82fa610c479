#include "affix/storage/disk.hpp"

#include "affix/storage/checksum.hpp"
#include "affix/storage/disks.hpp"
#include "affix/storage/memory_disk.hpp"
#include "affix/testing/faulty_disk.hpp"
#include "catch.hpp"
#include "disk_text.hpp"
#include "storage/hashing_reader.hpp"
#include "support/errors.hpp"

using namespace affix;
using affix::testing::Fault;
using affix::testing::FaultyDisk;
using tests::code_of;
using tests::error_of;
using tests::exists;
using tests::get;
using tests::put;

namespace {

/// A disk that can do nothing but what every disk must; notes what reaches it.
class PlainDisk : public Disk {
 public:
  std::shared_ptr<Disk> below = make_memory_disk();
  const Reader* content = nullptr;
  Capabilities offered{};

 private:
  void do_put(const Key& key, Reader& reader, const PutOptions& options) override {
    content = &reader;
    below->put(key, reader, options);
  }
  std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) override {
    return below->open(key, range);
  }
  std::optional<FileInfo> do_stat(const Key& key) override { return below->stat(key); }
  void do_remove(const Key& key) override {
    if (key.file_name() == "foreign") throw std::runtime_error("foreign");
    below->remove(key);
  }
  void do_remove_prefix(const Key& prefix) override { below->remove_prefix(prefix); }
  std::string do_temporary_url(const Key& key, const TemporaryUrlOptions&) override {
    return "/" + key.text();
  }
  Capabilities do_capabilities() const override { return offered; }
};

/// A reader that says something else about its size than it does.
class LyingReader : public Reader {
 public:
  LyingReader(std::string text, std::int64_t size)
      : reader_(make_memory_reader(std::move(text))), size_(size) {}
  std::size_t read(std::span<std::byte> buffer) override { return reader_->read(buffer); }
  std::optional<std::int64_t> size() const override { return size_; }

 private:
  std::unique_ptr<Reader> reader_;
  std::int64_t size_;
};

}  // namespace

TEST_CASE("[C5] what a disk cannot do is refused before it is tried") {
  PlainDisk disk;
  put(disk, "a", "text");
  const Key key = Key::parse("a");
  CHECK(code_of([&] { disk.open(key, ByteRange{0, 1}); }) == Errc::unsupported);
  CHECK(code_of([&] { disk.list(); }) == Errc::unsupported);
  CHECK(code_of([&] { disk.url(key); }) == Errc::unsupported);
  CHECK(code_of([&] { disk.temporary_url(key); }) == Errc::unsupported);
}

TEST_CASE("[C6] a reversed or negative range is refused") {
  const auto disk = make_memory_disk();
  put(*disk, "a", "text");
  for (const ByteRange range : {ByteRange{2, 1}, ByteRange{.first = -1}, ByteRange{-2, -1}}) {
    CHECK(code_of([&] { disk->open(Key::parse("a"), range); }) == Errc::invalid_argument);
  }
}

TEST_CASE("[2.7] a delimiter other than a slash is refused") {
  const auto disk = make_memory_disk();
  for (const char* delimiter : {"-", "//", ".", "a"}) {
    CHECK(code_of([&] { disk->list({.delimiter = delimiter}); }) == Errc::invalid_argument);
  }
}

TEST_CASE("a page has 1 to 10,000 entries") {
  const auto disk = make_memory_disk();
  CHECK(code_of([&] { disk->list({.limit = 0}); }) == Errc::invalid_argument);
  CHECK(code_of([&] { disk->list({.limit = 10'001}); }) == Errc::invalid_argument);
  CHECK(disk->list({.limit = 10'000}).files.empty());
}

TEST_CASE("[C8] a temporary url needs a time that is positive") {
  PlainDisk disk;
  disk.offered.presign = true;
  const auto url = [&](int seconds) {
    return disk.temporary_url(Key::parse("a"), {.expires_in = std::chrono::seconds(seconds)});
  };
  CHECK(url(1) == "/a");
  CHECK(code_of([&] { url(0); }) == Errc::invalid_argument);
  CHECK(code_of([&] { url(-1); }) == Errc::invalid_argument);
}

TEST_CASE("an error gets the name of the disk and the key, once") {
  const auto disk = make_memory_disk();
  const Disks disks{{"first", disk}};
  const auto error = error_of([&] { disk->open(Key::parse("a/b")); });
  REQUIRE(error);
  CHECK(error->where() == Where{.disk = "first", .key = "a/b"});
  CHECK(std::string(error->what()).find("first") == std::string(error->what()).rfind("first"));
}

TEST_CASE("an error of a copy names the key that it is about") {
  const auto disk = make_memory_disk();
  const Key from = Key::parse("from");
  const Key to = Key::parse("to");
  CHECK(error_of([&] { disk->copy(from, to); })->where().key == "from");
  put(*disk, "from", "1");
  put(*disk, "to", "2");
  CHECK(error_of([&] { disk->copy(from, to); })->where().key == "to");
}

TEST_CASE("exceptions that are not affix's pass through a disk") {
  PlainDisk disk;
  CHECK_THROWS_AS(disk.remove(Key::parse("foreign")), std::runtime_error);
  const std::vector<Key> keys{Key::parse("foreign")};
  CHECK_THROWS_WITH(disk.remove_many(keys), "foreign");
}

TEST_CASE("[C8] remove_many tries all keys and returns those that failed") {
  FaultyDisk disk(make_memory_disk());
  const std::vector<Key> keys{Key::parse("a"), Key::parse("b"), Key::parse("c")};
  for (const Key& key : keys) put(disk, key.text(), "text");
  disk.fail_at(2);
  const auto failures = disk.remove_many(keys);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].key.text() == "b");
  CHECK(failures[0].error.code() == Errc::storage);
  CHECK(failures[0].error.where().key == "b");
  disk.fail_at(0);
  CHECK_FALSE(exists(disk, "a"));
  CHECK(exists(disk, "b"));
  CHECK_FALSE(exists(disk, "c"));
}

TEST_CASE("content is hashed once, however many disks are around a disk") {
  const auto inner = std::make_shared<PlainDisk>();
  PlainDisk outer;
  outer.below = inner;
  const PutResult result = put(outer, "a", "text");
  CHECK(outer.content == inner->content);
  CHECK(result == PutResult{4, checksum(as_bytes("text"))});
}

TEST_CASE("content that was read in part before is hashed anew") {
  const auto disk = make_memory_disk();
  const auto text = make_memory_reader("skipped and put");
  detail::HashingReader outer(*text);
  std::vector<std::byte> skipped(12);
  outer.read(skipped);
  class Rest : public Reader {
   public:
    explicit Rest(Reader& reader) : reader_(reader) {}
    std::size_t read(std::span<std::byte> buffer) override { return reader_.read(buffer); }

   private:
    Reader& reader_;
  } rest(outer);
  CHECK(disk->put(Key::parse("a"), rest) == PutResult{3, checksum(as_bytes("put"))});
}

TEST_CASE("content of another size than it announced is not published") {
  const auto disk = make_memory_disk();
  for (const std::int64_t announced : {0, 3, 5, 1000}) {
    LyingReader content("text", announced);
    CHECK(code_of([&] { disk->put(Key::parse("a"), content); }) == Errc::storage);
    CHECK_FALSE(exists(*disk, "a"));
  }
}

TEST_CASE("a range is cut to the file") {
  const auto cut = [](std::optional<ByteRange> range, std::int64_t size) {
    const Extent extent = clamp(range, size);
    return std::pair(extent.offset, extent.length);
  };
  CHECK(cut(std::nullopt, 10) == std::pair<std::int64_t, std::int64_t>(0, 10));
  CHECK(cut(std::nullopt, 0) == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(cut(ByteRange{2, 5}, 10) == std::pair<std::int64_t, std::int64_t>(2, 4));
  CHECK(cut(ByteRange{2, INT64_MAX}, 10) == std::pair<std::int64_t, std::int64_t>(2, 8));
  CHECK(code_of([&] { cut(ByteRange{.first = 10}, 10); }) == Errc::range_not_satisfiable);
  CHECK(code_of([&] { cut(ByteRange{.first = 0}, 0); }) == Errc::range_not_satisfiable);
}

TEST_CASE("disks are found by name and the first one is the default") {
  const auto one = make_memory_disk();
  const auto two = make_memory_disk();
  Disks disks{{"one", one}, {"two", two}};
  CHECK(&disks.get() == one.get());
  CHECK(&disks.get("two") == two.get());
  CHECK(disks.default_name() == "one");
  CHECK(two->name() == "two");
  CHECK(disks.contains("one"));
  CHECK_FALSE(disks.contains("three"));
  CHECK(code_of([&] { disks.get("three"); }) == Errc::unknown_disk);
  CHECK(code_of([] { Disks().get(); }) == Errc::unknown_disk);
}

TEST_CASE("names of disks are checked") {
  Disks disks;
  disks.add("A-z_9", make_memory_disk());
  disks.add(std::string(64, 'x'), make_memory_disk());
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"),
                                  std::string("é"), std::string(65, 'x'), std::string("A-z_9")}) {
    INFO(name);
    CHECK(code_of([&] { disks.add(name, make_memory_disk()); }) == Errc::invalid_argument);
  }
  CHECK(code_of([&] { disks.add("null", nullptr); }) == Errc::invalid_argument);
  CHECK_FALSE(disks.contains("null"));
}

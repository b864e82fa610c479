#include "storage/spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <future>

#include "catch.hpp"
#include "storage/file_io.hpp"
#include "storage/unnamed_file.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using detail::Spool;
using tests::code_of;

namespace {

/// Gives the same letter for ever, or up to a length that it does not announce.
class LetterReader : public Reader {
 public:
  explicit LetterReader(std::int64_t length = std::numeric_limits<std::int64_t>::max())
      : left_(length) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const auto count = std::min(buffer.size(), static_cast<std::size_t>(left_));
    std::fill_n(buffer.begin(), count, std::byte{'x'});
    left_ -= static_cast<std::int64_t>(count);
    given += static_cast<std::int64_t>(count);
    return count;
  }

  std::int64_t given = 0;

 private:
  std::int64_t left_;
};

std::string text_of(const Spool& spool) {
  return {reinterpret_cast<const char*>(spool.bytes().data()), spool.bytes().size()};
}

constexpr std::int64_t mebibyte = 1024 * 1024;

}  // namespace

TEST_CASE("a spool holds the bytes of a real picture in memory and in a file") {
  const std::string expected = tests::read_file(tests::picture_path("astronaut.png"));
  for (const std::int64_t memory_limit : {std::int64_t{0}, std::int64_t{1000}, 8 * mebibyte}) {
    const auto reader = tests::picture("astronaut.png").open();
    const Spool spool = Spool::read(*reader, 8 * mebibyte, {}, memory_limit);
    CHECK(spool.size() == static_cast<std::int64_t>(expected.size()));
    CHECK(text_of(spool) == expected);
  }
}

TEST_CASE("a spool of more than 8 MiB is complete") {
  LetterReader reader(9 * mebibyte + 1);
  std::vector<std::int64_t> seen;
  const Spool spool =
      Spool::read(reader, 100 * mebibyte, [&](std::int64_t bytes) { seen.push_back(bytes); });
  CHECK(spool.size() == 9 * mebibyte + 1);
  CHECK(text_of(spool) == std::string(9 * mebibyte + 1, 'x'));
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(seen.back() == spool.size());
}

TEST_CASE("a spool may be empty") {
  const Spool spool = Spool::read(*make_memory_reader(""), 0, {}, 0);
  CHECK(spool.size() == 0);
  CHECK(spool.bytes().empty());
}

TEST_CASE("a spool keeps its bytes when it is moved") {
  for (const std::int64_t memory_limit : {0, 1000}) {
    Spool first = Spool::read(*make_memory_reader("text"), 10, {}, memory_limit);
    Spool second = std::move(first);
    CHECK(text_of(second) == "text");
    Spool third = Spool::read(*make_memory_reader("other"), 10, {}, 1000 - memory_limit);
    third = std::move(second);
    CHECK(text_of(third) == "text");
  }
}

TEST_CASE("[2 nestjs] an endless stream is refused as soon as it is too large") {
  LetterReader endless;
  CHECK(code_of([&] { Spool::read(endless, 3 * mebibyte); }) == Errc::too_large);
  CHECK(endless.given <= 4 * mebibyte);
}

TEST_CASE("the limit of a spool is inclusive and holds for announced sizes before reading") {
  CHECK(Spool::read(*make_memory_reader("12345"), 5).size() == 5);
  const auto reader = make_memory_reader("12345");
  CHECK(code_of([&] { Spool::read(*reader, 4); }) == Errc::too_large);
  CHECK(read_all(*reader) == "12345");
}

TEST_CASE("what the progress function throws ends the reading") {
  const auto stop = [](std::int64_t) { throw std::runtime_error("stop"); };
  CHECK_THROWS_WITH(Spool::read(*make_memory_reader("12345"), 5, stop), "stop");
}

TEST_CASE("[2 adonis] ten thousand spools do not share a file") {
  constexpr int thread_count = 4;
  constexpr int spool_count = 2'500;
  const auto make_spools = [](int thread) {
    std::vector<Spool> spools;
    for (int i = 0; i < spool_count; ++i) {
      const std::string text = std::to_string(thread) + "-" + std::to_string(i);
      spools.push_back(Spool::read(*make_memory_reader(text), 100, {}, 0));
    }
    return spools;
  };
  std::vector<std::future<std::vector<Spool>>> threads;
  for (int thread = 0; thread < thread_count; ++thread) {
    threads.push_back(std::async(std::launch::async, make_spools, thread));
  }
  std::vector<std::vector<Spool>> all;
  for (auto& thread : threads) all.push_back(thread.get());
  int wrong = 0;
  for (int thread = 0; thread < thread_count; ++thread) {
    for (int i = 0; i < spool_count; ++i) {
      const std::string text = std::to_string(thread) + "-" + std::to_string(i);
      if (text_of(all[static_cast<std::size_t>(thread)][static_cast<std::size_t>(i)]) != text) {
        ++wrong;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("a temporary file has no name and belongs to this process alone") {
  const tests::TemporaryDirectory directory;
  for (const auto unnaming : {detail::Unnaming::by_kernel, detail::Unnaming::by_removal}) {
    const detail::UniqueFd file = detail::make_unnamed_file(directory.path(), unnaming);
    const struct stat status = detail::status_of(file.get());
    CHECK(status.st_nlink == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(std::filesystem::is_empty(directory.path()));
    CHECK((::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("a directory for temporary files that is not there is an error") {
  CHECK(code_of([] { detail::make_unnamed_file("/nonexistent"); }) == Errc::storage);
}

#include "affix/value/id.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::int64_t time) : time_(std::chrono::milliseconds(time)) {}
  TimePoint now() const override { return time_; }

 private:
  TimePoint time_;
};

std::string id_at(std::int64_t time) {
  return make_id_generator(std::make_shared<FixedClock>(time))->next();
}

/// The first id that a forked child makes.
std::string id_of_child(IdGenerator& generator) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string id = generator.next();
    const bool written = ::write(ends[1], id.data(), id.size()) == ssize_t(id.size());
    ::_exit(written ? 0 : 1);
  }
  std::array<char, 36> id{};
  const ssize_t count = ::read(ends[0], id.data(), id.size());
  int status = 1;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  REQUIRE(status == 0);
  return {id.data(), static_cast<std::size_t>(count)};
}

}  // namespace

TEST_CASE("an id is a UUID of version 7 that begins with the time") {
  const std::string id = id_at(0x0190b6f01c2d);
  CHECK(id.substr(0, 15) == "0190b6f0-1c2d-7");
  CHECK(is_uuid_v7(id));
  CHECK(is_attachment_id(id));
}

TEST_CASE("the version and the variant are set in every id") {
  const auto generator = make_id_generator();
  std::set<char> variants;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = generator->next();
    REQUIRE(id[14] == '7');
    variants.insert(id[19]);
  }
  CHECK(variants == std::set<char>{'8', '9', 'a', 'b'});
}

TEST_CASE("every random bit of an id is used") {
  const auto generator = make_id_generator(std::make_shared<FixedClock>(0));
  std::vector<std::set<char>> seen(36);
  for (int i = 0; i < 2000; ++i) {
    const std::string id = generator->next();
    for (std::size_t place = 0; place < id.size(); ++place) seen[place].insert(id[place]);
  }
  for (const std::size_t place : {15, 16, 17, 20, 21, 22, 24, 29, 35}) {
    CHECK(seen[place].size() == 16);
  }
}

TEST_CASE("ids of different milliseconds sort by time") {
  CHECK(id_at(1) < id_at(2));
  CHECK(id_at(0xff) < id_at(0x100));
  CHECK(id_at(0xffffffff) < id_at(0x100000000));
  CHECK(id_at(1767323045678) < id_at(253402300799999));
}

TEST_CASE("100,000 ids of one millisecond are different") {
  const auto generator = make_id_generator(std::make_shared<FixedClock>(7));
  std::set<std::string> ids;
  for (int i = 0; i < 100'000; ++i) ids.insert(generator->next());
  CHECK(ids.size() == 100'000);
}

TEST_CASE("ids of several threads are different") {
  const auto generator = make_id_generator(std::make_shared<FixedClock>(7));
  std::array<std::vector<std::string>, 4> made;
  {
    std::vector<std::jthread> threads;
    for (auto& ids : made) {
      threads.emplace_back([&ids, &generator] {
        for (int i = 0; i < 1000; ++i) ids.push_back(generator->next());
      });
    }
  }
  std::set<std::string> ids;
  for (const auto& some : made) ids.insert(some.begin(), some.end());
  CHECK(ids.size() == 4000);
}

TEST_CASE("a forked child makes other ids than its parent and its siblings") {
  const auto generator = make_id_generator(std::make_shared<FixedClock>(7));
  std::set<std::string> ids{generator->next()};
  for (int i = 0; i < 5; ++i) ids.insert(id_of_child(*generator));
  for (int i = 0; i < 5; ++i) ids.insert(generator->next());
  CHECK(ids.size() == 11);
}

TEST_CASE("a generator needs a clock") {
  CHECK(code_of([] { make_id_generator(nullptr); }) == Errc::invalid_argument);
}

TEST_CASE("only the form that affix writes is a UUID of version 7") {
  CHECK(is_uuid_v7("0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"));
  CHECK(is_uuid_v7("ffffffff-ffff-7fff-bfff-ffffffffffff"));
  for (const char* text :
       {"", "0190b6f0-1c2d-4e3f-8a4b-5c6d7e8f9a0b", "0190b6f0-1c2d-7e3f-ca4b-5c6d7e8f9a0b",
        "0190b6f0-1c2d-7e3f-7a4b-5c6d7e8f9a0b", "0190B6F0-1c2d-7e3f-8a4b-5c6d7e8f9a0b",
        "0190b6f01c2d7e3f8a4b5c6d7e8f9a0b", "{190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0}",
        "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0", "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b0",
        "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0g", "0190b6f0_1c2d-7e3f-8a4b-5c6d7e8f9a0b"}) {
    INFO(text);
    CHECK_FALSE(is_uuid_v7(text));
  }
}

TEST_CASE("the id of a stored attachment is a short text that is harmless in a path") {
  CHECK(is_attachment_id("7"));
  CHECK(is_attachment_id("User_42-b"));
  CHECK(is_attachment_id("3F0C9A52-7B1E-4C55-9D1A-0E6F2B7A8C9D"));
  CHECK(is_attachment_id(std::string(36, 'x')));
  CHECK_FALSE(is_attachment_id(std::string(37, 'x')));
  for (const char* text : {"", ".", "..", "a/b", "a.b", "a b", "é", "a%", "a\n"}) {
    INFO(text);
    CHECK_FALSE(is_attachment_id(text));
  }
}

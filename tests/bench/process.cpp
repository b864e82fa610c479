#include "variants/process.hpp"

#include <system_error>

#include "catch.hpp"

using affix::bench::Process;
using affix::bench::run;

namespace {

/// Holds that many megabytes when it has answered.
std::vector<std::string> hungry(int megabytes) {
  std::string script = "read line; text=$(head --bytes=";
  script.append(std::to_string(megabytes)).append("M /dev/zero | tr '\\0' x); ");
  script.append("echo \"${#text}\"; read line");
  return {"bash", "-c", script};
}

}  // namespace

TEST_CASE("a process answers each line with a line") {
  Process process({"cat"});
  CHECK(process.ask("one") == "one\n");
  CHECK(process.ask("two") == "two\n");
}

TEST_CASE("a process that ends instead of answering is reported") {
  Process process({"false"});
  const char* message = "a process that is measured has ended";
  CHECK_THROWS_WITH(process.ask("one"), message);
  CHECK_THROWS_WITH(process.ask("two"), message);
}

TEST_CASE("a program that is not there is reported by its name") {
  CHECK_THROWS_AS(Process({"no-such-program"}), std::system_error);
  CHECK_THROWS_WITH(run({"no-such-program"}), Catch::Contains("no-such-program"));
}

TEST_CASE("a program that fails is reported") {
  CHECK_THROWS_WITH(run({"false"}), "false has failed");
  CHECK_NOTHROW(run({"true"}));
}

TEST_CASE("the memory of a process is its own at most, not that of the program that started it") {
  const std::string ours(256 << 20, 'x');
  Process process(hungry(32));
  CHECK(process.ask("") == std::to_string(32 << 20) + "\n");
  CHECK(process.peak_memory() > 32);
  CHECK(process.peak_memory() < 200);
  CHECK(ours.back() == 'x');
}

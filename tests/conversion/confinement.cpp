#include "conversion/worker/confinement.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "support/temporary_directory.hpp"

using namespace affix::tests;

namespace {

constexpr int done = 0;
constexpr int refused = 1;

/// How a confined process ends that does this: its exit code, or the negative signal.
int outcome(const std::function<bool()>& action,
            const affix::detail::ConfinementOptions& options = {}) {
  const pid_t child = ::fork();
  if (child == 0) {
    affix::detail::confine(options);
    ::_exit(action() ? done : refused);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// What a GLib program does when there is no memory.
bool allocate(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  const bool is_there = memory != nullptr;
  std::free(memory);
  return is_there;
}

}  // namespace

TEST_CASE("a confined process can compute, have threads, and read only if that was allowed") {
  CHECK(outcome([] { return allocate(1 << 20); }) == done);
  const auto read = [] { return ::open("/proc/self/status", O_RDONLY | O_CLOEXEC) >= 0; };
  CHECK(outcome(read) == refused);
  CHECK(outcome(read, {.may_read_files = true}) == done);
  CHECK(outcome([] {
          bool ran = false;
          std::thread([&] { ran = true; }).join();
          return ran;
        }) == done);
}

TEST_CASE("a confined process can end itself, and nobody else") {
  CHECK(outcome([]() -> bool {
          std::signal(SIGABRT, SIG_DFL);  // The test framework has its own.
          std::abort();
        }) == -SIGABRT);
  const pid_t parent = ::getpid();
  CHECK(outcome([&] { return ::kill(parent, 0) == 0; }) == refused);
  CHECK(outcome([&] { return ::syscall(SYS_tgkill, parent, parent, 0) == 0; }) == refused);
  CHECK(outcome([&] { return ::sigqueue(parent, 0, {}) == 0; }) == refused);
}

TEST_CASE("a confined process starts no other, connects to nobody and changes no file") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "file").string();
  const std::string other = (directory.path() / "other").string();
  ::close(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  const std::vector<std::function<bool()>> actions{
      [] { return ::fork() >= 0; },
      [] { return ::execl("/bin/true", "true", nullptr) == 0; },
      [] { return std::system("true") == 0; },
      [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; },
      [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; },
      [&] { return ::open(file.c_str(), O_WRONLY | O_CLOEXEC) >= 0; },
      [&] { return ::open(file.c_str(), O_RDWR | O_CLOEXEC) >= 0; },
      [&] { return ::open(other.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0; },
      [&] { return ::open(file.c_str(), O_RDONLY | O_TRUNC | O_CLOEXEC) >= 0; },
      [&] { return ::open(other.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0700) >= 0; },
      [&] { return ::open(directory.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) >= 0; },
      [] { return ::shmget(IPC_PRIVATE, 1, IPC_CREAT) >= 0; },
      [&] { return ::unlink(file.c_str()) == 0; },
      [&] { return ::rename(file.c_str(), other.c_str()) == 0; },
      [&] { return ::mkdir(other.c_str(), 0700) == 0; },
      [&] { return ::symlink("/etc/passwd", other.c_str()) == 0; },
      [] { return ::chmod("/proc/self/fd/0", 0600) == 0; },
      [] { return ::fchmod(STDIN_FILENO, 0600) == 0; },
      [] {
        const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
        return ::setrlimit(RLIMIT_CPU, &all) == 0;
      }};
  for (std::size_t i = 0; i < actions.size(); ++i) {
    INFO(i);
    CHECK(outcome(actions[i], {.may_read_files = true}) == refused);
  }
  CHECK(std::filesystem::exists(file));
  CHECK_FALSE(std::filesystem::exists(other));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a confined process has no more memory than it may have") {
  CHECK(outcome([] { return allocate(200 << 20); }, {.max_memory = 100 << 20}) == refused);
  CHECK(outcome([] { return allocate(50 << 20); }, {.max_memory = 100 << 20}) == done);
}
#endif

TEST_CASE("a confined process that never ends is ended") {
  const auto turn = [] {
    for (volatile bool on = true; on;) {
    }
    return true;
  };
  CHECK(outcome(turn, {.max_seconds = 0.5}) < 0);
  CHECK(outcome([] { return ::pause() == 0; }, {.max_seconds = 0.5}) == -SIGALRM);
}

#include "conversion/isolation/worker_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

[[noreturn]] void refuse(int error) {
  throw Error(Errc::conversion_failed, "The program affix-convert could not be started", {},
              std::strerror(error));
}

void require(int error) {
  if (error != 0) refuse(error);
}

/// What is done between fork and exec.
class Actions {
 public:
  Actions(int request, int results) {
    require(::posix_spawn_file_actions_init(&actions_));
    // First to places that none of them has, so that none is overwritten before it was used.
    const int spare = std::max({request, results, results_fd}) + 1;
    copy(request, spare);
    copy(results, spare + 1);
    copy(spare, request_fd);
    copy(spare + 1, results_fd);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      require(::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", O_RDWR, 0));
    }
    require(::posix_spawn_file_actions_addclosefrom_np(&actions_, results_fd + 1));
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  void copy(int from, int to) { require(::posix_spawn_file_actions_adddup2(&actions_, from, to)); }

  posix_spawn_file_actions_t actions_{};
};

/// No signal is blocked or ignored there, whatever the application does with them.
class Attributes {
 public:
  Attributes() {
    require(::posix_spawnattr_init(&attributes_));
    sigset_t none;
    ::sigemptyset(&none);
    sigset_t all;
    ::sigfillset(&all);
    require(::posix_spawnattr_setsigmask(&attributes_, &none));
    require(::posix_spawnattr_setsigdefault(&attributes_, &all));
    require(
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// The environment may hold secrets, of which a picture's reader needs none.
std::vector<std::string> worker_environment() {
  std::vector<std::string> environment{"LC_ALL=C.UTF-8", "MALLOC_ARENA_MAX=2"};
  for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): who sets variables beside running threads has lost.
    const char* value = std::getenv(name);
    if (value != nullptr) environment.push_back(std::string(name).append("=").append(value));
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

WorkerProcess::WorkerProcess(const std::filesystem::path& program, const UniqueFd& request) {
  if (program.empty() || ::access(program.c_str(), X_OK) != 0) {
    throw Error(Errc::unsupported,
                "This conversion runs in the program affix-convert, which is not there; install "
                "it, say in the converter's options where it is, or switch the isolation off",
                {}, program.native());
  }
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse(errno);
  results_ = UniqueFd(ends[0]);
  const UniqueFd write_end(ends[1]);
  const Actions actions(request.get(), write_end.get());
  const Attributes attributes;
  std::vector<std::string> arguments{program.native(), std::to_string(::getpid())};
  std::vector<std::string> environment = worker_environment();
  require(::posix_spawn(&id_, program.c_str(), actions.get(), attributes.get(),
                        pointers_to(arguments).data(), pointers_to(environment).data()));
}

WorkerProcess::~WorkerProcess() {
  if (id_ < 0) return;
  kill();
  wait();
}

void WorkerProcess::kill() noexcept {
  if (id_ >= 0) ::kill(id_, SIGKILL);
}

std::string WorkerProcess::wait() {
  int status = 0;
  pid_t ended = -1;
  do {
    ended = ::waitpid(id_, &status, 0);
  } while (ended < 0 && errno == EINTR);
  id_ = -1;
  // The application may wait for children that are not its own.
  if (ended < 0) return "nobody knows how it ended";
  if (WIFSIGNALED(status)) return std::string("signal ").append(std::to_string(WTERMSIG(status)));
  return std::string("exit code ").append(std::to_string(WEXITSTATUS(status)));
}

}  // namespace affix::detail

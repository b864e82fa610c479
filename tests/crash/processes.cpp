#include "processes.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "affix/soci/session_state.hpp"
#include "backends/database.hpp"

namespace affix::tests {
namespace {

pid_t spawn(std::vector<std::string> words, int output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t process = 0;
  const int failed =
      ::posix_spawn(&process, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("a worker could not be started");
  return process;
}

}  // namespace

Worker::Worker(const std::string& kind, int number, const std::filesystem::path& folder) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("there is no pipe");
  output_ = ends[0];
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  process_ = spawn({program, "worker", kind, std::to_string(number), folder.string()}, ends[1]);
  ::close(ends[1]);
}

Worker::Worker(Worker&& other) noexcept
    : process_(std::exchange(other.process_, 0)),
      output_(std::exchange(other.output_, -1)),
      session_(std::move(other.session_)) {}

Worker::~Worker() {
  if (process_ != 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  if (output_ >= 0) ::close(output_);
}

void Worker::await_ready() {
  char one = 0;
  while (::read(output_, &one, 1) == 1) {
    if (one == '\n') return;
    session_ += one;
  }
  throw std::runtime_error("a worker has ended before it was ready");
}

void Worker::kill() {
  int status = 0;
  ::kill(process_, SIGKILL);
  ::waitpid(std::exchange(process_, 0), &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    throw std::runtime_error("a worker has ended by itself");
  }
}

bool Worker::ends_well() {
  int status = 0;
  ::waitpid(std::exchange(process_, 0), &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void report_ready(soci::session& sql) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (dialect_of(sql).engine() != Engine::sqlite) std::cout << session_number(sql);
  std::cout << std::endl;
  if (in_transaction(sql)) sql.commit();
}

}  // namespace affix::tests

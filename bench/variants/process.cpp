#include "variants/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace affix::bench {
namespace {

class Actions {
 public:
  Actions() { posix_spawn_file_actions_init(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }

  void connect(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void throw_away(int descriptor) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, "/dev/null", O_WRONLY, 0);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

pid_t spawn(const std::vector<std::string>& command, const Actions& actions) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t id = -1;
  const int error =
      posix_spawnp(&id, arguments.front(), actions.get(), nullptr, arguments.data(), environ);
  if (error != 0) throw std::system_error(error, std::generic_category(), command.front());
  return id;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  return ends;
}

std::array<int, 2> make_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  return ends;
}

[[noreturn]] void fail_as_ended() {
  throw std::runtime_error("a process that is measured has ended");
}

void send(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0) fail_as_ended();
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

/// The input is a socket and no pipe, because writing to a pipe that nobody reads ends the program.
Process::Process(const std::vector<std::string>& command) {
  const auto [input_end, our_input] = make_socket_pair();
  const auto [our_output, output_end] = make_pipe();
  input_ = our_input;
  output_ = ::fdopen(our_output, "r");
  Actions actions;
  actions.connect(input_end, STDIN_FILENO);
  actions.connect(output_end, STDOUT_FILENO);
  id_ = spawn(command, actions);
  ::close(input_end);
  ::close(output_end);
}

Process::~Process() {
  ::close(input_);
  std::fclose(output_);
  int status = 0;
  ::waitpid(id_, &status, 0);
}

std::string Process::ask(const std::string& line) {
  send(input_, line + "\n");
  char* text = nullptr;
  std::size_t capacity = 0;
  const ssize_t length = ::getline(&text, &capacity, output_);
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  if (length <= 0) fail_as_ended();
  return std::string(text, static_cast<std::size_t>(length));
}

/// The limit of `getrusage` would do, but that of a new process begins with its parent's.
double Process::peak_memory() const {
  std::ifstream status("/proc/" + std::to_string(id_) + "/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

double run(const std::vector<std::string>& command) {
  Actions actions;
  actions.throw_away(STDOUT_FILENO);
  actions.throw_away(STDERR_FILENO);
  const pid_t id = spawn(command, actions);
  int status = 0;
  rusage usage{};
  while (::wait4(id, &status, 0, &usage) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait4");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error(command.front() + std::string(" has failed"));
  }
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace affix::bench

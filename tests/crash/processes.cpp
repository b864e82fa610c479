#include "processes.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "affix/conversion/content_type.hpp"
#include "affix/soci/session_state.hpp"
#include "backends/database.hpp"

namespace affix::tests {
namespace {

int origin = -1;  // A socket to the process that workers are forked from.

struct Order {
  enum class What { start, wait } what = What::start;
  pid_t process = 0;
  int number = 0;
  char kind[16] = {};
  char folder[512] = {};
};

/// Sends it, with a descriptor for what the worker prints, and gives the answer.
int command(Order order, int output = -1) {
  iovec bytes{.iov_base = &order, .iov_len = sizeof order};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (output >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof output);
    std::memcpy(CMSG_DATA(header), &output, sizeof output);
  }
  int answer = 0;
  if (::sendmsg(origin, &message, 0) != sizeof order ||
      ::recv(origin, &answer, sizeof answer, 0) != sizeof answer) {
    throw std::runtime_error("the process that workers come from is gone");
  }
  return answer;
}

/// The next one, and the descriptor that came with it.
bool receive(Order& order, int& output) {
  iovec bytes{.iov_base = &order, .iov_len = sizeof order};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(origin, &message, 0) != sizeof order) return false;
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header) std::memcpy(&output, CMSG_DATA(header), sizeof output);
  return true;
}

[[noreturn]] void run_worker(WorkerOrigin::Work work, const Order& order, int output) {
  ::close(origin);
  ::dup2(output, STDOUT_FILENO);
  ::close(output);
  int code = 2;
  try {
    code = work(order.kind, order.number, order.folder);
  } catch (const std::exception& error) {
    std::cerr << "a worker: " << error.what() << std::endl;
  }
  ::_exit(code);
}

/// Forks workers and waits for them, until nobody wants any.
[[noreturn]] void serve(WorkerOrigin::Work work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::byte some[1]{};
  static_cast<void>(detect_type(some));  // Loads the database of types, which takes a while.
  Order order;
  int output = -1;
  while (receive(order, output)) {
    int answer = 0;
    if (order.what == Order::What::start) {
      answer = ::fork();
      if (answer == 0) run_worker(work, order, output);
      ::close(output);
    } else {
      ::waitpid(order.process, &answer, 0);
    }
    if (::send(origin, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) break;
  }
  ::_exit(0);
}

pid_t start(const std::string& kind, int number, const std::filesystem::path& folder, int output) {
  Order order{.number = number};
  if (kind.size() >= sizeof order.kind || folder.native().size() >= sizeof order.folder) {
    throw std::runtime_error("the folder of the stage has too long a name");
  }
  kind.copy(order.kind, kind.size());
  folder.native().copy(order.folder, folder.native().size());
  const pid_t process = command(order, output);
  if (process <= 0) throw std::runtime_error("a worker could not be started");
  return process;
}

/// Waits until it has ended; as `waitpid` says how.
int end_of(pid_t process) { return command({.what = Order::What::wait, .process = process}); }

}  // namespace

WorkerOrigin::WorkerOrigin(Work work) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
    throw std::runtime_error("there is no socket");
  }
  const pid_t process = ::fork();
  if (process < 0) throw std::runtime_error("fork failed");
  origin = ends[process == 0 ? 1 : 0];
  ::close(ends[process == 0 ? 0 : 1]);
  if (process == 0) serve(work);
}

WorkerOrigin::~WorkerOrigin() {
  ::close(origin);
  ::wait(nullptr);
}

Worker::Worker(const std::string& kind, int number, const std::filesystem::path& folder) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("there is no pipe");
  output_ = ends[0];
  process_ = start(kind, number, folder, ends[1]);
  ::close(ends[1]);
}

Worker::Worker(Worker&& other) noexcept
    : process_(std::exchange(other.process_, 0)),
      output_(std::exchange(other.output_, -1)),
      session_(std::move(other.session_)) {}

Worker::~Worker() {
  if (process_ != 0) {
    ::kill(process_, SIGKILL);
    end_of(process_);
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
  ::kill(process_, SIGKILL);
  const int status = end_of(std::exchange(process_, 0));
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    throw std::runtime_error("a worker has ended by itself");
  }
}

bool Worker::ends_well() {
  const int status = end_of(std::exchange(process_, 0));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void report_ready(soci::session& sql) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (dialect_of(sql).engine() != Engine::sqlite) std::cout << session_number(sql);
  std::cout << std::endl;
  if (in_transaction(sql)) sql.commit();
}

}  // namespace affix::tests

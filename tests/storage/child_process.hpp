#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>

namespace affix::tests {

/// Runs `work` in a child process and returns the text that it returns, or the message of the
/// exception that ended it.
inline std::string run_in_child(const std::function<std::string()>& work) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    std::string answer;
    try {
      answer = work();
    } catch (const std::exception& exception) {
      answer = exception.what();
    }
    const auto written = ::write(pipe[1], answer.data(), answer.size());
    ::_exit(written == static_cast<ssize_t>(answer.size()) ? 0 : 1);
  }
  ::close(pipe[1]);
  std::string answer;
  char buffer[4096];
  for (ssize_t count; (count = ::read(pipe[0], buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return answer;
}

}  // namespace affix::tests

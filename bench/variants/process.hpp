#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace affix::bench {

/// A program that answers each line with a line. Ends with this object.
class Process {
 public:
  /// Throws `std::system_error` if it cannot be started.
  explicit Process(const std::vector<std::string>& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Throws `std::runtime_error` if the program has ended.
  std::string ask(const std::string& line);

  /// Megabytes (of 2^20 bytes) of memory that it has used at most, as the system counts it.
  double peak_memory() const;

 private:
  pid_t id_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

/// Runs a program to its end without a shell, its standard output thrown away. Returns the
/// megabytes that it has used at most. Throws `std::runtime_error` if it fails.
double run(const std::vector<std::string>& command);

}  // namespace affix::bench

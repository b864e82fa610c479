#pragma once

#include <soci/soci.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace affix::tests {

/// A process of its own, from a start of this program: nothing is shared but the stage.
class Worker {
 public:
  /// `kind` is what the program does with it: `write`, `reap` or `schema`.
  Worker(const std::string& kind, int number, const std::filesystem::path& folder);
  Worker(Worker&& other) noexcept;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Waits until it is connected and about to begin; keeps the number of its session.
  void await_ready();
  /// SIGKILL. Throws if it had ended by itself.
  void kill();
  /// Waits until it has ended by itself. Whether it says that all was well.
  bool ends_well();
  /// As the server knows it; empty where there is none.
  const std::string& session() const { return session_; }

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string session_;
};

/// In a worker: tells the controlling process, and ends with it.
void report_ready(soci::session& sql);

}  // namespace affix::tests

#pragma once

#include <soci/soci.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace affix::tests {

/// The process that workers are forked from: its libraries are loaded and it is connected to
/// nothing, so that a worker has nothing but the stage and is there soon. Made once, before the
/// first session.
class WorkerOrigin {
 public:
  /// What a worker does, by its kind, its number and the folder of the stage; gives its exit code.
  using Work = int (*)(const std::string&, int, const std::filesystem::path&);

  explicit WorkerOrigin(Work work);
  WorkerOrigin(const WorkerOrigin&) = delete;
  WorkerOrigin& operator=(const WorkerOrigin&) = delete;
  ~WorkerOrigin();
};

/// A process of its own, forked from the origin.
class Worker {
 public:
  /// `kind` is what is done with it: `write`, `reap` or `schema`.
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

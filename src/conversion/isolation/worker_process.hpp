#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "storage/unique_fd.hpp"

namespace affix::detail {

/// The descriptors that `affix-convert` finds open, besides /dev/null as 0, 1 and 2.
inline constexpr int request_fd = 3;  ///< A file that begins with a frame.
inline constexpr int results_fd = 4;  ///< Where it writes frames.

/// A run of `affix-convert`: a new program that has none of this one's memory, descriptors and
/// environment. Killed when this is destroyed.
class WorkerProcess {
 public:
  /// Throws `Errc::unsupported` if there is no such program, `Errc::conversion_failed` if it could
  /// not be started.
  WorkerProcess(const std::filesystem::path& program, const UniqueFd& request);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  /// Where its frames are read from.
  int results() const noexcept { return results_.get(); }
  void kill() noexcept;
  /// Waits for its end, which it has come to, or which is near; says in words how it ended.
  std::string wait();

 private:
  pid_t id_ = -1;
  UniqueFd results_;
};

}  // namespace affix::detail

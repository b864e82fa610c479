#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace affix::tests {

/// Keeps processes at a line until it is destroyed. It ends with its process, too.
class Gate {
 public:
  enum class Kind { close = LOCK_EX, pass = LOCK_SH };

  Gate(const std::filesystem::path& path, Kind kind)
      : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ < 0 || ::flock(file_, static_cast<int>(kind)) != 0) {
      throw std::runtime_error("there is no gate");
    }
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { ::close(file_); }

 private:
  int file_;
};

}  // namespace affix::tests

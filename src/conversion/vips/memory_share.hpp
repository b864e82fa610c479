#pragma once

#include <cstdint>

namespace affix::detail {

/// A part of the memory that all conversions of this process may use together. Waits until others
/// have given theirs back, who comes first first.
class MemoryShare {
 public:
  /// `bytes` are what this one needs, `all` what there is for all of them; who needs more than
  /// that gets all of it. Throws `Errc::conversion_failed` when it has waited for so many seconds.
  MemoryShare(std::int64_t bytes, std::int64_t all, double max_seconds);
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;
  ~MemoryShare();

 private:
  std::int64_t bytes_;
};

}  // namespace affix::detail

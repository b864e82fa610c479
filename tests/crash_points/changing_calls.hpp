#pragma once

#include <string>

namespace affix::tests {

/// What happens at the chosen call.
enum class AtCall {
  die,           ///< The process is killed before the call.
  die_half_way,  ///< The same, but half of a write is done.
  stop,          ///< The process is stopped before the call, until somebody lets it go on.
};

/// Counts the calls by which this process, the C library's callers in it, and its children change
/// files: affix's, SQLite's, everybody's. To be made before the fork, used in the child, and read
/// in the parent.
///
/// Nothing is synced in this program: what a killed process has written stays with the kernel.
/// Nor does SQLite sleep while it waits for a lock, which nobody gives back here.
class ChangingCalls {
 public:
  ChangingCalls();
  ChangingCalls(const ChangingCalls&) = delete;
  ChangingCalls& operator=(const ChangingCalls&) = delete;
  ~ChangingCalls();

  /// Counts from now on, in this process. 1: the next call is the chosen one.
  void arm(int n, AtCall what);
  int count() const;
  void reset();
  /// The name of the last call that was counted.
  std::string last() const;
};

}  // namespace affix::tests

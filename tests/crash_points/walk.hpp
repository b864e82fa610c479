#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "changing_calls.hpp"
#include "site.hpp"
#include "support/album_operations.hpp"
#include "support/temporary_directory.hpp"

namespace affix::tests {

/// How SQLite keeps what a transaction changes.
enum class Journal { rollback, write_ahead };

/// The ledger's tables, and an album with something in it.
void fill_album(Site& site);

struct WalkOptions {
  Journal journal = Journal::rollback;
  /// Makes what the operation starts from.
  std::function<void(Site&)> set_up = &fill_album;
  /// What is done first by whoever comes after the crash.
  std::function<void(Site&)> recover = [](Site&) {};
  /// Changes how the operation's process works.
  std::function<void(Site&)> weaken = [](Site&) {};
  /// For `AtCall::stop`: the reaper that comes in between.
  ReapOptions reaper{.purge_delay = {}, .lease = {}};
  std::function<void(Site&)> weaken_others = [](Site&) {};
};

struct WalkResult {
  int points = 0;
  int damaging = 0;
  std::vector<std::string> damage{};  ///< What was wrong, with the place.
};

/// One operation, interrupted at its n-th call that changes a file, for n = 1, 2, ... until it
/// comes to its end; each time from the same start. After each the promises are looked at by a
/// process that was not there.
class Walk {
 public:
  explicit Walk(const Operation& operation, WalkOptions options = {});

  WalkResult run(AtCall what, int first = 1, int step = 1);

 private:
  enum class End { died, stopped, completed };

  void prepare();
  void copy_start() const;
  void run_once(int n, AtCall what);
  End end_of_child(int n, AtCall what);
  void let_others_reap();
  void examine(WalkResult& result, const std::string& place);
  std::filesystem::path start() const { return directory_.path() / "start"; }
  std::filesystem::path place() const { return directory_.path() / "run"; }

  const Operation& operation_;
  WalkOptions options_;
  TemporaryDirectory directory_;
  ChangingCalls calls_;
  std::vector<Rows> allowed_;
};

}  // namespace affix::tests

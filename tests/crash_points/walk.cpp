#include "walk.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

namespace affix::tests {
namespace {

constexpr int never = 0;

Rows rows_at(const std::filesystem::path& directory) {
  Site site(directory);
  return RowReader(site.album).read();
}

/// A process of its own. It is not left behind: what it has open would keep others waiting.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {
    if (id < 0) throw std::runtime_error("fork failed");
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (has_ended()) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }

  /// Waits until it has ended or stands still; as `waitpid` says how it is.
  int wait() {
    if (::waitpid(id_, &status_, WUNTRACED) != id_) throw std::runtime_error("waitpid failed");
    return status_;
  }
  void go_on() { ::kill(id_, SIGCONT); }

 private:
  static constexpr int unknown = -1;

  bool has_ended() const {
    return status_ != unknown && (WIFEXITED(status_) || WIFSIGNALED(status_));
  }

  pid_t id_;
  int status_ = unknown;
};

}  // namespace

void fill_album(Site& site) {
  ensure_schema(site.sql, site.files);
  site.album.make_table();
  site.album.fill();
}

Walk::Walk(const Operation& operation, WalkOptions options)
    : operation_(operation), options_(std::move(options)) {
  prepare();
  allowed_.push_back(rows_at(start()));
  if (end_of_child(never, AtCall::die) != End::completed) {
    throw std::runtime_error("the operation died by itself");
  }
  allowed_.push_back(rows_at(place()));
}

void Walk::prepare() {
  std::filesystem::create_directories(start() / "disk");
  Site site(start());
  if (options_.journal == Journal::write_ahead) site.sql << "pragma journal_mode = wal";
  options_.set_up(site);
  if (operation_.prepare) operation_.prepare(site.album);
}

WalkResult Walk::run(AtCall what, int first, int step) {
  WalkResult result;
  for (int n = first;; n += step) {
    const End end = end_of_child(n, what);
    if (end == End::completed) return result;
    ++result.points;
    examine(result, std::string(operation_.name) + ", call " + std::to_string(n) + ", " +
                        calls_.last() + ": ");
  }
}

/// In the child: the operation, from the start.
void Walk::run_once(int n, AtCall what) {
  int code = 1;
  try {
    Site site(place());
    options_.weaken(site);
    calls_.arm(n, what);
    operation_.run(site.album);
    code = 0;
  } catch (const std::exception& error) {
    if (what != AtCall::stop) std::cerr << operation_.name << ": " << error.what() << std::endl;
  }
  ::_exit(code);
}

/// What is stored never changes: links will do.
void Walk::copy_start() const {
  using Options = std::filesystem::copy_options;
  std::filesystem::create_directory(place());
  std::filesystem::copy(start() / "album.db", place() / "album.db");
  std::filesystem::copy(start() / "disk", place() / "disk",
                        Options::recursive | Options::create_hard_links);
}

Walk::End Walk::end_of_child(int n, AtCall what) {
  std::filesystem::remove_all(place());
  copy_start();
  calls_.reset();
  const pid_t id = ::fork();
  if (id == 0) run_once(n, what);
  Child child(id);
  int status = child.wait();
  const bool stopped = WIFSTOPPED(status);
  if (stopped) {
    let_others_reap();
    child.go_on();
    status = child.wait();
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return End::died;
  if (stopped && WIFEXITED(status)) return End::stopped;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return End::completed;
  throw std::runtime_error("the operation did not come to its end");
}

/// A reaper that has no patience with what is on its way.
void Walk::let_others_reap() {
  Site site(place());
  site.clock->advance(std::chrono::hours(25));
  options_.weaken_others(site);
  try {
    ReapOptions reaping = options_.reaper;
    if (operation_.leftover == Leftover::given_up) reaping.fields = {site.album.avatar};
    reap(site.sql, site.files, reaping);
  } catch (const Error& error) {
    // The operation that stands still holds the lock of the database.
    if (error.code() != Errc::database && error.code() != Errc::conflict) throw;
  }
}

void Walk::examine(WalkResult& result, const std::string& place_in_words) {
  Damage damage;
  try {
    Site site(place());
    options_.recover(site);
    damage = damage_at_once(site.album, allowed_, operation_.leftover);
    for (std::string& one : damage_after_reaping(site.album, operation_.leftover)) {
      damage.push_back(std::move(one));
    }
  } catch (const std::exception& error) {
    damage.emplace_back(error.what());
  }
  for (const std::string& one : damage) result.damage.push_back(place_in_words + one);
  if (!damage.empty()) ++result.damaging;
}

}  // namespace affix::tests

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <new>
#include <stdexcept>

#include "affix/persistence/column_field.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/storage/local_disk.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/campaign.hpp"
#include "support/disk_contents.hpp"

// Processes that replace the file of one row at the same time: each reads the row, and goes on when
// all have read it.

using namespace affix;
using namespace affix::tests;

namespace {

constexpr int racers = 2;

/// How one of them came out of a generation.
struct Outcome {
  enum class Kind { none, won, conflict, other } kind = Kind::none;
  std::array<char, 37> id{};  ///< Of what the winner has stored.
};

/// What the processes have in common.
class Board {
 public:
  explicit Board(int generations)
      : size_(sizeof(Shared) + sizeof(Outcome) * racers * static_cast<std::size_t>(generations)) {
    void* const memory =
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap failed");
    shared_ = new (memory) Shared;
    outcomes_ = reinterpret_cast<Outcome*>(shared_ + 1);
    pthread_barrierattr_t attributes;
    ::pthread_barrierattr_init(&attributes);
    ::pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    ::pthread_barrier_init(&shared_->barrier, &attributes, racers);
    ::pthread_barrierattr_destroy(&attributes);
  }
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;
  /// The barrier is given back to nobody: a process that was killed may still be at it.
  ~Board() { ::munmap(shared_, size_); }

  void wait_for_all() { ::pthread_barrier_wait(&shared_->barrier); }
  Outcome& outcome(int generation, int racer) { return outcomes_[generation * racers + racer]; }

 private:
  struct alignas(std::max_align_t) Shared {
    pthread_barrier_t barrier;
  };

  std::size_t size_;
  Shared* shared_ = nullptr;
  Outcome* outcomes_ = nullptr;
};

/// A row, and a disk that processes share.
struct Row {
  explicit Row(const Target& target)
      : db(target),
        table(db.short_documents()),
        field{.table = table, .column = "doc", .key = "id"},
        files({.disks = {{"local", disk}}, .ledger = db.ledger()}) {
    ensure_schema(db.sql, files);
    db.run("insert into " + table + "(id) values(1)");
  }

  Database db;
  std::string table;
  ColumnField field;
  TemporaryDirectory directory;
  std::shared_ptr<Disk> disk =
      make_local_disk({.root = directory.path() / "root", .durability = Durability::kill_safe});
  AttachmentManager files;
};

/// One attempt in a process of its own.
void contend(soci::session& sql, Row& row, Board& board, Outcome& outcome) {
  bool has_waited = false;
  // The source is opened when the row has been read.
  const auto open = [&] {
    has_waited = true;
    board.wait_for_all();
    return make_memory_reader("somebody's");
  };
  try {
    Transaction tx(sql, row.files);
    const Attachment stored = tx.replace(row.field, 1, Source::from_reader(open, "name.txt"));
    tx.commit();
    std::memcpy(outcome.id.data(), stored.id.data(), stored.id.size());
    outcome.kind = Outcome::Kind::won;
  } catch (const Error& error) {
    const bool conflict = error.code() == Errc::conflict;
    outcome.kind = conflict ? Outcome::Kind::conflict : Outcome::Kind::other;
  } catch (const std::exception&) {
    outcome.kind = Outcome::Kind::other;
  }
  if (!has_waited) board.wait_for_all();
}

class Racer {
 public:
  Racer(Row& row, Board& board, int number, int generations) : id_(::fork()) {
    if (id_ < 0) throw std::runtime_error("fork failed");
    if (id_ == 0) run(row, board, number, generations);
  }
  Racer(const Racer&) = delete;
  Racer& operator=(const Racer&) = delete;
  ~Racer() {
    if (ended_) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }

  bool has_ended_well() {
    int status = 0;
    ended_ = ::waitpid(id_, &status, 0) == id_;
    return ended_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  [[noreturn]] static void run(Row& row, Board& board, int number, int generations) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(300);  // The others may have ended before they came to the barrier.
    try {
      soci::session sql;
      row.db.connect(sql);
      if (dialect_of(sql).engine() == Engine::sqlite) sql << "pragma busy_timeout = 20000";
      for (int i = 0; i < generations; ++i) {
        contend(sql, row, board, board.outcome(i, number));
        board.wait_for_all();  // Nobody begins before all have ended.
      }
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }

  pid_t id_;
  bool ended_ = false;
};

/// The id that the winner of a generation has stored; empty unless just one has won, and the others
/// have been told of a conflict.
std::string winner_of(Board& board, int generation) {
  std::string winner;
  for (int i = 0; i < racers; ++i) {
    const Outcome& outcome = board.outcome(generation, i);
    if (outcome.kind == Outcome::Kind::conflict) continue;
    if (outcome.kind != Outcome::Kind::won || !winner.empty()) return {};
    winner = outcome.id.data();
  }
  return winner;
}

}  // namespace

TEST_CASE("of processes that replace the same file at once one wins in each generation") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.name == "firebird-embedded") return;  // An engine that does not outlive a fork.
  const int generations = rounds(500, 5'000);      // Times two.
  Row row(target);
  Board board(generations);
  {
    Racer first(row, board, 0, generations);
    Racer second(row, board, 1, generations);
    REQUIRE(first.has_ended_well());
    REQUIRE(second.has_ended_well());
  }
  std::string last;
  for (int i = 0; i < generations; ++i) {
    CAPTURE(i);
    last = winner_of(board, i);
    REQUIRE_FALSE(last.empty());
  }
  REQUIRE(row.field.load(row.db.sql, 1)->id == last);
  ReapResult done;
  do {
    done = reap(row.db.sql, row.files, {.purge_delay = {}, .lease = {}});
    REQUIRE(done.failed == 0);
  } while (done.more);
  CHECK(files_on(*row.disk).size() == 1);
  CHECK(markers_on(*row.disk).empty());
}

#include <iostream>

#include "catch.hpp"
#include "database.hpp"
#include "server.hpp"
#include "support/album_operations.hpp"
#include "support/campaign.hpp"
#include "support/other_reaper.hpp"
#include "support/statement_faults.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

// Statements of affix on the database fail, or stand still, on every server: one in a few, with
// --long each. For SQLite all are in tests/persistence.

using namespace affix;
using namespace affix::tests;

namespace {

class Walk {
 public:
  explicit Walk(const Target& target) : db_(target) {
    ensure_schema(db_.sql, shop_.files);
    album_.make_table();
    // It would tell of each trigger that is to be dropped and not there.
    if (target.engine == Engine::postgresql) db_.run("set client_min_messages = warning");
    faults_.meanwhile = [this] { other_.reap_meanwhile(leftover_); };
  }

  /// From the statement `first` on; the number of points.
  int run(const Operation& operation, StatementFault fault, int first) {
    const std::vector<Rows> allowed = rows_before_and_after(operation);
    leftover_ = operation.leftover;
    const int step = stride(3);
    int points = 0;
    for (int n = first % step + 1;; n += step) {
      CAPTURE(operation.name, n);
      prepare(operation);
      faults_.fail_at(n, fault);
      const Attempt attempt(db_.sql, [&] { operation.run(album_); });
      const bool tripped = !faults_.tripped().empty();
      faults_.fail_at(0);
      other_.finish();
      CAPTURE(faults_.tripped());
      CHECK(damage_at_once(album_, allowed, operation.leftover) == Damage{});
      CHECK(damage_after_reaping(album_, operation.leftover) == Damage{});
      clean_up(operation);
      if (!tripped) {
        CHECK_FALSE(attempt.failed);
        return points;
      }
      ++points;
    }
  }

  /// How many delays were long enough for all that was due to be reaped.
  int undisturbed() const { return other_.undisturbed(); }

 private:
  void prepare(const Operation& operation) {
    album_.fill();
    if (operation.prepare) operation.prepare(album_);
  }

  void clean_up(const Operation& operation) {
    if (operation.undo) operation.undo(album_);
    album_.empty();
  }

  std::vector<Rows> rows_before_and_after(const Operation& operation) {
    prepare(operation);
    const Rows before = RowReader(album_).read();
    operation.run(album_);
    const Rows after = RowReader(album_).read();
    clean_up(operation);
    return {before, after};
  }

  Database db_;
  Workshop shop_{Backing::memory, nullptr, std::make_shared<TextConverter>(), db_.ledger()};
  Album album_{db_.sql, shop_.files, *shop_.clock, db_.new_name("album")};
  StatementFaults faults_{shop_.files};
  Leftover leftover_ = Leftover::none;
  OtherReaper other_{album_, shop_.real, [this](soci::session& sql) { db_.connect(sql); }};
};

}  // namespace

TEST_CASE(
    "whichever statement fails, is slow or loses its answer, every server keeps the promises") {
  const auto all = native_servers();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  const auto fault =
      GENERATE(StatementFault::refused, StatementFault::answer_lost, StatementFault::delayed);
  CAPTURE(target);
  Walk walk(target);
  int points = 0;
  int turn = 0;
  for (const Operation& operation : operations) points += walk.run(operation, fault, ++turn);
  std::cout << target << ": fault points: " << points << std::endl;
  CHECK(points > 150 / stride(3));
  CHECK((fault != StatementFault::delayed || walk.undisturbed() > 50 / stride(3)));
}

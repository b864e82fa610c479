#include <iostream>

#include "catch.hpp"
#include "database.hpp"
#include "server.hpp"
#include "statements.hpp"
#include "support/campaign.hpp"
#include "support/gallery_operations.hpp"
#include "support/statement_faults.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

// Statements on the media tables fail, on every server: one in a few, with --long each. For SQLite
// all are in tests/persistence.

using namespace affix;
using namespace affix::tests;

namespace {

class GalleryWalk {
 public:
  explicit GalleryWalk(const Target& target) : db_(target) {
    ensure_schema(db_.sql, shop_.files);
    album_.make_table();
  }
  GalleryWalk(const GalleryWalk&) = delete;
  GalleryWalk& operator=(const GalleryWalk&) = delete;
  ~GalleryWalk() {
    try {
      Shelf(album_).drop();
    } catch (const std::exception&) {  // The test has failed before.
    }
  }

  /// Refuses statements from `first` on; the number of points.
  int refuse_statements(const Operation& operation, int first) {
    const std::vector<Rows> allowed = rows_before_and_after(operation);
    const int step = stride(5);
    int points = 0;
    for (int n = first % step + 1;; n += step) {
      CAPTURE(operation.name, n);
      prepare(operation);
      bool tripped = false;
      bool failed = false;
      {
        const QueryFault fault(db_.sql, n);
        failed = Attempt(db_.sql, [&] { operation.run(album_); }).failed;
        tripped = fault.tripped();
      }
      check(operation, allowed);
      if (!tripped) {
        CHECK_FALSE(failed);
        return points;
      }
      ++points;
    }
  }

  /// Whether the operation has failed at its commit; without one there is nothing to see.
  bool spoil_commit(const Operation& operation, StatementFault fault) {
    const std::vector<Rows> allowed = rows_before_and_after(operation);
    prepare(operation);
    auto& core = detail::ManagerAccess::core(shop_.files);
    core.around_statement = [&](std::string_view name, const std::function<void()>& run) {
      if (name != "transaction.commit") return run();
      if (fault == StatementFault::answer_lost) run();
      throw soci::soci_error("A fault that was asked for");
    };
    const Attempt attempt(db_.sql, [&] { operation.run(album_); });
    core.around_statement = nullptr;
    CAPTURE(operation.name);
    check(operation, allowed);
    return attempt.code == Errc::in_doubt;
  }

 private:
  void prepare(const Operation& operation) {
    album_.fill();
    operation.prepare(album_);
  }

  void empty() {
    Shelf(album_).empty();
    album_.empty();
  }

  void check(const Operation& operation, const std::vector<Rows>& allowed) {
    CHECK(damage_at_once(album_, allowed) == Damage{});
    CHECK(damage_after_reaping(album_, operation.leftover) == Damage{});
    empty();
  }

  std::vector<Rows> rows_before_and_after(const Operation& operation) {
    prepare(operation);
    const Rows before = RowReader(album_).read();
    operation.run(album_);
    const Rows after = RowReader(album_).read();
    empty();
    return {before, after};
  }

  Database db_;
  Workshop shop_{Backing::memory, nullptr, std::make_shared<TextConverter>(), db_.ledger()};
  Album album_{db_.sql, shop_.files, *shop_.clock, db_.new_name("shelf")};
};

}  // namespace

TEST_CASE("whichever statement on the media tables is refused, the promises hold on every server") {
  const auto all = native_servers();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  GalleryWalk walk(target);
  int points = 0;
  int turn = 0;
  for (const Operation& operation : gallery_operations) {
    points += walk.refuse_statements(operation, ++turn);
  }
  std::cout << target << ": fault points of the media tables: " << points << std::endl;
  CHECK(points > 40);
}

TEST_CASE("whichever commit of media records loses its answer, the promises hold on every server") {
  const auto all = native_servers();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  const auto fault = GENERATE(StatementFault::refused, StatementFault::answer_lost);
  CAPTURE(target);
  GalleryWalk walk(target);
  int in_doubt = 0;
  for (const Operation& operation : gallery_operations) {
    in_doubt += walk.spoil_commit(operation, fault) ? 1 : 0;
  }
  CHECK(in_doubt >= 16);
}

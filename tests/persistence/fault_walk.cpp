#include <soci/sqlite3/soci-sqlite3.h>

#include <iostream>
#include <optional>

#include "catch.hpp"
#include "sql_faults.hpp"
#include "support/album_operations.hpp"
#include "support/campaign.hpp"
#include "support/gallery_operations.hpp"
#include "support/other_reaper.hpp"
#include "support/statement_faults.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

// Every operation of the disk, the database and the converter fails once, in turn, until an
// operation goes through without meeting the fault. After each, the promises hold.

using namespace affix;
using namespace affix::tests;
using affix::testing::Fault;

namespace {

/// A converter whose n-th call fails.
class FaultyConverter : public TextConverter {
 public:
  Inspection inspect(std::span<const std::byte> bytes, std::string_view type) const override {
    trip();
    return TextConverter::inspect(bytes, type);
  }
  Conversion convert(const ConversionJob& job) const override {
    trip();
    return TextConverter::convert(job);
  }
  void fail_at(int n) {
    left_ = n;
    tripped_ = false;
  }
  bool tripped() const { return tripped_; }

 private:
  void trip() const {
    if (left_ == 0 || --left_ > 0) return;
    tripped_ = true;
    throw Error(Errc::conversion_failed, "A fault that was asked for");
  }
  mutable int left_ = 0;
  mutable bool tripped_ = false;
};

/// Where the rows are: a file is for tests in which somebody else comes to them, too.
enum class RowsIn { memory, file };

/// An album that an operation is ready to be run on.
struct Stage {
  explicit Stage(const Operation& operation, Backing backing, RowsIn rows = RowsIn::memory)
      : shop(backing, nullptr, converter), rows_in(rows), leftover(operation.leftover) {
    open(sql);
    ensure_schema(sql, shop.files);
    album.make_table();
    album.fill();
    if (operation.prepare) operation.prepare(album);
    sql_faults.emplace(sql);
    if (rows == RowsIn::file) {
      other.emplace(album, shop.real, [this](soci::session& session) { open(session); });
    }
  }

  const std::shared_ptr<FaultyConverter> converter = std::make_shared<FaultyConverter>();
  Workshop shop;
  const RowsIn rows_in;
  const Leftover leftover;
  soci::session sql;
  Album album{sql, shop.files, *shop.clock, "album"};
  std::optional<SqlFaults> sql_faults;
  StatementFaults statement_faults{shop.files};
  std::optional<OtherReaper> other;

 private:
  void open(soci::session& session) const {
    const std::string file = (shop.directory.path() / "album.db").string();
    session.open(soci::sqlite3, "db=" + (rows_in == RowsIn::file ? file : ":memory:"));
    session << "pragma busy_timeout = 200";
    session << "pragma synchronous = off";
  }
};

std::vector<Rows> rows_before_and_after(const Operation& operation) {
  Stage stage(operation, Backing::memory);
  const Rows before = RowReader(stage.album).read();
  operation.run(stage.album);
  return {before, RowReader(stage.album).read()};
}

/// How the n-th of something is made to go wrong, or takes long.
struct Faults {
  std::function<void(Stage&, int)> arm;
  std::function<bool(Stage&)> tripped;
  /// Looks at how the operation has failed.
  std::function<void(Stage&, const Attempt&)> look = [](Stage&, const Attempt&) {};
  RowsIn rows = RowsIn::memory;
};

/// From the point `first` on, under a sanitizer not at each; how many there were.
int walk(const Operation& operation, Backing backing, const Faults& faults, int first) {
  const std::vector<Rows> allowed = rows_before_and_after(operation);
  const int step = stride(1);
  int points = 0;
  for (int n = first % step + 1;; n += step) {
    CAPTURE(operation.name, n);
    Stage stage(operation, backing, faults.rows);
    faults.arm(stage, n);
    const Attempt attempt(stage.sql, [&] { operation.run(stage.album); });
    const bool tripped = faults.tripped(stage);
    faults.arm(stage, 0);
    if (stage.other) stage.other->finish();
    if (tripped) faults.look(stage, attempt);
    CHECK(damage_at_once(stage.album, allowed, operation.leftover) == Damage{});
    CHECK(damage_after_reaping(stage.album, operation.leftover) == Damage{});
    if (!tripped) {
      CHECK_FALSE(attempt.failed);
      return points;
    }
    ++points;
  }
}

void walk_all(const std::string& what, Backing backing, const Faults& faults) {
  int points = 0;
  int turn = 0;
  for (const Operation& operation : all_operations()) {
    points += walk(operation, backing, faults, turn++);
  }
  std::cout << what << ": " << points << std::endl;
  CHECK(stride(1) * points > 3 * static_cast<int>(all_operations().size()));
}

/// How many delays were long enough for all that was due to be reaped: without some nothing is
/// shown.
void check_undisturbed(int count) {
  const bool is_sample = stride(1) > 1;
  CHECK(count > (is_sample ? 5 : 2 * static_cast<int>(std::size(operations))));
}

Faults of_disk(Fault fault) {
  return {[fault](Stage& stage, int n) { stage.shop.disk->fail_at(n, fault); },
          [](Stage& stage) { return stage.shop.disk->tripped(); }};
}

/// The n-th of something stands still while somebody else reaps; `at` says where.
Faults delays(std::function<void(Stage&, int, std::function<void()>)> at,
              std::function<bool(Stage&)> tripped, int& undisturbed) {
  return {
      [at](Stage& stage, int n) {
        at(stage, n, [&stage] { stage.other->reap_meanwhile(stage.leftover); });
      },
      std::move(tripped),
      [&undisturbed](Stage& stage, const Attempt& attempt) {
        undisturbed += stage.other->undisturbed();
        const auto code = attempt.code;  // None: it is done, or a statement by hand was locked.
        CHECK((!code || code == Errc::conflict || code == Errc::gone || code == Errc::database));
      },
      RowsIn::file};
}

}  // namespace

TEST_CASE("whichever disk operation fails, the promises hold") {
  const Fault fault = GENERATE(Fault::before, Fault::half, Fault::after, Fault::disk_full);
  walk_all("fault points of a disk in memory", Backing::memory, of_disk(fault));
}

TEST_CASE("whichever operation of a local disk fails, the promises hold") {
  walk_all("fault points of a local disk", Backing::local, of_disk(Fault::after));
}

TEST_CASE("a disk that stays broken breaks no promise") {
  for (const Operation& operation : all_operations()) {
    const std::vector<Rows> allowed = rows_before_and_after(operation);
    for (int n = 1; n <= 10; n += stride(1)) {
      CAPTURE(operation.name, n);
      Stage stage(operation, Backing::memory);
      stage.shop.disk->fail_from(n);
      const Attempt attempt(stage.sql, [&] { operation.run(stage.album); });
      stage.shop.disk->fail_at(0);
      CHECK(damage_at_once(stage.album, allowed, operation.leftover) == Damage{});
      CHECK(damage_after_reaping(stage.album, operation.leftover) == Damage{});
    }
  }
}

TEST_CASE("whichever SQL statement is refused, the promises hold") {
  walk_all("fault points of SQLite", Backing::memory,
           {[](Stage& stage, int n) { stage.sql_faults->fail_at(n); },
            [](Stage& stage) { return stage.sql_faults->tripped(); }});
}

TEST_CASE("whichever statement of affix is refused or loses its answer, the promises hold") {
  const auto fault = GENERATE(StatementFault::refused, StatementFault::answer_lost);
  walk_all("fault points of affix's statements", Backing::memory,
           {[&](Stage& stage, int n) { stage.statement_faults.fail_at(n, fault); },
            [](Stage& stage) { return !stage.statement_faults.tripped().empty(); }});
}

TEST_CASE("whichever statement of affix stands still while somebody reaps, the promises hold") {
  int undisturbed = 0;
  const auto at = [](Stage& stage, int n, std::function<void()> meanwhile) {
    stage.statement_faults.meanwhile = std::move(meanwhile);
    stage.statement_faults.fail_at(n, StatementFault::delayed);
  };
  const auto tripped = [](Stage& stage) { return !stage.statement_faults.tripped().empty(); };
  walk_all("delays of affix's statements", Backing::memory, delays(at, tripped, undisturbed));
  check_undisturbed(undisturbed);
}

TEST_CASE("whichever disk operation stands still while somebody reaps, the promises hold") {
  int undisturbed = 0;
  const auto at = [](Stage& stage, int n, std::function<void()> meanwhile) {
    stage.shop.disk->delay_at(n, std::move(meanwhile));
  };
  const auto tripped = [](Stage& stage) { return stage.shop.disk->tripped(); };
  walk_all("delays of a disk", Backing::memory, delays(at, tripped, undisturbed));
  check_undisturbed(undisturbed);
}

TEST_CASE("a commit that is refused or loses its answer is in doubt and removes nothing") {
  const auto fault = GENERATE(StatementFault::refused, StatementFault::answer_lost);
  int in_doubt = 0;
  for (const Operation& operation : all_operations()) {
    CAPTURE(operation.name);
    Stage stage(operation, Backing::memory);
    std::set<std::string> before;
    auto& core = detail::ManagerAccess::core(stage.shop.files);
    core.around_statement = [&](std::string_view name, const std::function<void()>& run) {
      if (name != "transaction.commit") return run();
      before = stage.shop.stored();
      if (fault == StatementFault::answer_lost) run();
      throw soci::soci_error("A fault that was asked for");
    };
    const Attempt attempt(stage.sql, [&] { operation.run(stage.album); });
    core.around_statement = nullptr;
    if (attempt.code != Errc::in_doubt) continue;
    ++in_doubt;
    CHECK(stage.shop.stored() == before);
  }
  CHECK(in_doubt == 32);
}

TEST_CASE("whichever call of the converter fails, row and files stay as they were") {
  const Faults faults{[](Stage& stage, int n) { stage.converter->fail_at(n); },
                      [](Stage& stage) { return stage.converter->tripped(); },
                      [](Stage& stage, const Attempt& attempt) {
                        CHECK(attempt.code == Errc::conversion_failed);
                        CHECK(stage.shop.stored().size() >= 4);
                      }};
  for (const Operation& operation : all_operations()) walk(operation, Backing::memory, faults, 0);
}

TEST_CASE("a statement of the ledger that is skipped is seen as damage") {
  const std::string skipped = GENERATE("ledger.insert", "ledger.doom");
  const Operation replace = GENERATE(Operation{"replace", &run_replace},
                                     Operation{"replace in a media field", &run_put, &fill_shelf});
  const std::vector<Rows> allowed = rows_before_and_after(replace);
  Stage stage(replace, Backing::memory);
  auto& core = detail::ManagerAccess::core(stage.shop.files);
  core.around_statement = [&](std::string_view name, const std::function<void()>& run) {
    if (name != skipped) run();
  };
  replace.run(stage.album);
  core.around_statement = nullptr;
  CHECK(damage_at_once(stage.album, allowed) == Damage{});
  CHECK(damage_after_reaping(stage.album) != Damage{});
}

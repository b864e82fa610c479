#include <barrier>
#include <future>
#include <memory>
#include <span>
#include <vector>

#include "affix/persistence/column_field.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

/// A place at a barrier, taken once; who never gets there does not keep the others.
class Seat {
 public:
  explicit Seat(std::barrier<>& all) : all_(all) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() {
    if (!taken_) all_.arrive_and_drop();
  }

  void wait_for_all() {
    taken_ = true;
    all_.arrive_and_wait();
  }

 private:
  std::barrier<>& all_;
  bool taken_ = false;
};

/// How one of two came out.
struct Outcome {
  std::optional<Attachment> stored;
  std::optional<Error> error;  ///< Nothing: it has committed.
};

/// Two sessions that want the same row.
class Race {
 public:
  explicit Race(const Target& target)
      : db(target),
        table(db.short_documents()),
        field{.table = table, .column = "doc", .key = "id"},
        shop(Backing::memory, nullptr, make_vips_converter(), db.ledger()),
        one(db.sql) {
    ensure_schema(one, shop.files);
    db.connect(other);
    db.run("insert into " + table + "(id) values(1)");
    if (target.engine != Engine::sqlite) return;
    for (soci::session* session : {&one, &other}) *session << "pragma busy_timeout = 20000";
  }

  /// All of these read the row, then all go on.
  std::vector<Outcome> run(std::span<const std::unique_ptr<soci::session>> sessions) {
    std::barrier<> all(static_cast<std::ptrdiff_t>(sessions.size()));
    std::vector<std::future<Outcome>> running;
    for (const auto& session : sessions) {
      running.push_back(
          std::async(std::launch::async, [&] { return contend(*session, "somebody's", all); }));
    }
    std::vector<Outcome> outcomes;
    for (auto& one_of_them : running) outcomes.push_back(one_of_them.get());
    return outcomes;
  }

  /// Both read the row, then both go on.
  std::pair<Outcome, Outcome> run() {
    std::barrier<> both(2);
    auto second = std::async(std::launch::async, [&] { return contend(other, "second", both); });
    Outcome first = contend(one, "first", both);
    return {first, second.get()};
  }

  void clear() {
    Transaction tx(one, shop.files);
    tx.clear(field, 1);
    tx.commit();
    reap_all();
  }

  /// What no row has any more goes.
  void reap_all() {
    ReapResult done;
    do {
      done = reap(one, shop.files, {.purge_delay = {}, .lease = {}});
      REQUIRE(done.failed == 0);
    } while (done.more);
  }

  Database db;
  std::string table;
  ColumnField field;
  int rounds_to_run = rounds(100, 1'000);
  TransactionOptions options{};
  /// When a transaction begins: with the first statement of affix's own, or before the row is read.
  enum class Begin { late, early } begin = Begin::late;
  Workshop shop;
  soci::session& one;
  soci::session other;

 private:
  Outcome contend(soci::session& sql, const std::string& text, std::barrier<>& both) {
    Outcome outcome;
    Seat seat(both);
    Transaction tx(sql, shop.files, options);
    // The source is opened when the row has been read.
    const auto open = [&] {
      seat.wait_for_all();
      return make_memory_reader(text);
    };
    outcome.error = error_of([&] {
      if (begin == Begin::early) tx.begin();
      outcome.stored = tx.replace(field, 1, Source::from_reader(open, "name.txt"));
      tx.commit();
    });
    return outcome;
  }
};

/// One has won, the other knows it, and the row and the disk have what the winner stored.
void check_round(Race& race) {
  const auto [first, second] = race.run();
  INFO((first.error ? first.error->what() : "the first has won"));
  INFO((second.error ? second.error->what() : "the second has won"));
  REQUIRE(first.error.has_value() != second.error.has_value());
  const Outcome& winner = first.error ? second : first;
  const Outcome& loser = first.error ? first : second;
  REQUIRE(loser.error->code() == Errc::conflict);
  // PostgreSQL may refuse a serializable transaction before it comes to the row.
  const bool serializable = race.options.isolation == IsolationLevel::serializable;
  if (!serializable) REQUIRE(loser.error->where().row == "1");
  REQUIRE_FALSE(in_transaction(race.one));
  REQUIRE_FALSE(in_transaction(race.other));
  REQUIRE(race.field.load(race.one, 1) == winner.stored);
  // What a deadlock has ended on MariaDB is left to the reaper, after the grace.
  if (serializable) race.shop.clock->advance(std::chrono::hours(25));
  race.reap_all();
  REQUIRE(race.shop.stored() == std::set<std::string>{winner.stored->path});
  REQUIRE(race.shop.markers().empty());
}

}  // namespace

TEST_CASE("of two sessions that replace the same file at once one wins and the other knows") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Race race(target);
  for (int round = 0; round < race.rounds_to_run; ++round) check_round(race);
}

TEST_CASE("of two sessions that give a row its first file at once one wins and the other knows") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Race race(target);
  for (int round = 0; round < race.rounds_to_run; ++round) {
    check_round(race);
    race.clear();
  }
  REQUIRE(race.shop.is_empty());
}

TEST_CASE("of two sessions that replace the same file one wins under every isolation") {
  const Target target = GENERATE(from_range(targets()));
  Race race(target);
  race.options.isolation = GENERATE(IsolationLevel::read_committed, IsolationLevel::repeatable_read,
                                    IsolationLevel::serializable);
  race.begin = GENERATE(Race::Begin::late, Race::Begin::early);
  CAPTURE(target, static_cast<int>(race.options.isolation), static_cast<int>(race.begin));
  const bool serializable = race.options.isolation == IsolationLevel::serializable;
  if (target.engine == Engine::firebird && serializable) return;
  // SQLite begins with the one lock that there is: the other cannot come to the same place.
  if (target.engine == Engine::sqlite && race.begin == Race::Begin::early) return;
  for (int round = 0; round < rounds(10, 200); ++round) {
    check_round(race);
    if (round % 2 == 1) race.clear();  // The next ones give the row its first file.
  }
}

TEST_CASE("of four sessions that replace the same file one wins in each generation") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Race race(target);
  std::vector<std::unique_ptr<soci::session>> sessions;
  for (int i = 0; i < 4; ++i) {
    sessions.push_back(std::make_unique<soci::session>());
    race.db.connect(*sessions.back());
    if (target.engine == Engine::sqlite) *sessions.back() << "pragma busy_timeout = 20000";
  }
  const int generations = rounds(250, 2'500);  // Times four.
  for (int generation = 0; generation < generations; ++generation) {
    std::vector<Attachment> winners;
    for (const Outcome& outcome : race.run(sessions)) {
      if (!outcome.error) {
        winners.push_back(*outcome.stored);
        continue;
      }
      INFO(outcome.error->what());
      REQUIRE(outcome.error->code() == Errc::conflict);
    }
    REQUIRE(winners.size() == 1);
    REQUIRE(race.field.load(race.one, 1) == winners.front());
  }
  race.reap_all();
  REQUIRE(race.shop.stored().size() == 1);
}

#include <barrier>
#include <future>

#include "catch.hpp"
#include "files_left.hpp"
#include "owners.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

// Two sessions that want the same two files, each in another order.

using namespace affix;
using namespace affix::tests;

namespace {

Source text(const std::string& content) { return Source::from_memory(content, "note.txt"); }

/// Two rows with a file each, and two sessions.
class Crossing {
 public:
  explicit Crossing(const Target& target) : owners(target), one(owners.db.sql) {
    owners.db.connect(other);
    if (target.engine == Engine::sqlite) {
      for (soci::session* session : {&one, &other}) *session << "pragma busy_timeout = 20000";
    }
    for (const int id : {1, 2}) owners.db.run(insert(id));
    fill();
  }

  /// Both rows get a file.
  void fill() {
    Transaction tx(one, owners.shop.files);
    for (const int id : {1, 2}) tx.replace(owners.field, id, text("before"), {.variants = {}});
    tx.commit();
  }

  AttachmentList stored() { return {{*owners.stored(1), *owners.stored(2)}}; }

  /// Runs `work` in both sessions at once; how each came out.
  template <class Work>
  std::pair<std::optional<Error>, std::optional<Error>> run(Work work) {
    auto second =
        std::async(std::launch::async, [&] { return error_of([&] { work(other, 2, 1); }); });
    auto first = error_of([&] { work(one, 1, 2); });
    return {first, second.get()};
  }

  Owners owners;
  soci::session& one;
  soci::session other;

 private:
  std::string insert(int id) const {
    return "insert into " + owners.table + "(id) values(" + std::to_string(id) + ")";
  }
};

void check_conflict(const std::optional<Error>& error) {
  if (!error) return;
  INFO(error->what());
  REQUIRE(error->code() == Errc::conflict);
}

}  // namespace

TEST_CASE("two sessions that replace two files in opposite orders do not wait for ever") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Crossing crossing(target);
  // SQLite has one lock: the second cannot have a file of its own when it asks for the other.
  const bool meet = target.engine != Engine::sqlite;
  // Firebird and PostgreSQL look for a circle after ten seconds, and after one.
  const bool slow = target.engine == Engine::firebird || target.name == "odbc-sqlite";
  const int usual = slow ? 1 : 3;
  for (int round = 0; round < rounds(usual, 5 * usual); ++round) {
    std::barrier<> both(2);
    const auto replace_two = [&](soci::session& sql, int first, int second) {
      Transaction tx(sql, crossing.owners.shop.files);
      tx.replace(crossing.owners.field, first, text("first"));
      if (meet) both.arrive_and_wait();
      tx.replace(crossing.owners.field, second, text("second"));
      tx.commit();
    };
    const auto [first, second] = crossing.run(replace_two);
    check_conflict(first);
    check_conflict(second);
    REQUIRE_FALSE((first && second));
    if (meet) REQUIRE(first.has_value() != second.has_value());
    // What a deadlock has ended is left to the reaper, after the grace.
    crossing.owners.shop.clock->advance(std::chrono::hours(25));
    const AttachmentList stored = crossing.stored();
    REQUIRE(crossing.owners.has_just(stored.items));
  }
}

TEST_CASE("two sessions that remove the same files in opposite orders do so one after the other") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Crossing crossing(target);
  const int usual = target.name == "odbc-sqlite" ? 3 : 30;
  for (int round = 0; round < rounds(usual, 10 * usual); ++round) {
    const AttachmentList stored = crossing.stored();
    std::barrier<> both(2);
    const auto remove_two = [&](soci::session& sql, int first, int second) {
      const auto at = [&](int number) {
        return stored.items[static_cast<std::size_t>(number - 1)];
      };
      both.arrive_and_wait();
      Transaction tx(sql, crossing.owners.shop.files);
      tx.remove({{at(first), at(second)}});
      sql << "update " + crossing.owners.table + " set doc = null";
      tx.commit();
    };
    const auto [first, second] = crossing.run(remove_two);
    REQUIRE(first.has_value() != second.has_value());
    const Error& error = first ? *first : *second;
    INFO(error.what());
    REQUIRE(error.code() == Errc::conflict);
    // The ledger has told it so, and not a database that had to end a deadlock.
    if (target.engine != Engine::firebird) REQUIRE(error.cause().empty());
    crossing.fill();
  }
}

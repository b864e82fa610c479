#include "affix/orm/run.hpp"

#include <barrier>
#include <future>
#include <string>

#include "affix/soci/database_error.hpp"
#include "catch.hpp"
#include "fielded.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const int turns = rounds(5, 50);  // Of each thread.

struct Case {
  IsolationLevel level;
  /// How it counts: by one statement, or by two between which somebody else may come.
  enum class Counting { in_sql, by_reading } counting;
};

std::ostream& operator<<(std::ostream& stream, const Case& one) {
  return stream << static_cast<int>(one.level)
                << (one.counting == Case::Counting::in_sql ? " in SQL" : " by reading");
}

/// Whether none of the increments can be lost, as the database sees it.
bool is_safe(const Target& target, const Case& one) {
  if (one.counting == Case::Counting::in_sql) return true;
  if (target.engine == Engine::firebird) return true;
  if (target.engine == Engine::sqlite) return true;
  if (one.level == IsolationLevel::serializable) return true;
  return target.engine == Engine::postgresql && one.level == IsolationLevel::repeatable_read;
}

/// Two threads that count in one row, and give it a new file each time.
class Counter {
 public:
  explicit Counter(const Target& target) : fielded(target) {
    fielded.db.run("insert into " + fielded.table + "(id, name) values(1, '0')");
    fielded.db.connect(other);
    if (target.engine != Engine::sqlite) return;
    for (soci::session* sql : {&fielded.db.sql, &other}) *sql << "pragma busy_timeout = 60000";
  }

  /// How often both have been called, together.
  int count_twice(const Case& one) {
    std::barrier<> both(2);
    auto second = std::async(std::launch::async, [&] { return count(other, one, both); });
    const int calls = count(fielded.db.sql, one, both);
    return calls + second.get();
  }

  Fielded fielded;
  soci::session other;

 private:
  int count(soci::session& sql, const Case& one, std::barrier<>& both) {
    int calls = 0;
    both.arrive_and_wait();
    for (int turn = 0; turn < turns; ++turn) {
      run(sql, fielded.shop.files,
          [&](Transaction& tx) {
            ++calls;
            tx.begin();
            increment(sql, one);
            tx.replace(fielded.column, 1, Fielded::text("A text."));
          },
          {.attempts = 1000, .isolation = one.level, .wait = [](std::chrono::milliseconds) {
             std::this_thread::yield();
           }});
    }
    return calls;
  }

  void increment(soci::session& sql, const Case& one) {
    const std::string update = "update " + fielded.table + " set name = ";
    if (one.counting == Case::Counting::in_sql) {
      sql << update + "cast(cast(name as integer) + 1 as char(10)) where id = 1";
      return;
    }
    std::string name;
    sql << "select name from " + fielded.table + " where id = 1", soci::into(name);
    sql << update + "'" + std::to_string(std::stoi(name) + 1) + "' where id = 1";
  }
};

}  // namespace

TEST_CASE("what two threads count in one row is all there, and just the last file") {
  using enum Case::Counting;
  const Target target = GENERATE(from_range(targets()));
  const Case one = GENERATE(
      Case{IsolationLevel::as_is, in_sql}, Case{IsolationLevel::read_committed, in_sql},
      Case{IsolationLevel::repeatable_read, in_sql},
      Case{IsolationLevel::repeatable_read, by_reading}, Case{IsolationLevel::serializable, in_sql},
      Case{IsolationLevel::serializable, by_reading});
  CAPTURE(target, one);
  Counter counter(target);
  Fielded& fielded = counter.fielded;
  if (target.engine == Engine::firebird && one.level == IsolationLevel::serializable) {
    CHECK(code_of([&] {
            run(fielded.db.sql, fielded.shop.files, [](Transaction& tx) { tx.begin(); },
                {.isolation = one.level});
          }) == Errc::unsupported);
    return;
  }
  if (!is_safe(target, one)) return;
  const int calls = counter.count_twice(one);
  CHECK(calls >= 2 * turns);
  CHECK(fielded.db.number("select cast(name as integer) from " + fielded.table) == 2 * turns);
  const auto stored = fielded.column.load(fielded.db.sql, 1);
  REQUIRE(stored);
  fielded.shop.clock->advance(std::chrono::hours(25));  // For those that the server has ended.
  CHECK(fielded.has_just({*stored}));
}

TEST_CASE("a serialization failure of a statement of the caller's is tried again") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::postgresql && target.engine != Engine::firebird) return;
  Counter counter(target);
  Fielded& fielded = counter.fielded;
  int calls = 0;
  run(fielded.db.sql, fielded.shop.files,
      [&](Transaction& tx) {
        tx.begin();
        int count = 0;
        tx.session() << "select count(*) from " + fielded.table, soci::into(count);
        if (++calls == 1) {  // Somebody else is faster.
          counter.other << "update " + fielded.table + " set name = '5' where id = 1";
          if (in_transaction(counter.other)) counter.other.commit();
        }
        tx.session() << "update " + fielded.table + " set name = '7' where id = 1";
      },
      {.isolation = IsolationLevel::repeatable_read, .wait = [](std::chrono::milliseconds) {}});
  CHECK(calls == 2);
  CHECK(fielded.db.number("select cast(name as integer) from " + fielded.table) == 7);
}

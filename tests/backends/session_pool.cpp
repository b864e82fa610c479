#include "affix/soci/session_pool.hpp"

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "affix/testing/manual_clock.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;
using soci::into;

namespace {

/// A pool for a database of its own, which counts the sessions that it opens.
class Pools {
 public:
  explicit Pools(const Target& target, std::size_t size = 2)
      : db(target), table(db.documents()), pool(std::in_place, db.parameters(), options(size)) {}

  long long rows() { return db.number("select count(*) from " + table); }

  Database db;
  std::string table;
  std::shared_ptr<testing::ManualClock> clock = std::make_shared<testing::ManualClock>();
  std::atomic<int> opened = 0;
  std::optional<SessionPool> pool;

 private:
  SessionPoolOptions options(std::size_t size) {
    return {.size = size,
            .configure =
                [this](soci::session& sql) {
                  ++opened;
                  if (sql.get_backend_name() == "sqlite3") sql << "pragma busy_timeout = 20000";
                },
            .clock = clock};
  }
};

void insert(soci::session& sql, const std::string& table, int id) {
  sql << "insert into " + table + "(id, name) values(" + std::to_string(id) + ", 'x')";
}

/// Reads without ending what the statement opens on Firebird.
long long count(soci::session& sql, const std::string& table) {
  long long rows = 0;
  sql << "select count(*) from " + table, into(rows);
  return rows;
}

}  // namespace

TEST_CASE("a session is opened when it is needed, and used again") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target);
  CHECK(pools.opened == 0);
  const soci::session* first = nullptr;
  {
    const SessionLease lease = pools.pool->lease();
    first = &*lease;
    CHECK(count(*lease, pools.table) == 0);
  }
  {
    const SessionLease lease = pools.pool->lease();
    CHECK(&*lease == first);
    const SessionLease other = pools.pool->lease();
    CHECK(&*other != first);
  }
  CHECK(pools.opened == 2);
}

TEST_CASE("what a user leaves open is rolled back before the next one has the session") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 1);
  {
    const SessionLease lease = pools.pool->lease();
    pools.db.dialect().begin_for_write(*lease);
    insert(*lease, pools.table, 1);
  }
  CHECK(pools.rows() == 0);
  {
    const SessionLease lease = pools.pool->lease();
    CHECK_FALSE(in_transaction(*lease));
    pools.db.dialect().begin_for_write(*lease);
    insert(*lease, pools.table, 2);
    lease->commit();
  }
  CHECK(pools.rows() == 1);
  CHECK(pools.opened == 1);
}

TEST_CASE("a session that has only been read from comes back without a transaction") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 1);
  { CHECK(count(*pools.pool->lease(), pools.table) == 0); }
  insert(pools.db.sql, pools.table, 1);
  pools.db.done();
  const SessionLease lease = pools.pool->lease();
  CHECK_FALSE(in_transaction(*lease));
  CHECK(count(*lease, pools.table) == 1);  // Firebird's old transaction would not see it.
  CHECK(pools.opened == 1);
}

TEST_CASE("a session whose transaction has failed is lent again as if nothing had been") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 1);
  {
    const SessionLease lease = pools.pool->lease();
    lease->begin();
    insert(*lease, pools.table, 1);
    CHECK_THROWS_AS(insert(*lease, pools.table, 1), soci::soci_error);
  }
  {
    const SessionLease lease = pools.pool->lease();
    CHECK(transaction_state(*lease) == TransactionState::none);
    CHECK(count(*lease, pools.table) == 0);
  }
  CHECK(pools.opened == 1);
}

TEST_CASE("a session that an exception has passed is asked, and kept if it answers") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 1);
  const auto fail = [&] {
    const SessionLease lease = pools.pool->lease();
    lease->begin();
    insert(*lease, pools.table, 1);
    insert(*lease, pools.table, 1);
  };
  CHECK_THROWS_AS(fail(), soci::soci_error);
  CHECK(count(*pools.pool->lease(), pools.table) == 0);
  CHECK(pools.opened == 1);
}

TEST_CASE("a pool is destroyed with a transaction open, and a lease outlives it") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target);
  {
    const SessionLease open = pools.pool->lease();
    { const SessionLease idle = pools.pool->lease(); }
    pools.db.dialect().begin_for_write(*open);
    insert(*open, pools.table, 1);
    pools.pool.reset();
    insert(*open, pools.table, 2);
  }
  CHECK(pools.rows() == 0);
}

TEST_CASE("a lease is moved with its session, and gives back the one that it had") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 2);
  SessionLease first = pools.pool->lease();
  const soci::session* session = &*first;
  SessionLease second = std::move(first);
  CHECK(&*second == session);
  first = pools.pool->lease();
  CHECK(code_of([&] { static_cast<void>(pools.pool->lease(0ms)); }) == Errc::database);
  first = std::move(second);
  CHECK(&*first == session);
  CHECK_NOTHROW(static_cast<void>(pools.pool->lease(0ms)));
}

TEST_CASE("a session that is discarded is closed, and its place is free") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 1);
  SessionLease lease = pools.pool->lease();
  pools.db.dialect().begin_for_write(*lease);
  insert(*lease, pools.table, 1);
  lease.discard();
  lease.discard();
  CHECK(pools.rows() == 0);
  CHECK(count(*pools.pool->lease(0ms), pools.table) == 0);
  CHECK(pools.opened == 2);
}

TEST_CASE(
    "of the sessions that the server has ended the first is asked in its time, the others then") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Pools pools(target, 2);
  {
    const SessionLease first = pools.pool->lease();
    pools.clock->advance(600ms);
    const SessionLease second = pools.pool->lease();
    pools.db.end_session(*second);
    pools.db.end_session(*first);
  }
  CHECK(pools.opened == 2);
  pools.clock->advance(400ms);
  const SessionLease first = pools.pool->lease();
  CHECK(count(*first, pools.table) == 0);
  CHECK(pools.opened == 3);
  const SessionLease second = pools.pool->lease();
  CHECK(count(*second, pools.table) == 0);
  CHECK(pools.opened == 4);
}

TEST_CASE("a session is not asked before its time, and always if there is none") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server() || target.engine == Engine::firebird) return;
  Database db(target);
  const bool always = GENERATE(false, true);
  SessionPool pool(db.parameters(), {.size = 1,
                                     .check_after = always ? 0ms : 5ms,
                                     .clock = std::make_shared<testing::ManualClock>()});
  db.end_session(*pool.lease());
  int answer = 0;
  const SessionLease lease = pool.lease();
  if (always) {
    *lease << "select 1", into(answer);
    CHECK(answer == 1);
  } else {
    CHECK_THROWS_AS((*lease << "select 1", into(answer)), soci::soci_error);
  }
}

TEST_CASE("a session that is lost while it is lent is not lent again") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Pools pools(target, 1);
  const bool inside = GENERATE(false, true);
  const auto use_lost = [&] {
    const SessionLease lease = pools.pool->lease();
    if (inside) {
      lease->begin();
      insert(*lease, pools.table, 1);
    }
    pools.db.end_session(*lease);
    insert(*lease, pools.table, 2);
  };
  CHECK_THROWS_AS(use_lost(), soci::soci_error);
  CHECK(count(*pools.pool->lease(), pools.table) == 0);
  CHECK(pools.opened == 2);
}

TEST_CASE("a session that cannot be configured is not lent and takes no room") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  int calls = 0;
  SessionPool pool(db.parameters(), {.size = 1, .configure = [&](soci::session& sql) {
                                       sql.begin();
                                       insert(sql, table, ++calls);
                                       if (calls == 1) throw std::runtime_error("not yet");
                                       if (calls == 2) sql << "delete from no_such_table";
                                     }});
  CHECK_THROWS_WITH(pool.lease(0ms), "not yet");
  CHECK_THROWS_AS(pool.lease(0ms), soci::soci_error);
  CHECK(pool.counts() == SessionCounts{});
  const SessionLease lease = pool.lease(0ms);
  CHECK_FALSE(in_transaction(*lease));
  CHECK(count(*lease, table) == 0);
}

TEST_CASE("without a free session a lease ends in time") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Pools pools(target, 2);
  const SessionLease first = pools.pool->lease();
  const SessionLease second = pools.pool->lease(std::chrono::milliseconds::max());
  const auto error = error_of([&] { static_cast<void>(pools.pool->lease(1ms)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(error->cause() == "lock_timeout: all 2 are lent");
}

TEST_CASE("a pool without room is refused") {
  CHECK(code_of([] { SessionPool({}, {.size = 0}); }) == Errc::invalid_argument);
  CHECK(code_of([] { static_cast<void>(SessionPool({}).lease()); }) == Errc::database);
}

TEST_CASE("many threads share a few sessions, each alone, and nothing is lost") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  constexpr int threads = 8;
  constexpr int times = 10;
  Pools pools(target, 3);
  std::mutex mutex;
  std::set<const soci::session*> in_use;
  std::size_t most = 0;
  std::atomic<int> collisions = 0;
  const auto work = [&](int number) {
    for (int i = 0; i < times; ++i) {
      const SessionLease lease = pools.pool->lease(120s);
      {
        const std::lock_guard lock(mutex);
        if (!in_use.insert(&*lease).second) ++collisions;
        most = std::max(most, in_use.size());
      }
      pools.db.dialect().begin_for_write(*lease);
      insert(*lease, pools.table, number * times + i);
      const std::lock_guard lock(mutex);
      in_use.erase(&*lease);
      if (i % 2 == 0) lease->commit();
    }
  };
  std::vector<std::future<void>> workers;
  for (int number = 0; number < threads; ++number) {
    workers.push_back(std::async(std::launch::async, work, number));
  }
  for (auto& worker : workers) CHECK_NOTHROW(worker.get());
  CHECK(collisions == 0);
  CHECK(most <= 3);
  CHECK(pools.opened <= 3);
  CHECK(pools.pool->counts() == SessionCounts{.idle = static_cast<std::size_t>(pools.opened)});
  CHECK(pools.rows() == threads * times / 2);
}

TEST_CASE("sessions are opened and closed by many threads at once") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  constexpr int threads = 4;
  constexpr int times = 8;
  Pools pools(target, threads);
  const auto work = [&] {
    for (int i = 0; i < times; ++i) pools.pool->lease().discard();
  };
  std::vector<std::future<void>> workers;
  for (int i = 0; i < threads; ++i) workers.push_back(std::async(std::launch::async, work));
  for (auto& worker : workers) CHECK_NOTHROW(worker.get());
  CHECK(pools.opened == threads * times);
  CHECK(pools.pool->counts() == SessionCounts{});
}

TEST_CASE("who waits first is served first, also before somebody who comes just then") {
  Pools pools({"sqlite3", Engine::sqlite}, 1);
  std::optional<SessionLease> only(pools.pool->lease());
  std::vector<std::size_t> order;  // Only who has the session writes to it.
  const auto wait_for_turn = [&](std::size_t number) {
    const SessionLease lease = pools.pool->lease(60s);
    order.push_back(number);
  };
  std::vector<std::future<void>> waiting;
  for (std::size_t number = 0; number < 4; ++number) {
    waiting.push_back(std::async(std::launch::async, wait_for_turn, number));
    while (pools.pool->counts().waiting <= number) std::this_thread::yield();
  }
  CHECK(pools.pool->counts() == SessionCounts{.lent = 1, .waiting = 4});
  only.reset();
  wait_for_turn(4);
  for (auto& one : waiting) one.get();
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(pools.pool->counts() == SessionCounts{.idle = 1});
}

TEST_CASE("the connection string is not in the error of a session that cannot be opened") {
  const auto [backend, connection] = GENERATE(table<std::string, std::string>({
      {"pg", "postgresql://host=127.0.0.1 port=1 user=bob password=open sesame"},
      {"pg", "postgresql://host=127.0.0.1 port=1 user=bob password='open sesame' sesame"},
      {"pg", "postgresql://postgresql://bob:sesame/x@127.0.0.1:1/db"},
      {"pg", "postgresql://postgresql://bob:sesame@[::1/db?connect_timeout=5"},
      {"my", "mysql://host=127.0.0.1 port=1 user=bob password=open sesame"},
      {"fb", "firebird://service=127.0.0.1/1:/x user=bob password=open sesame"},
      {"odbc", "odbc://Driver={MariaDB Unicode};Server=127.0.0.1;Port=1;Uid=bob;Pwd=sesame"},
  }));
  const char* backends = std::getenv("AFFIX_BACKENDS");
  if (backends == nullptr || std::string_view(backends).find(backend) == std::string_view::npos) {
    return;
  }
  soci::connection_parameters parameters(connection);
  parameters.set_option("odbc.driver_complete", "0");
  SessionPool pool(parameters);
  const auto error = error_of([&] { static_cast<void>(pool.lease()); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(std::string(error->what()).find("sesame") == std::string::npos);
  CHECK_FALSE(error->cause().empty());
}

TEST_CASE("the error of a session that cannot be opened says why") {
  SessionPool pool(soci::connection_parameters("sqlite3://db=/no/such/folder/app.db"));
  const auto error = error_of([&] { static_cast<void>(pool.lease()); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(error->cause().find("unable to open database file") != std::string::npos);
}

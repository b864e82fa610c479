#include "affix/orm/run.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/soci/session_state.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using std::chrono::milliseconds;

namespace {

/// A database with one table of numbers, and what waits between attempts.
class Site {
 public:
  Site() : shop(Backing::memory, nullptr, std::make_shared<TextConverter>()) {
    sql.open(soci::sqlite3, "db=\"" + (shop.directory.path() / "run.db").string() + "\"");
    ensure_schema(sql, shop.files);
    sql << "create table numbers(n integer)";
  }

  RunOptions options(int attempts = 5) {
    return {.attempts = attempts, .wait = [this](milliseconds pause) { pauses.push_back(pause); }};
  }

  int count() {
    int rows = 0;
    sql << "select count(*) from numbers", soci::into(rows);
    return rows;
  }

  Workshop shop;
  soci::session sql;
  std::vector<milliseconds> pauses;
};

Source text() { return Source::from_memory("A text.", "note.txt"); }

Error conflict(const std::string& cause = {}) {
  return {Errc::conflict, "Somebody was faster", {}, cause};
}

}  // namespace

TEST_CASE("what is run is committed, and what it returned comes back") {
  Site site;
  CHECK(run(site.sql, site.shop.files, [](Transaction& tx) {
          tx.session() << "insert into numbers values(1)";
          return std::string("done");
        }) == "done");
  CHECK(*run(site.sql, site.shop.files, [](Transaction&) { return std::make_unique<int>(7); }) ==
        7);
  run(site.sql, site.shop.files, [](Transaction& tx) {
    tx.begin();
    tx.session() << "insert into numbers values(2)";
  });
  CHECK(site.count() == 2);
  CHECK_FALSE(in_transaction(site.sql));
}

TEST_CASE("after a conflict all of it is done again, and no file of a failed attempt is left") {
  Site site;
  int calls = 0;
  int rollbacks = 0;
  const Attachment stored = run(
      site.sql, site.shop.files,
      [&](Transaction& tx) {
        tx.after_rollback([&] { ++rollbacks; });
        tx.begin();
        tx.session() << "insert into numbers values(1)";
        const Attachment created = tx.create(text());
        if (++calls < 3) throw conflict();
        return created;
      },
      site.options());
  CHECK(calls == 3);
  CHECK(rollbacks == 2);
  CHECK(site.pauses.size() == 2);
  CHECK(site.count() == 1);
  CHECK(site.shop.stored() == std::set<std::string>{stored.path});
}

TEST_CASE("the pauses grow to the longest, and none is cut short by more than a half") {
  Site site;
  RunOptions options = site.options(8);
  options.first_pause = milliseconds(100);
  options.longest_pause = milliseconds(1500);
  CHECK_THROWS_AS(run(
                      site.sql, site.shop.files, [](Transaction&) { throw conflict(); }, options),
                  Error);
  const std::vector<milliseconds::rep> longest{100, 200, 400, 800, 1500, 1500, 1500};
  REQUIRE(site.pauses.size() == longest.size());
  for (std::size_t i = 0; i < longest.size(); ++i) {
    CHECK(site.pauses[i].count() <= longest[i]);
    CHECK(site.pauses[i].count() >= longest[i] / 2);
  }
}

TEST_CASE("after the last attempt the last error passes through") {
  Site site;
  int calls = 0;
  const auto error = error_of([&] {
    run(
        site.sql, site.shop.files, [&](Transaction&) { throw conflict(std::to_string(++calls)); },
        site.options(3));
  });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(error->cause() == "3");
  CHECK(site.pauses.size() == 2);
}

TEST_CASE("nothing but a conflict is tried again") {
  Site site;
  int calls = 0;
  const auto fail = [&](auto error) {
    const auto work = [&](Transaction& tx) {
      ++calls;
      tx.begin();
      tx.session() << "insert into numbers values(1)";
      static_cast<void>(tx.create(text()));
      throw error;
    };
    CHECK_THROWS_AS(run(site.sql, site.shop.files, work, site.options()), decltype(error));
  };
  fail(std::runtime_error("no"));
  fail(soci::soci_error("no"));
  fail(Error(Errc::in_doubt, "Perhaps"));
  fail(Error(Errc::database, "No"));
  CHECK(calls == 4);
  CHECK(site.pauses.empty());
  CHECK(site.count() == 0);
  CHECK(site.shop.stored().empty());
}

TEST_CASE("a commit whose outcome is unknown is not tried again") {
  Site site;
  int calls = 0;
  detail::ManagerAccess::core(site.shop.files).around_statement =
      [](std::string_view name, const std::function<void()>& statement) {
        statement();
        if (name == "transaction.commit") throw std::runtime_error("the line is dead");
      };
  const auto work = [&](Transaction& tx) {
    ++calls;
    tx.begin();
    tx.session() << "insert into numbers values(1)";
  };
  CHECK(code_of([&] { run(site.sql, site.shop.files, work, site.options()); }) == Errc::in_doubt);
  CHECK(calls == 1);
  CHECK(site.count() == 1);
}

TEST_CASE("nothing is run within a transaction that somebody else has begun") {
  Site site;
  site.sql.begin();
  int calls = 0;
  CHECK(code_of([&] { run(site.sql, site.shop.files, [&](Transaction&) { ++calls; }); }) ==
        Errc::invalid_state);
  CHECK(calls == 0);
  CHECK(in_transaction(site.sql));
}

TEST_CASE("options that cannot be are refused before anything is run") {
  Site site;
  const auto member = [&](const RunOptions& options) {
    const auto error = error_of([&] {
      run(
          site.sql, site.shop.files, [](Transaction&) { FAIL("It ran"); }, options);
    });
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    return error->where().member;
  };
  CHECK(member({.attempts = 0}) == "attempts");
  CHECK(member({.first_pause = milliseconds(-1)}) == "first_pause");
  CHECK(member({.longest_pause = milliseconds(-1)}) == "longest_pause");
}

TEST_CASE("what only reads stores no file, and leaves the session able to write") {
  Site site;
  const auto work = [](Transaction& tx) { static_cast<void>(tx.create(text())); };
  CHECK(code_of([&] { run(site.sql, site.shop.files, work, {.writes = Writes::refused}); }) ==
        Errc::invalid_state);
  CHECK(site.shop.is_empty());
  run(site.sql, site.shop.files, work);
  CHECK(site.shop.stored().size() == 1);
}

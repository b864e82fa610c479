#include <future>

#include "catch.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

// Database transactions that end before their `Transaction` does.

namespace {

/// Of those whose drivers know by themselves, or by asking, that a transaction is over.
std::vector<Target> knowing_targets() {
  std::vector<Target> found = targets();
  std::erase_if(found, [](const Target& target) {
    const bool knows = !target.is_odbc() || target.engine == Engine::mariadb;
    return !knows || target.engine == Engine::firebird;
  });
  return found;
}

}  // namespace

TEST_CASE("a session whose transaction was ended by the server is as one that began none") {
  const auto all = knowing_targets();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  const bool commits = GENERATE(true, false);
  CAPTURE(target, commits);
  Owners owners(target);
  soci::session other;
  owners.db.connect(other);
  Transaction tx(owners.db.sql, owners.shop.files);
  static_cast<void>(tx.create(picture("coffee.png")));
  owners.db.sql << "rollback";  // As a deadlock does, behind SOCI's back.
  if (commits) {
    CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
  } else {
    tx.rollback();
  }
  CHECK_FALSE(in_transaction(owners.db.sql));
  owners.insert(1, std::nullopt);
  int rows = 0;
  other << "select count(*) from " + owners.table, soci::into(rows);
  CHECK(rows == 1);
  CHECK(owners.shop.markers().size() == 1);  // Left to the reaper.
}

TEST_CASE("after a deadlock a session can be used again") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  // There a transaction locks everything; Firebird takes ten seconds to see a deadlock.
  if (target.engine == Engine::sqlite || target.engine == Engine::firebird) return;
  Owners owners(target);
  const Attachment first = owners.add(1);
  const Attachment second = owners.add(2);
  soci::session other;
  owners.db.connect(other);
  Transaction tx(owners.db.sql, owners.shop.files), theirs(other, owners.shop.files);
  tx.clear(owners.field, 1);
  theirs.clear(owners.field, 2);
  const auto clear = [&](Transaction& transaction, int id) {
    const auto error = error_of([&] { transaction.clear(owners.field, id); });
    if (error) transaction.rollback();  // The other one may be waiting for it.
    return error;
  };
  auto waiting = std::async(std::launch::async, [&] { return clear(theirs, 1); });
  const auto error = clear(tx, 2);
  const auto other_error = waiting.get();
  REQUIRE(error.has_value() != other_error.has_value());
  CHECK((error ? *error : *other_error).code() == Errc::conflict);
  CHECK_FALSE(in_transaction(error ? owners.db.sql : other));
  (error ? theirs : tx).commit();
  CHECK(owners.has_just({}));
}

TEST_CASE("after a deadlock that the caller swallows nothing is given up") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine == Engine::sqlite || target.engine == Engine::firebird) return;
  if (target.name == "odbc-postgresql") return;  // Its driver takes just the statement back.
  Owners owners(target);
  const std::vector<Attachment> both{owners.add(1), owners.add(2)};
  soci::session other;
  owners.db.connect(other);
  Transaction tx(owners.db.sql, owners.shop.files), theirs(other, owners.shop.files);
  tx.begin();
  theirs.begin();
  const auto rename = [&](soci::session& sql, int id) {
    sql << "update " + owners.table + " set name = 'renamed' where id = " + std::to_string(id);
  };
  rename(owners.db.sql, 1);
  rename(other, 2);
  const auto cross = [&](Transaction& transaction, soci::session& sql, int id) {
    std::optional<Error> refused;
    try {
      rename(sql, id);
    } catch (const soci::soci_error&) {
      refused = error_of([&] {
        transaction.remove(both[0]);  // Through ODBC in another transaction, which the commit sees.
        transaction.commit();
      });
      transaction.rollback();  // The other one may be waiting for it.
    }
    return refused;
  };
  auto waiting = std::async(std::launch::async, [&] { return cross(theirs, other, 1); });
  const bool is_refused = cross(tx, owners.db.sql, 2).has_value();
  REQUIRE(waiting.get().has_value() != is_refused);
  (is_refused ? theirs : tx).commit();
  CHECK(owners.has_just(both));
  CHECK(owners.db.number("select count(*) from " + owners.ledger.table +
                         " where state <> 'live'") == 0);
}

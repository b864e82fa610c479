#include <string>

#include "affix/media/media_library.hpp"
#include "affix/soci/database_error.hpp"
#include "catch.hpp"
#include "fielded.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

const std::vector levels{IsolationLevel::read_committed, IsolationLevel::repeatable_read,
                         IsolationLevel::serializable};

/// A row with a name, and a second session.
class Rows {
 public:
  explicit Rows(const Target& target) : fielded(target) {
    fielded.db.connect(other);
    fielded.add(1);
    set(fielded.db.sql, "before");
    fielded.db.done();
    // A lock that somebody else has is an error at once, or soon.
    if (target.engine == Engine::mariadb) other << "set innodb_lock_wait_timeout = 1";
  }

  void set(soci::session& sql, const std::string& name) {
    sql << "update " + fielded.table + " set name = '" + name + "' where id = 1";
  }
  std::string get(soci::session& sql) {
    std::string name;
    sql << "select name from " + fielded.table + " where id = 1", soci::into(name);
    return name;
  }

  Fielded fielded;
  soci::session other;
};

/// What a write of the other session came to.
DatabaseError failure_of(const std::function<void()>& statement) {
  try {
    statement();
  } catch (const std::exception& error) {
    return classify(error);
  }
  return DatabaseError::other;
}

}  // namespace

TEST_CASE("a transaction isolates as well as it was asked to, or does not begin") {
  const Target target = GENERATE(from_range(targets()));
  const IsolationLevel level = GENERATE(from_range(levels));
  CAPTURE(target, static_cast<int>(level));
  Rows rows(target);
  Transaction tx(rows.fielded.db.sql, rows.fielded.shop.files, {.isolation = level});
  if (target.engine == Engine::firebird && level == IsolationLevel::serializable) {
    CHECK(code_of([&] { tx.begin(); }) == Errc::unsupported);
    CHECK_FALSE(in_transaction(tx.session()));
    return;
  }
  tx.begin();
  CHECK(rows.get(tx.session()) == "before");
  const bool locks = target.engine == Engine::sqlite ||
                     (target.engine == Engine::mariadb && level == IsolationLevel::serializable);
  if (locks) {
    CHECK(failure_of([&] { rows.set(rows.other, "after"); }) == DatabaseError::lock_timeout);
  } else {
    rows.set(rows.other, "after");
    rows.fielded.db.done(rows.other);
  }
  const bool sees =
      level == IsolationLevel::read_committed && !locks && target.engine != Engine::firebird;
  CHECK(rows.get(tx.session()) == (sees ? "after" : "before"));
  tx.commit();
}

TEST_CASE("the isolation is that of one transaction, and not of the next") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::postgresql && target.engine != Engine::mariadb) return;
  Rows rows(target);
  soci::session& sql = rows.fielded.db.sql;
  for (const IsolationLevel level :
       {IsolationLevel::repeatable_read, IsolationLevel::read_committed}) {
    Transaction tx(sql, rows.fielded.shop.files, {.isolation = level, .writes = Writes::refused});
    tx.begin();
    CHECK(rows.get(sql).starts_with("before"));
    level == IsolationLevel::repeatable_read ? tx.rollback() : tx.commit();
  }
  // The default of PostgreSQL sees what others commit, that of MariaDB does not.
  Transaction tx(sql, rows.fielded.shop.files);
  tx.begin();
  CHECK(rows.get(sql) == "before");
  rows.set(rows.other, "after");
  CHECK(rows.get(sql) == (target.engine == Engine::postgresql ? "after" : "before"));
  rows.set(sql, "written");
  tx.commit();
  CHECK(rows.get(rows.other) == "written");
}

TEST_CASE("a transaction that is joined keeps its isolation and its writes") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Rows rows(target);
  rows.fielded.db.sql.begin();
  const auto begin = [&](TransactionOptions options) {
    options.join = Join::required;
    Transaction tx(rows.fielded.db.sql, rows.fielded.shop.files, options);
    return code_of([&] { tx.begin(); });
  };
  for (const IsolationLevel level : levels) {
    CHECK(begin({.isolation = level}) == Errc::invalid_state);
  }
  CHECK(begin({.writes = Writes::refused}) == Errc::invalid_state);
  CHECK(in_transaction(rows.fielded.db.sql));
  rows.fielded.db.sql.rollback();
}

TEST_CASE("affix changes nothing in a transaction that only reads") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Rows rows(target);
  Fielded& fielded = rows.fielded;
  const Attachment before = fielded.put(fielded.column, 1, "before");
  fielded.add(2);
  const Attachment medium = fielded.put(fielded.medium, 2, "medium");
  fielded.db.done();
  const auto stored = fielded.shop.stored();
  const auto markers = fielded.shop.markers();
  Transaction tx(fielded.db.sql, fielded.shop.files, {.writes = Writes::refused});
  const auto refused = [&](const std::function<void()>& call) {
    CHECK(code_of(call) == Errc::invalid_state);
    CHECK(fielded.shop.stored() == stored);
    CHECK(fielded.shop.markers() == markers);
    tx.rollback();
  };
  const auto text = [] { return Fielded::text("new"); };
  refused([&] { static_cast<void>(tx.create(text())); });
  refused([&] {
    std::vector<Source> two;
    two.push_back(text());
    two.push_back(text());
    static_cast<void>(tx.create_all(std::move(two)));
  });
  refused([&] { static_cast<void>(tx.adopt(fielded.shop.files.create(text()))); });
  refused([&] { static_cast<void>(tx.copy(before)); });
  refused([&] { tx.remove(before); });
  refused([&] { tx.replace(fielded.column, 1, text()); });
  refused([&] { tx.clear(fielded.column, 1); });
  refused([&] { tx.ensure_variants(fielded.column, 1, {"card"}); });
  refused([&] { tx.replace(fielded.medium, 2, text()); });
  refused([&] { tx.replace(fielded.medium, 2, fielded.shop.files.create(text())); });
  refused([&] { tx.append(fielded.media_list, 2, text()); });
  refused([&] { tx.clear(fielded.medium, 2); });
  refused([&] { tx.ensure_variants(fielded.medium, 2, {"card"}); });
  CHECK(fielded.column.load(fielded.db.sql, 1) == before);
  CHECK(fielded.medium.load(fielded.db.sql, 2)->id == medium.id);
}

TEST_CASE("a part of a transaction that only reads does the same") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Rows rows(target);
  Transaction outer(rows.fielded.db.sql, rows.fielded.shop.files, {.writes = Writes::refused});
  Transaction part(outer);
  CHECK(code_of([&] { static_cast<void>(part.create(Fielded::text("new"))); }) ==
        Errc::invalid_state);
  CHECK(rows.fielded.shop.is_empty());
}

TEST_CASE("postgreSQL and MariaDB refuse the statements of others in one that only reads") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Rows rows(target);
  soci::session& sql = rows.fielded.db.sql;
  const bool refuses = target.engine == Engine::postgresql || target.engine == Engine::mariadb;
  Transaction tx(sql, rows.fielded.shop.files, {.writes = Writes::refused});
  tx.begin();
  CHECK(rows.get(sql) == "before");
  if (refuses) {
    CHECK_THROWS_AS(rows.set(sql, "after"), soci::soci_error);
  } else {
    rows.set(sql, "after");
  }
  tx.rollback();
  Transaction(sql, rows.fielded.shop.files).begin();
  rows.set(sql, "written");
  rows.fielded.db.done();
}

TEST_CASE("one that only reads stops no writer on SQLite") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::sqlite) return;
  Rows rows(target);
  rows.other << "pragma journal_mode = wal";
  Transaction tx(rows.fielded.db.sql, rows.fielded.shop.files, {.writes = Writes::refused});
  tx.begin();
  CHECK(rows.get(tx.session()) == "before");
  rows.set(rows.other, "after");
  CHECK(rows.get(tx.session()) == "before");
  tx.commit();
  CHECK(rows.get(tx.session()) == "after");
}

TEST_CASE("a commit that PostgreSQL refuses for another's sake is a conflict and undone") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::postgresql) return;
  Rows rows(target);
  Fielded& fielded = rows.fielded;
  constexpr TransactionOptions serializable{.isolation = IsolationLevel::serializable};
  Transaction first(fielded.db.sql, fielded.shop.files, serializable);
  Transaction second(rows.other, fielded.shop.files, serializable);
  int rollbacks = 0;
  second.after_rollback([&] { ++rollbacks; });
  const auto read_all = [&](Transaction& tx) {
    tx.begin();
    int count = 0;
    tx.session() << "select count(*) from " + fielded.table, soci::into(count);
    CHECK(count == 1);
  };
  const auto add = [&](Transaction& tx, int id) {
    const Attachment created = tx.create(Fielded::text("of " + std::to_string(id)));
    tx.session() << "insert into " + fielded.table + "(id, doc) values(:id, :doc)", soci::use(id),
        soci::use(created);
    return created;
  };
  read_all(first);
  read_all(second);
  const Attachment kept = add(first, 2);
  add(second, 3);
  first.commit();
  const auto error = error_of([&] { second.commit(); });
  REQUIRE(error);
  INFO(error->what());
  CHECK(error->code() == Errc::conflict);
  CHECK(error->cause().starts_with("conflict: "));
  CHECK(rollbacks == 1);
  CHECK_FALSE(second.is_open());
  CHECK_FALSE(in_transaction(rows.other));
  CHECK(fielded.shop.stored() == std::set<std::string>{kept.path});
  CHECK(fielded.db.number("select count(*) from " + fielded.table) == 2);
}

#include <functional>
#include <thread>

#include "affix/soci/database_error.hpp"
#include "catch.hpp"
#include "database.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;

namespace {

/// What a statement fails with; nothing if it does not fail.
std::optional<DatabaseError> failure(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    UNSCOPED_INFO(error.what());
    return classify(error);
  }
  return std::nullopt;
}

/// The same for one statement, whose transaction is rolled back.
std::optional<DatabaseError> failure(Database& db, const std::string& statement) {
  const auto found = failure([&] { db.run(statement); });
  if (in_transaction(db.sql)) db.sql.rollback();
  return found;
}

void insert_two(Database& db, const std::string& table) {
  db.run("insert into " + table + "(id, name) values(1, 'one')");
  db.run("insert into " + table + "(id, name) values(2, 'two')");
}

void update(soci::session& sql, const std::string& table, int id) {
  sql << "update " + table + " set name = 'new' where id = " + std::to_string(id);
}

}  // namespace

TEST_CASE("errors of single statements have the same class on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  insert_two(db, table);
  CHECK(failure(db, "insert into " + table + "(id) values(1)") == DatabaseError::unique);
  CHECK(
      failure(db, "insert into " + table + "(id, name) values(null, 'x')") ==
      (target.engine == Engine::sqlite ? std::nullopt : std::optional(DatabaseError::constraint)));
  CHECK(failure(db, "delete from no_such_table") == DatabaseError::missing_object);
  CHECK(failure(db, "select no_such_column from " + table) == DatabaseError::missing_object);
  CHECK(failure(db, "drop table no_such_table") == DatabaseError::missing_object);
  CHECK(failure(db, "alter table " + table + " drop no_such_column") ==
        DatabaseError::missing_object);
  CHECK(failure(db, "delet from " + table) == DatabaseError::other);
  CHECK(failure(db, "delete from " + table) == std::nullopt);
}

TEST_CASE("a broken rule of a table is a constraint") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string parent = db.new_name("parent");
  const std::string child = db.new_name("child");
  db.run("create table " + parent + "(id integer not null primary key)");
  db.run("create table " + child + "(id integer not null, parent_id integer, age integer, " +
         "check (age > 0), foreign key (parent_id) references " + parent + "(id))");
  if (target.engine == Engine::sqlite) db.run("pragma foreign_keys = on");
  const auto insert = [&](const std::string& values) {
    return failure(db, "insert into " + child + "(id, parent_id, age) values(" + values + ")");
  };
  CHECK(insert("1, null, 1") == std::nullopt);
  CHECK(insert("null, null, 1") == DatabaseError::constraint);
  CHECK(insert("2, null, -1") == DatabaseError::constraint);
  CHECK(insert("2, 7, 1") == DatabaseError::constraint);
  db.run("drop table " + child);  // Before its parent.
}

TEST_CASE("a broken rule is a constraint, whatever its table and columns are called") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.new_name("UNIQUE_KEYS");
  db.run("create table " + table + "(id integer not null, UNIQUE_AGE integer not null, " +
         "check (UNIQUE_AGE > 0))");
  const std::string insert = "insert into " + table + "(id, UNIQUE_AGE) values";
  CHECK(failure(db, insert + "(1, null)") == DatabaseError::constraint);
  CHECK(failure(db, insert + "(1, -1)") == DatabaseError::constraint);
}

TEST_CASE("not every end of a transaction that the server decides on is a conflict") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::postgresql) return;  // It fails with any state that it is told.
  Database db(target);
  const auto raise = [&](const std::string& state) {
    return failure(db, "do 'begin raise exception using errcode = ''" + state + "''; end'");
  };
  CHECK(raise("40001") == DatabaseError::conflict);
  CHECK(raise("40002") == DatabaseError::constraint);  // One that is checked by the commit.
  CHECK(raise("40003") == DatabaseError::other);       // Nobody knows whether it was done.
  CHECK(raise("40P01") == DatabaseError::conflict);
}

TEST_CASE("a value that does not fit is too large") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  if (target.engine == Engine::sqlite) {  // Does not keep to the length of a column.
    const auto found = failure([&] { db.run("select length(zeroblob(2000000000))"); });
    CHECK(found == DatabaseError::too_large);
    return;
  }
  const std::string table = db.documents();
  CHECK(failure(db, "insert into " + table + "(id, name) values(1, '" + std::string(101, 'x') +
                        "')") == DatabaseError::too_large);
}

TEST_CASE("a statement in a transaction that has failed says so where it matters") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  db.sql.begin();
  CHECK(failure([&] { db.sql << "delete from no_such_table"; }) == DatabaseError::missing_object);
  const auto next = failure([&] { db.sql << "delete from " + table; });
  db.sql.rollback();
  CHECK(next == (db.dialect().traits().error_aborts_transaction
                     ? std::optional(DatabaseError::aborted)
                     : std::nullopt));
}

TEST_CASE("a lock of somebody else that is waited for in vain is a lock timeout") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  insert_two(db, table);
  soci::session other;
  db.connect(other);
  switch (target.engine) {
    case Engine::postgresql:
      other << "set lock_timeout = 50";
      break;
    case Engine::mysql:
    case Engine::mariadb:
      other << "set innodb_lock_wait_timeout = 1";
      break;
    case Engine::firebird:
      return;  // SOCI's transactions wait for ever.
    case Engine::sqlite:
      break;
  }
  db.dialect().begin_for_write(db.sql);
  update(db.sql, table, 1);
  CHECK(failure([&] { update(other, table, 1); }) == DatabaseError::lock_timeout);
  db.sql.rollback();
}

TEST_CASE("of two transactions that change one row the later one may be a conflict") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::postgresql && target.engine != Engine::firebird) return;
  Database db(target);
  const std::string table = db.documents();
  insert_two(db, table);
  soci::session other;
  db.connect(other);
  if (target.engine == Engine::postgresql) {
    other << "set session characteristics as transaction isolation level repeatable read";
  }
  other.begin();
  int rows = 0;
  other << "select count(*) from " + table, into(rows);
  db.run("update " + table + " set name = 'newer' where id = 1");
  CHECK(failure([&] { update(other, table, 1); }) == DatabaseError::conflict);
  other.rollback();
}

TEST_CASE("a deadlock is a conflict, and the transaction that it ended is known to be over") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine != Engine::mariadb) return;  // Others wait a second or more before they look.
  Database db(target);
  const std::string table = db.documents();
  insert_two(db, table);
  soci::session other;
  db.connect(other);
  db.dialect().begin_for_write(db.sql);
  db.dialect().begin_for_write(other);
  update(db.sql, table, 1);
  update(other, table, 2);
  std::optional<DatabaseError> theirs;
  std::thread crossing([&] {
    theirs = failure([&] { update(other, table, 1); });
    if (theirs) return;
    other.rollback();
  });
  const auto ours = failure([&] { update(db.sql, table, 2); });
  if (!ours) db.sql.rollback();
  crossing.join();
  REQUIRE(ours.has_value() != theirs.has_value());
  CHECK((ours ? ours : theirs) == DatabaseError::conflict);
  if (!target.is_odbc()) CHECK_FALSE(in_transaction(ours ? db.sql : other));
  CHECK(transaction_state(ours ? db.sql : other) == TransactionState::none);
}

TEST_CASE("a session that the server has ended is a lost connection") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Database db(target);
  const std::string table = db.documents();
  db.sql.begin();
  update(db.sql, table, 1);
  db.end_session();
  CHECK(failure([&] { update(db.sql, table, 1); }) == DatabaseError::connection_lost);
  // Until Firebird's client gives up, SOCI would end the process.
  for (int attempt = 0; attempt < 4; ++attempt) {
    if (!failure([&] { db.sql.rollback(); })) break;
  }
  db.sql.reconnect();
  CHECK_FALSE(in_transaction(db.sql));
  CHECK(db.number("select count(*) from " + table) == 0);
}

TEST_CASE("what no backend has thrown is an error without a class") {
  CHECK(classify(std::runtime_error("unique")) == DatabaseError::other);
  CHECK(classify(soci::soci_error("unique")) == DatabaseError::other);
}

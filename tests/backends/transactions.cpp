#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;

namespace {

void insert(Database& db, const std::string& table, int id) {
  db.sql << "insert into " + table + "(id, name) values(" + std::to_string(id) + ", 'old')";
}

}  // namespace

TEST_CASE("whether a session is inside a transaction is known before and after each step") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  const auto state = [&](bool inside) {
    CHECK(in_transaction(db.sql) == inside);
    CHECK((transaction_state(db.sql) == TransactionState::open) == inside);
  };
  state(false);
  for (const bool commit : {true, false}) {
    db.dialect().begin_for_write(db.sql);
    state(true);
    insert(db, table, commit ? 1 : 2);
    state(true);
    if (commit) {
      db.sql.commit();
    } else {
      db.sql.rollback();
    }
    state(false);
  }
  db.sql.begin();
  CHECK(in_transaction(db.sql));
  db.sql.rollback();
  state(false);
  CHECK(db.number("select count(*) from " + table) == 1);
  insert(db, table, 3);
  state(!db.dialect().traits().autocommits);
  db.done();
  state(false);
}

TEST_CASE("a failed statement spoils the transaction as the traits say") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.documents();
  db.dialect().begin_for_write(db.sql);
  insert(db, table, 1);
  CHECK_THROWS_AS(insert(db, table, 1), soci::soci_error);
  const bool spoilt = db.dialect().traits().error_aborts_transaction;
  CHECK(transaction_state(db.sql) == (spoilt ? TransactionState::failed : TransactionState::open));
  CHECK(in_transaction(db.sql));
  if (!spoilt) insert(db, table, 2);
  db.sql.commit();  // PostgreSQL says nothing.
  CHECK_FALSE(in_transaction(db.sql));
  CHECK(db.number("select count(*) from " + table) == (spoilt ? 0 : 2));
}

TEST_CASE("after an error a savepoint brings the transaction back") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Dialect& dialect = db.dialect();
  const std::string table = db.documents();
  dialect.begin_for_write(db.sql);
  insert(db, table, 1);
  if (!dialect.traits().savepoints) {
    CHECK(target.name == "odbc-postgresql");
    CHECK(code_of([&] { static_cast<void>(dialect.savepoint("before")); }) == Errc::unsupported);
    return;
  }
  db.sql << dialect.savepoint("before");
  insert(db, table, 2);
  CHECK_THROWS_AS(insert(db, table, 1), soci::soci_error);
  db.sql << dialect.rollback_to("before");
  CHECK(transaction_state(db.sql) == TransactionState::open);
  insert(db, table, 3);
  db.sql << dialect.release("before");
  db.sql.commit();
  CHECK(db.number("select count(*) from " + table) == 2);
  CHECK(db.number("select max(id) from " + table) == 3);
}

TEST_CASE("a locked row is locked for another session, and passed over where that can be") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const Dialect& dialect = db.dialect();
  const std::string table = db.documents();
  for (const int id : {1, 2}) insert(db, table, id);
  db.done();
  const auto read = [&](soci::session& session, const std::string& rest) {
    int id = 0;
    session << "select id from " + table + rest, into(id);
    return id;
  };
  soci::session other;
  db.connect(other);
  dialect.begin_for_write(db.sql);
  CHECK(read(db.sql, " where id = 1" + dialect.row_lock(RowLock::wait)) == 1);
  CHECK(read(other, " where id = 1" + dialect.row_lock(RowLock::none)) == 1);
  if (!dialect.traits().autocommits) other.rollback();
  if (!dialect.traits().row_locks) {
    CHECK(dialect.row_lock(RowLock::skip_locked).empty());
    CHECK_THROWS_AS(dialect.begin_for_write(other), soci::soci_error);
    CHECK_FALSE(in_transaction(other));
  } else if (dialect.traits().skip_locked) {
    dialect.begin_for_write(other);
    CHECK(read(other,
               " order by id" + dialect.page(1, 0) + dialect.row_lock(RowLock::skip_locked)) == 2);
    other.rollback();
  } else {
    CHECK(dialect.engine() == Engine::firebird);
    CHECK(code_of([&] { static_cast<void>(dialect.row_lock(RowLock::skip_locked)); }) ==
          Errc::unsupported);
  }
  db.sql.rollback();
}

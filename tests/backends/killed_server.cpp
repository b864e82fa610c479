#include <future>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/soci/database_error.hpp"
#include "affix/soci/session_pool.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "server.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using soci::use;

namespace {

/// A table of owners, and a manager of their files that needs no converter.
class Owners {
 public:
  explicit Owners(const Target& target)
      : db(target),
        table(db.documents()),
        field{.table = table, .column = "doc", .key = "id"},
        shop(Backing::memory, nullptr, nullptr, db.ledger()) {
    ensure_schema(db.sql, shop.files);
  }

  static Source text() { return Source::from_memory("What the owner wrote.", "note.txt"); }

  void insert(int id, const std::optional<Attachment>& value) {
    soci::statement statement =
        (db.sql.prepare << "insert into " + table + "(id, doc) values(:id, :doc)", use(id),
         use(value));
    const StatementGuard guard(db.sql, statement);
    statement.execute(true);
  }

  Attachment add(int id) {
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.create(text());
    insert(id, created);
    tx.commit();
    return created;
  }

  Database db;
  std::string table;
  ColumnField field;
  Workshop shop;
};

/// What affix's call fails with is that of a lost connection.
template <class Call>
void check_lost(Call call) {
  const auto error = error_of(call);
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK_THAT(std::string(error->cause()), Catch::StartsWith("connection_lost: "));
}

}  // namespace

TEST_CASE("a server that is killed between two statements is a lost connection", "[killed]") {
  const auto all = targets_with_server();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Owners owners(target);
  const Attachment kept = owners.add(1);
  Server server(target);
  server.kill();
  if (GENERATE(true, false)) {
    check_lost([&] { owners.field.load(owners.db.sql, 1); });
  } else {
    try {
      owners.db.sql << "update " + owners.table + " set name = 'new'";
      FAIL("the statement went through");
    } catch (const soci::soci_error& error) {
      CHECK(name(classify(error)) == name(DatabaseError::connection_lost));
    }
  }
  CHECK(code_of([&] { reconnect(owners.db.sql); }) == Errc::database);
  check_lost([&] { owners.field.load(owners.db.sql, 1); });
  check_lost([&] { Transaction(owners.db.sql, owners.shop.files).begin(); });
  server.start();
  reconnect(owners.db.sql);
  CHECK(owners.field.load(owners.db.sql, 1) == kept);
  owners.add(2);
}

TEST_CASE("a commit on a killed server is in doubt, and no file is removed", "[killed]") {
  const auto all = targets_with_server();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Owners owners(target);
  const Attachment kept = owners.add(1);
  Server server(target);
  Transaction tx(owners.db.sql, owners.shop.files);
  tx.replace(owners.field, 1, Owners::text());
  owners.insert(2, tx.create(Owners::text()));
  const auto in_both = owners.shop.stored();
  CHECK(in_both.size() == 3);
  server.kill();
  if (GENERATE(false, true)) {  // Some drivers take the commit of a connection known to be lost.
    CHECK_THROWS_AS(owners.insert(3, std::nullopt), soci::soci_error);
  }
  CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
  CHECK(owners.shop.stored() == in_both);
  server.start();
  reconnect(owners.db.sql);
  CHECK(owners.field.load(owners.db.sql, 1) == kept);
  CHECK(owners.db.number("select count(*) from " + owners.table) == 1);
  tx.clear(owners.field, 1);
  tx.commit();
  CHECK(owners.field.load(owners.db.sql, 1) == std::nullopt);
}

TEST_CASE("a server that is killed inside a transaction leaves the rows and files of before",
          "[killed]") {
  const auto all = targets_with_server();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Owners owners(target);
  const Attachment kept = owners.add(1);
  Server server(target);
  const int how = GENERATE(0, 1, 2);
  {
    Transaction tx(owners.db.sql, owners.shop.files);
    owners.insert(2, tx.create(Owners::text()));
    tx.replace(owners.field, 1, Owners::text());
    server.kill();
    if (how == 0) check_lost([&] { tx.replace(owners.field, 1, Owners::text()); });
    if (how == 1) {
      // Firebird's client forgets the transaction of a dead connection without a word.
      const auto code = code_of([&] { tx.rollback(); });
      CHECK((code == std::nullopt || code == Errc::database));
    }
  }
  CHECK(owners.shop.real->exists(Key::parse(kept.path)));
  server.start();
  reconnect(owners.db.sql);
  CHECK(owners.field.load(owners.db.sql, 1) == kept);
  CHECK(owners.db.number("select count(*) from " + owners.table) == 1);
  owners.add(2);
}

TEST_CASE("a guarded statement can be destroyed when its server died while it was at work",
          "[killed]") {
  const auto all = targets_with_server();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Owners owners(target);
  owners.add(1);
  Server server(target);
  const auto read = [&] {
    std::optional<Attachment> value;
    soci::statement statement =
        (owners.db.sql.prepare << "select doc from " + owners.table, soci::into(value));
    const StatementGuard guard(owners.db.sql, statement);
    statement.execute();
    server.kill();
    while (statement.fetch()) {
    }
    owners.db.sql << "delete from " + owners.table;  // Others have all rows in the client.
  };
  CHECK_THROWS_AS(read(), soci::soci_error);
  server.start();
  reconnect(owners.db.sql);
  CHECK(owners.field.load(owners.db.sql, 1).has_value());
}

TEST_CASE("a pool outlives a killed server and goes on when it is back", "[killed]") {
  const auto all = targets_with_server();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Owners owners(target);
  Server server(target);
  SessionPool pool(owners.db.parameters(), {.size = 3});
  const auto count = [&](soci::session& sql) {
    int rows = 0;
    sql << "select count(*) from " + owners.table, soci::into(rows);
    return rows;
  };
  const auto work = [&] {
    const SessionLease writer = pool.lease();
    const SessionLease reader = pool.lease();
    { const SessionLease idle = pool.lease(); }
    writer->begin();
    *writer << "insert into " + owners.table + "(id) values(1)";
    count(*reader);
    server.kill();
    count(*writer);
  };
  CHECK_THROWS_AS(work(), soci::soci_error);
  CHECK(code_of([&] { static_cast<void>(pool.lease()); }) == Errc::database);
  server.start();
  const SessionLease first = pool.lease();
  const SessionLease second = pool.lease();
  const SessionLease third = pool.lease();
  for (const SessionLease* lease : {&first, &second, &third}) CHECK(count(**lease) == 0);
  server.kill();
}

namespace {

/// Changes a row and adds one, over and over, each time in a transaction with their files.
class Campaign {
 public:
  explicit Campaign(const Target& target) : target_(target), owners_(target), server_(target) {
    current_ = owners_.add(0);
  }

  void round() {
    doubtful_.reset();
    auto killed = std::async(std::launch::async, [&] { return server_.run("kill"); });
    change_until_lost();
    REQUIRE(killed.get());
    server_.start();
    reconnect(owners_.db.sql);
    check_rows();
  }

 private:
  void change_until_lost() {
    constexpr int far_too_many = 100000;
    for (int i = 0; i < far_too_many; ++i) {
      Transaction tx(owners_.db.sql, owners_.shop.files);
      Attachment next;
      try {
        next = tx.replace(owners_.field, 0, Owners::text());
        owners_.insert(committed_ + 1, tx.create(Owners::text()));
      } catch (const Error& error) {
        CHECK(error.code() == Errc::database);
        return check_class(error.cause());
      } catch (const soci::soci_error& error) {
        return check_class(name(classify(error)));
      }
      doubtful_ = next;
      const auto code = code_of([&] { tx.commit(); });
      if (code) {
        CHECK(code == Errc::in_doubt);
        return;
      }
      current_ = *doubtful_;
      doubtful_.reset();
      ++committed_;
    }
    FAIL("the server was never lost");
  }

  /// psqlodbc has many words for a server that dies just then; what comes next is
  /// `connection_lost`.
  void check_class(std::string_view cause) {
    const bool other = target_.name == "odbc-postgresql" && cause.starts_with("other");
    if (!other) CHECK_THAT(std::string(cause), Catch::StartsWith("connection_lost"));
    check_lost([&] { owners_.field.load(owners_.db.sql, 0); });
  }

  /// What was committed is there; what was in doubt is there as a whole or not at all.
  void check_rows() {
    const auto found = owners_.field.load(owners_.db.sql, 0);
    const auto rows = owners_.db.number("select count(*) from " + owners_.table) - 1;
    CHECK(owners_.shop.real->exists(Key::parse(current_.path)));
    if (doubtful_) CHECK(owners_.shop.real->exists(Key::parse(doubtful_->path)));
    if (doubtful_ && found == doubtful_) {
      current_ = *doubtful_;
      ++committed_;
    }
    CHECK(found == current_);
    CHECK(rows == committed_);
  }

  Target target_;
  Owners owners_;
  Server server_;
  int committed_ = 0;
  Attachment current_;
  std::optional<Attachment> doubtful_;
};

}  // namespace

TEST_CASE("what was committed survives a server that is killed at any moment", "[killed]") {
  const auto all = targets_with_server();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Campaign campaign(target);
  for (int round = rounds(4, 20); round > 0; --round) campaign.round();
}

#include <thread>

#include "catch.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("sessions that make the ledger's tables at once all succeed, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  Workshop shop(Backing::memory, nullptr, nullptr, db.ledger());
  std::vector<std::optional<Error>> errors(3);
  std::vector<std::thread> threads;
  for (auto& error : errors) {
    threads.emplace_back([&] {
      soci::session sql;
      db.connect(sql);
      error = error_of([&] { ensure_schema(sql, shop.files); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& error : errors) CHECK((error ? std::string(error->what()) : "") == "");
  CHECK_NOTHROW(ensure_schema(db.sql, shop.files));
  CHECK(reap(db.sql, shop.files) == ReapResult{});
}

TEST_CASE("columns that an older table has not are added, and its rows are kept") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const LedgerOptions ledger = db.ledger();
  const std::vector<ColumnDefinition> columns{
      {.name = "id", .type = db.dialect().text_type(36), .null = ColumnDefinition::Null::forbidden},
      {.name = "state", .type = db.dialect().text_type(8)}};
  db.run(db.dialect().create_table(ledger.table, columns, std::vector<std::string>{"id"}));
  db.run("insert into " + ledger.table + "(id, state) values('old', 'live')");
  Workshop shop(Backing::memory, nullptr, nullptr, ledger);
  ensure_schema(db.sql, shop.files);
  CHECK(db.dialect().columns(db.sql, ledger.table).size() == 10);
  if (in_transaction(db.sql)) db.sql.rollback();
  CHECK(db.number("select count(*) from " + ledger.table + " where id = 'old'") == 1);
  CHECK(db.number("select size from " + db.dialect().identifier(ledger.table)) == 0);
}

TEST_CASE("the tables are not made inside of a transaction") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  owners.db.dialect().begin_for_write(owners.db.sql);
  owners.db.sql << "insert into " + owners.table + "(id) values(1)";
  CHECK(code_of([&] { ensure_schema(owners.db.sql, owners.shop.files); }) == Errc::invalid_state);
  owners.db.sql.rollback();
  CHECK(owners.db.number("select count(*) from " + owners.table) == 0);
}

TEST_CASE("an idempotency key is one attachment's, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const CreateOptions keyed{.idempotency_key = "request 1"};
  PendingAttachment late = owners.shop.files.create(picture("coffee.png"), keyed);
  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment first = tx.create(picture("coffee.png"), keyed);
  owners.insert(1, first);
  tx.commit();
  const auto error = error_of([&] { static_cast<void>(tx.adopt(std::move(late))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::exists);
  CHECK(error->where().attachment == first.id);
  owners.insert(2, std::nullopt);  // The transaction goes on.
  tx.commit();
  CHECK(owners.stored(2) == std::nullopt);
  CHECK(owners.has_just({first}));
}

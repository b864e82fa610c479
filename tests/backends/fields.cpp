#include <future>

#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("a row and its files are created, replaced and cleared together on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment first = owners.add(1);
  CHECK(owners.stored(1) == first);
  CHECK(owners.has_just({first}));

  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment second = tx.replace(owners.field, 1, picture("chelsea.png"));
  CHECK(owners.shop.real->exists(Key::parse(first.path)));
  tx.commit();
  CHECK(owners.stored(1) == second);
  CHECK(owners.has_just({second}));

  tx.clear(owners.field, 1);
  tx.rollback();
  CHECK(owners.stored(1) == second);
  CHECK(owners.has_just({second}));

  tx.clear(owners.field, 1);
  tx.commit();
  CHECK(owners.stored(1) == std::nullopt);
  CHECK(owners.has_just({}));
}

TEST_CASE("a row is changed and compared by one statement, unless its text begins in another way") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  std::vector<std::string> statements;
  auto& core = detail::ManagerAccess::core(owners.shop.files);
  core.around_statement = [&](std::string_view name, const std::function<void()>& run) {
    if (name.starts_with("row.")) statements.emplace_back(name);
    run();
  };
  const auto replaced = [&] {
    statements.clear();
    Transaction tx(owners.db.sql, owners.shop.files);
    const Attachment attachment = tx.replace(owners.field, 1, picture("chelsea.png"));
    tx.commit();
    CHECK(owners.stored(1) == attachment);
    CHECK(owners.has_just({attachment}));
    return attachment;
  };
  const std::vector<std::string> compared{"row.load", "row.write"};
  owners.add(1);
  const Attachment attachment = replaced();
  CHECK(statements == compared);
  {
    Transaction tx(owners.db.sql, owners.shop.files);
    tx.clear(owners.field, 1);
    tx.commit();
  }
  CHECK(owners.has_just({}));
  static_cast<void>(replaced());
  CHECK(statements == compared);

  // Where texts are kept as they are, this one begins with letters of several bytes.
  std::string letters;
  for (int i = 0; i < 60; ++i) letters += "Ä";
  const std::optional<Attachment> written = owners.stored(1);
  const std::string text = "{\"note\":\"" + letters + "\"," + print(*written).substr(1);
  owners.db.run("update " + owners.table + " set doc = " + Dialect::literal(text) +
                " where id = 1");
  static_cast<void>(replaced());
  const std::vector<std::string> read{"row.load", "row.write", "row.read", "row.write"};
  CHECK((statements == compared || statements == read));
  core.around_statement = nullptr;
}

TEST_CASE("without a commit neither row nor files are there, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment kept = owners.add(1);
  {
    Transaction tx(owners.db.sql, owners.shop.files);
    owners.insert(2, tx.create(picture("chelsea.png")));
    tx.replace(owners.field, 1, picture("chelsea.png"));
  }
  CHECK_FALSE(in_transaction(owners.db.sql));
  CHECK(owners.db.number("select count(*) from " + owners.table) == 1);
  CHECK(owners.stored(1) == kept);
  CHECK(owners.has_just({kept}));
}

TEST_CASE("a field is read without a transaction being left open") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  owners.add(1);
  const ColumnField by_name{.table = owners.table, .column = "doc", .key = "name"};
  CHECK(owners.stored(1).has_value());
  CHECK(by_name.load(owners.db.sql, "Owner 1") == owners.stored(1));
  CHECK(code_of([&] { owners.stored(7); }) == Errc::record_not_found);
  CHECK_FALSE(in_transaction(owners.db.sql));
  // One that is open already stays open.
  owners.db.sql.begin();
  owners.db.sql << "update " + owners.table + " set name = 'Ada' where id = 1";
  CHECK(by_name.load(owners.db.sql, "Ada") == owners.stored(1));
  CHECK(in_transaction(owners.db.sql));
  owners.db.sql.rollback();
  CHECK(code_of([&] { by_name.load(owners.db.sql, "Ada"); }) == Errc::record_not_found);
}

TEST_CASE("of two replaces of one field the second is a conflict on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  if (GENERATE(false, true)) {
    owners.add(1);
  } else {
    owners.insert(1, std::nullopt);
    owners.db.done();
  }
  soci::session other;
  owners.db.connect(other);
  Transaction second(other, owners.shop.files);
  std::optional<Attachment> winner;
  // The second has read the row and converts its picture while the first one commits.
  const auto race = [&](const Progress& progress) {
    if (winner || progress.stage != Progress::Stage::converting) return;
    winner.emplace();
    Transaction first(owners.db.sql, owners.shop.files);
    winner = first.replace(owners.field, 1, picture("chelsea.png"));
    first.commit();
  };
  const auto error =
      error_of([&] { second.replace(owners.field, 1, picture("coffee.png"), {.progress = race}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(error->where().table == owners.table);
  CHECK(code_of([&] { second.commit(); }) == Errc::invalid_state);
  second.rollback();
  CHECK(owners.stored(1) == winner);
  CHECK(owners.has_just({*winner}));
}

TEST_CASE("a replace waits for one that is not committed yet, and then is a conflict") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  if (!owners.db.dialect().traits().row_locks) return;  // There the second one cannot begin.
  owners.add(1);
  soci::session other;
  owners.db.connect(other);
  Transaction first(owners.db.sql, owners.shop.files);
  const Attachment winner = first.replace(owners.field, 1, picture("chelsea.png"));
  std::promise<void> has_read;
  auto second = std::async(std::launch::async, [&] {
    Transaction tx(other, owners.shop.files);
    const auto tell = [&, told = false](const Progress& progress) mutable {
      if (told || progress.stage != Progress::Stage::converting) return;
      told = true;
      has_read.set_value();
    };
    return code_of([&] {
      tx.replace(owners.field, 1, picture("coffee.png"), {.progress = tell});
      tx.commit();
    });
  });
  has_read.get_future().wait();
  const bool waits = second.wait_for(std::chrono::milliseconds(500)) == std::future_status::timeout;
  first.commit();
  CHECK(waits);
  CHECK(second.get() == Errc::conflict);
  CHECK(owners.stored(1) == winner);
  CHECK(owners.has_just({winner}));
}

TEST_CASE("a commit that the database would turn into a rollback is refused") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment old = owners.add(1);
  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment replaced = tx.replace(owners.field, 1, picture("chelsea.png"));
  CHECK_THROWS_AS(owners.insert(1, std::nullopt), soci::soci_error);
  if (owners.db.dialect().traits().error_aborts_transaction) {
    CHECK(code_of([&] { tx.commit(); }) == Errc::invalid_state);
    tx.rollback();
    CHECK(owners.stored(1) == old);
    CHECK(owners.has_just({old}));
  } else {
    tx.commit();
    CHECK(owners.stored(1) == replaced);
    CHECK(owners.has_just({replaced}));
  }
}

TEST_CASE("a transaction that somebody else has ended removes no file") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment old = owners.add(1);
  const auto end = GENERATE(0, 1);
  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment replaced = tx.replace(owners.field, 1, picture("chelsea.png"));
  const auto before = owners.shop.stored();
  owners.db.sql.commit();
  if (end == 0) {
    CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
  } else {
    tx.rollback();
  }
  CHECK_FALSE(tx.is_open());
  CHECK(owners.stored(1) == replaced);
  CHECK(owners.shop.stored() == before);
  CHECK(owners.has_just({replaced}));  // The reaper asks the database.
}

TEST_CASE("a connection that is lost before the commit leaves every file where it is") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (!target.has_server()) return;
  Owners owners(target);
  const Attachment old = owners.add(1);
  const bool commit = GENERATE(true, false);
  const auto in_both = [&] {
    Transaction tx(owners.db.sql, owners.shop.files);
    tx.replace(owners.field, 1, picture("chelsea.png"));
    const auto stored = owners.shop.stored();
    owners.db.end_session();
    if (commit) CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
    return stored;
  }();
  CHECK(owners.shop.stored() == in_both);
  owners.db.sql.reconnect();
  CHECK(owners.stored(1) == old);
  owners.shop.clock->advance(std::chrono::hours(25));
  CHECK(owners.has_just({old}));
}

TEST_CASE("what a statement of affix fails with has the class of the error in its cause") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  owners.insert(1, std::nullopt);
  owners.db.done();
  const ColumnField missing{.table = owners.table, .column = "picture", .key = "id"};
  const auto error = error_of([&] { missing.load(owners.db.sql, 1); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(error->cause().starts_with("missing_object: "));
  CHECK(error->where().column == "picture");
  if (in_transaction(owners.db.sql)) owners.db.sql.rollback();
}

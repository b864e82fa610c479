#include "catch.hpp"
#include "sql_faults.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

// Where there is no ledger, a transaction removes by itself after its commit.

namespace {

struct Plain : Users {
  explicit Plain(Backing backing = Backing::memory)
      : Users(backing, nullptr, make_vips_converter(), {.mode = LedgerOptions::Mode::off}) {}

  /// Without a reaper: what is there is what the rows have.
  void check_files() {
    CHECK(shop.stored() == referenced());
    CHECK(shop.markers().empty());
  }
};

}  // namespace

TEST_CASE("without a ledger files follow the transaction, removed by it") {
  Plain users(GENERATE(Backing::memory, Backing::local));
  users.add(1);
  users.check_files();
  Transaction tx(users.sql, users.shop.files);
  const Attachment second = tx.replace(user_avatar, 1, picture("chelsea.png"));
  CHECK(users.shop.markers().size() == 2);  // A crash now would leave no file that nobody knows.
  tx.commit();
  CHECK(users.avatar(1) == second);
  users.check_files();
  tx.replace(user_avatar, 1, picture("coffee.png"));
  tx.rollback();
  CHECK(users.avatar(1) == second);
  users.check_files();
  tx.remove(users.avatar(1));
  users.sql << "delete from users";
  tx.commit();
  CHECK(users.shop.is_empty());
}

TEST_CASE("without a ledger what is created and removed in one transaction is gone") {
  Plain users;
  Transaction tx(users.sql, users.shop.files);
  tx.remove(tx.create(picture("coffee.png")));
  SECTION("committed") { tx.commit(); }
  SECTION("rolled back") { tx.rollback(); }
  CHECK(users.shop.is_empty());
}

TEST_CASE("without a ledger a commit in doubt leaves both files under their markers") {
  Plain users;
  const Attachment old = users.add(1);
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  const auto before = users.shop.stored();
  {
    const CommitRefusal refusal(users.sql);
    CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
  }
  CHECK(users.shop.stored() == before);
  CHECK(users.shop.markers().size() == 2);
  CHECK(users.avatar(1) == old);
}

TEST_CASE("without a ledger the second of two replaces is a conflict") {
  Plain users;
  users.add(1);
  soci::session other;
  users.connect(other);
  Transaction second(other, users.shop.files);
  std::optional<Attachment> winner;
  const auto race = [&](const Progress& progress) {
    if (winner || progress.stage != Progress::Stage::converting) return;
    winner.emplace();
    Transaction first(users.sql, users.shop.files);
    winner = first.replace(user_avatar, 1, picture("chelsea.png"));
    first.commit();
  };
  CHECK(code_of([&] {
          second.replace(user_avatar, 1, picture("coffee.png"), {.progress = race});
        }) == Errc::conflict);
  second.rollback();
  CHECK(users.avatar(1) == winner);
  users.check_files();
}

TEST_CASE("without a ledger a part that is rolled back takes its files alone") {
  Plain users;
  Transaction outer(users.sql, users.shop.files);
  users.insert(1, outer.create(picture("coffee.png")));
  {
    Transaction part(outer);
    users.insert(2, part.create(picture("coffee.png")));
  }
  outer.commit();
  CHECK(users.count() == 1);
  users.check_files();
}

TEST_CASE("without a ledger files are published and purged by hand, and nobody reaps") {
  Plain users;
  const Attachment stored =
      users.shop.files.publish(users.shop.files.create(picture("coffee.png")));
  users.insert(1, stored);
  users.check_files();
  users.shop.files.purge(stored);
  CHECK(users.shop.is_empty());
  Attachment foreign = stored;
  foreign.id = "attachments";
  foreign.path = "attachments/x.png";
  CHECK(code_of([&] { users.shop.files.purge(foreign); }) == Errc::invalid_key);
  CHECK(code_of([&] { reap(users.sql, users.shop.files); }) == Errc::unsupported);
  CHECK(code_of([&] { purge_now(users.sql, users.shop.files, {}); }) == Errc::unsupported);
  CHECK(code_of([&] { claim_disk(users.sql, users.shop.files); }) == Errc::unsupported);
}

TEST_CASE("with a ledger nothing is published or purged by hand") {
  Users users;
  const Attachment avatar = users.add(1);
  CHECK(code_of([&] { users.shop.files.purge(avatar); }) == Errc::invalid_state);
  CHECK(code_of([&] {
          users.shop.files.publish(users.shop.files.create(picture("coffee.png")));
        }) == Errc::invalid_state);
  CHECK(users.shop.stored().contains(avatar.path));
}

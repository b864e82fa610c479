#include "affix/soci/session_state.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

// Transactions inside of transactions.

namespace {

/// What the reaper leaves is what the committed rows have.
void check_settled(Users& users) {
  users.shop.clock->advance(std::chrono::hours(25));
  CHECK_FALSE(in_transaction(users.sql));
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.markers().empty());
}

}  // namespace

TEST_CASE("a part of the caller's own transaction shares its fate") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment before = users.add(1);
  const bool committed = GENERATE(true, false);
  Attachment after;
  {
    soci::transaction outer(users.sql);
    Transaction tx(users.sql, users.shop.files);
    after = tx.replace(user_avatar, 1, picture("chelsea.png"));
    users.insert(2, tx.create(picture("coffee.png")));
    tx.commit();
    CHECK_FALSE(tx.is_open());
    CHECK(in_transaction(users.sql));
    if (committed) outer.commit();
  }
  CHECK(users.avatar(1) == (committed ? after : before));
  CHECK(users.count() == (committed ? 2 : 1));
  check_settled(users);
}

TEST_CASE("a part that is rolled back takes its files, and not those of the others") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment before = users.add(1);
  Transaction outer(users.sql, users.shop.files);
  users.insert(2, outer.create(picture("coffee.png")));
  {
    Transaction part(outer);
    part.replace(user_avatar, 1, picture("chelsea.png"));
    users.insert(3, part.create(picture("coffee.png")));
    CHECK(users.shop.stored().size() == 6);
  }
  CHECK(users.shop.stored().size() == 3);
  CHECK(outer.is_open());
  CHECK(users.avatar(1) == before);
  outer.commit();
  CHECK(users.count() == 2);
  check_settled(users);
}

TEST_CASE("a part that was committed goes with the outer transaction") {
  Users users;
  const Attachment before = users.add(1);
  Transaction outer(users.sql, users.shop.files);
  Transaction part(outer);
  Transaction inmost(part);
  const Attachment after = inmost.replace(user_avatar, 1, picture("chelsea.png"));
  inmost.commit();
  part.commit();
  SECTION("rolled back") {
    outer.rollback();
    CHECK(users.avatar(1) == before);
    CHECK(users.shop.stored() == users.referenced());  // At once: the outer one knows.
  }
  SECTION("committed") {
    outer.commit();
    CHECK(users.avatar(1) == after);
  }
  check_settled(users);
}

TEST_CASE("what one part has given up another does not give up again") {
  Users users;
  users.add(1);
  Transaction outer(users.sql, users.shop.files);
  outer.remove(users.avatar(1));
  Transaction part(outer);
  CHECK_NOTHROW(part.remove(users.avatar(1)));
  users.sql << "delete from users";
  part.commit();
  outer.commit();
  check_settled(users);
}

TEST_CASE("a part whose outer transaction is over loses no file and changes nothing more") {
  Users users;
  const Attachment before = users.add(1);
  const bool committed = GENERATE(true, false);
  const bool anew = GENERATE(true, false);
  Transaction outer(users.sql, users.shop.files);
  Transaction part(outer);
  const Attachment after = part.replace(user_avatar, 1, picture("chelsea.png"));
  committed ? outer.commit() : outer.rollback();
  if (anew) outer.begin();
  SECTION("and is committed") {
    CHECK(code_of([&] { part.commit(); }) == Errc::in_doubt);
  }
  SECTION("and is rolled back") { part.rollback(); }
  SECTION("and is used") {
    CHECK(code_of([&] { part.clear(user_avatar, 1); }) == Errc::invalid_state);
    part.rollback();
  }
  CHECK_FALSE(part.is_open());
  outer.rollback();
  CHECK(users.avatar(1) == (committed ? after : before));
  check_settled(users);
}

TEST_CASE("a part can be used again, and begins the outer transaction") {
  Users users;
  Transaction outer(users.sql, users.shop.files);
  Transaction part(outer);
  users.insert(1, part.create(picture("coffee.png")));
  CHECK(outer.is_open());
  part.commit();
  users.insert(2, part.create(picture("coffee.png")));
  part.rollback();
  outer.commit();
  CHECK(users.count() == 1);
  check_settled(users);
}

TEST_CASE("who must join finds a transaction, or says that there is none") {
  Users users;
  Transaction tx(users.sql, users.shop.files, {.join = Join::required});
  CHECK(code_of([&] { tx.begin(); }) == Errc::invalid_state);
  users.sql << "begin";
  tx.begin();
  users.insert(1, tx.create(picture("coffee.png")));
  tx.commit();
  CHECK(in_transaction(users.sql));
  users.sql << "commit";
  CHECK(users.count() == 1);
  check_settled(users);
}

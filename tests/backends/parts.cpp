#include "catch.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("a part that is rolled back takes its files alone, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment old = owners.add(1);
  Transaction outer(owners.db.sql, owners.shop.files);
  const Attachment kept = outer.create(picture("coffee.png"));
  owners.insert(2, kept);
  Transaction part(outer);
  if (!owners.db.dialect().traits().savepoints) {
    CHECK(target.name == "odbc-postgresql");
    CHECK(code_of([&] { part.replace(owners.field, 1, picture("chelsea.png")); }) ==
          Errc::unsupported);
    outer.commit();
    CHECK(owners.has_just({old, kept}));
    return;
  }
  part.replace(owners.field, 1, picture("chelsea.png"));
  part.rollback();
  CHECK(owners.stored(1) == old);
  const Attachment late = part.create(picture("chelsea.png"));
  owners.insert(3, late);
  part.commit();
  outer.commit();
  CHECK(owners.stored(3) == late);
  CHECK(owners.has_just({old, kept, late}));
}

TEST_CASE("a transaction of the caller's own is joined, where nobody can mistake it") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  if (!owners.db.dialect().traits().savepoints) return;
  const Attachment old = owners.add(1);
  const bool committed = GENERATE(true, false);
  owners.db.sql.begin();
  if (!owners.db.dialect().traits().autocommits) {
    Transaction automatic(owners.db.sql, owners.shop.files);
    CHECK(code_of([&] { automatic.begin(); }) == Errc::invalid_state);
  }
  Transaction tx(owners.db.sql, owners.shop.files, {.join = Join::required});
  const Attachment replaced = tx.replace(owners.field, 1, picture("chelsea.png"));
  tx.commit();
  CHECK(in_transaction(owners.db.sql));
  committed ? owners.db.sql.commit() : owners.db.sql.rollback();
  const Attachment& now = committed ? replaced : old;
  CHECK(owners.stored(1) == now);
  owners.shop.clock->advance(std::chrono::hours(25));
  CHECK(owners.has_just({now}));
  CHECK(code_of([&] { tx.begin(); }) == Errc::invalid_state);
}

TEST_CASE("files of a row stay when their transaction was ended and another is rolled back") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const bool by_hand = GENERATE(true, false);
  std::optional<Transaction> tx(std::in_place, owners.db.sql, owners.shop.files);
  const Attachment made = tx->create(picture("coffee.png"));
  owners.insert(1, made);
  owners.db.sql.commit();  // Which is not the caller's to do.
  owners.db.sql.begin();
  if (by_hand) {
    tx->rollback();
  } else {
    tx.reset();
  }
  CHECK(owners.stored(1) == made);
  owners.shop.clock->advance(std::chrono::hours(25));
  CHECK(owners.has_just({made}));
}

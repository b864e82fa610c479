#include "affix/soci/session_state.hpp"
#include "catch.hpp"
#include "reaping.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;

TEST_CASE("purge_now removes at once what a commit gave up, and leaves the rest alone") {
  Users users;
  const Attachment given_up = users.add(1);
  const Attachment live = users.add(2);
  const Attachment waiting = users.add(3);
  const std::string pending = abandon(users);
  give_up(users, 1);
  give_up(users, 3);
  const std::vector<std::string> ids{given_up.id, live.id, pending, "no id at all"};
  CHECK(purge_now(users.sql, users.shop.files, ids) == 1);
  CHECK(state_of(users, given_up.id) == "dead");
  CHECK(state_of(users, live.id) == "live");
  CHECK_FALSE(users.shop.stored().contains(given_up.path));
  CHECK(users.shop.stored().contains(live.path));
  CHECK(users.shop.stored().contains(waiting.path));
  CHECK(users.shop.stored().size() == 5);
  CHECK(purge_now(users.sql, users.shop.files, ids) == 0);
}

TEST_CASE("what a disk has refused to purge_now is removed by the next call") {
  const auto observer = std::make_shared<Troubles>();
  Users users(Backing::memory, observer);
  const Attachment avatar = users.add(1);
  give_up(users, 1);
  const std::vector<std::string> ids{avatar.id};
  // With each n a later operation fails: of the checks, which throw, then of the removal.
  for (int n = 1; observer->ids.empty(); ++n) {
    users.shop.disk->fail_at(n);
    std::size_t purged = 0;
    const auto error = error_of([&] { purged = purge_now(users.sql, users.shop.files, ids); });
    CHECK(purged == 0);
    REQUIRE(error.has_value() == observer->ids.empty());
  }
  users.shop.disk->fail_at(0);
  CHECK(purge_now(users.sql, users.shop.files, ids) == 1);
  CHECK(users.shop.stored().empty());
}

TEST_CASE("purge_now leaves what a transaction has not given up for good") {
  Users users;
  const Attachment avatar = users.add(1);
  soci::session other;
  users.connect(other);
  Transaction tx(other, users.shop.files);
  tx.clear(user_avatar, 1);
  CHECK(purge_now(users.sql, users.shop.files, std::vector{avatar.id}) == 0);
  tx.rollback();
  CHECK(purge_now(users.sql, users.shop.files, std::vector{avatar.id}) == 0);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("purge_now waits for others, longer than the reaper does, and says when it was in vain") {
  Users users;
  const Attachment avatar = users.add(1);
  give_up(users, 1);
  soci::session other;
  users.connect(other);
  other << "begin immediate";
  const std::vector<std::string> ids{avatar.id};
  const auto start = std::chrono::steady_clock::now();
  const auto error = error_of([&] { purge_now(users.sql, users.shop.files, ids); });
  const auto waited = std::chrono::steady_clock::now() - start;
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK_THAT(std::string(error->cause()), Catch::StartsWith("lock_timeout: "));
  CHECK(waited >= 1500ms);
  CHECK(users.shop.stored().contains(avatar.path));
  other << "rollback";
  CHECK(purge_now(users.sql, users.shop.files, ids) == 1);
  CHECK(users.shop.is_empty());
}

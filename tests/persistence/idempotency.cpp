#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

CreateOptions keyed(const std::string& key) { return {.idempotency_key = key}; }

/// The id that is in the way of an upload with this key.
std::string taken_by(Transaction& tx, const std::string& key) {
  const auto error =
      error_of([&] { static_cast<void>(tx.create(picture("coffee.png"), keyed(key))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::exists);
  return error->where().attachment;
}

}  // namespace

TEST_CASE("a key that an attachment has is taken, and names it") {
  Users users;
  users.insert(2, std::nullopt);
  Transaction tx(users.sql, users.shop.files);
  const Attachment first = tx.create(picture("coffee.png"), keyed("request 1"));
  users.insert(1, first);
  CHECK(taken_by(tx, "request 1") == first.id);
  tx.commit();
  CHECK(taken_by(tx, "request 1") == first.id);
  CHECK_FALSE(tx.is_open());
  const auto error =
      error_of([&] { tx.replace(user_avatar, 2, picture("coffee.png"), keyed("request 1")); });
  REQUIRE(error);
  CHECK(error->code() == Errc::exists);
  CHECK(error->where().attachment == first.id);
  CHECK_NOTHROW(tx.replace(user_avatar, 2, picture("coffee.png"), keyed("request 2")));
  tx.commit();
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("the key of an attachment that was given up, or never committed, is free again") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  static_cast<void>(tx.create(picture("coffee.png"), keyed("request")));
  tx.rollback();
  const Attachment second = tx.create(picture("coffee.png"), keyed("request"));
  users.insert(1, second);
  tx.commit();
  tx.clear(user_avatar, 1);
  tx.commit();
  CHECK_NOTHROW(static_cast<void>(tx.create(picture("coffee.png"), keyed("request"))));
}

TEST_CASE("of two pending attachments with one key the second is refused, and its files go") {
  Users users;
  PendingAttachment one = users.shop.files.create(picture("coffee.png"), keyed("request"));
  PendingAttachment other = users.shop.files.create(picture("coffee.png"), keyed("request"));
  const std::string id = one.id();
  Transaction tx(users.sql, users.shop.files);
  users.insert(1, tx.adopt(std::move(one)));
  const auto error = error_of([&] { static_cast<void>(tx.adopt(std::move(other))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::exists);
  CHECK(error->where().attachment == id);
  tx.commit();
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a key has at most 120 bytes, belongs to one attachment and needs the ledger") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  const auto create = [&](const std::string& key) {
    return code_of([&] { static_cast<void>(tx.create(picture("coffee.png"), keyed(key))); });
  };
  CHECK(create(std::string(120, 'k')) == std::nullopt);
  CHECK(create(std::string(121, 'k')) == Errc::invalid_argument);
  CHECK(code_of([&] { static_cast<void>(tx.create_all({}, keyed("many"))); }) ==
        Errc::invalid_argument);
  Users without(Backing::memory, nullptr, nullptr, {.mode = LedgerOptions::Mode::off});
  Transaction other(without.sql, without.shop.files);
  CHECK(code_of([&] {
          static_cast<void>(other.create(picture("coffee.png"), keyed("request")));
        }) == Errc::invalid_argument);
}

TEST_CASE("several files are announced in one statement, and in the order that they were given") {
  Users users;
  int statements = 0;
  detail::ManagerAccess::core(users.shop.files).around_statement =
      [&](std::string_view name, const std::function<void()>& run) {
        if (name == "ledger.insert") ++statements;
        run();
      };
  std::vector<Source> sources;
  for (int i = 0; i < 20; ++i) {
    sources.push_back(Source::from_memory("text", "file" + std::to_string(i) + ".txt"));
  }
  Transaction tx(users.sql, users.shop.files);
  const std::vector<Attachment> created = tx.create_all(std::move(sources));
  CHECK(statements == 1);
  REQUIRE(created.size() == 20);
  CHECK(created[3].file_name == "file3.txt");
  CHECK(created[19].file_name == "file19.txt");
  CHECK(tx.adopt_all({}).empty());
}

TEST_CASE("of several files either all are there or none") {
  Users users;
  users.add(1);
  const auto before = everything_on(*users.shop.real);
  Transaction tx(users.sql, users.shop.files);
  SECTION("one cannot be stored") {
    std::vector<Source> sources;
    sources.push_back(picture("coffee.png"));
    sources.push_back(Source::from_memory("", "empty.txt"));
    CHECK(code_of([&] { static_cast<void>(tx.create_all(std::move(sources))); }) ==
          Errc::invalid_content);
    CHECK_FALSE(tx.is_open());
  }
  SECTION("one has waited too long") {
    std::vector<PendingAttachment> pending;
    pending.push_back(users.shop.files.create(picture("coffee.png")));
    users.shop.clock->advance(std::chrono::hours(25));
    pending.push_back(users.shop.files.create(picture("chelsea.png")));
    CHECK(code_of([&] { static_cast<void>(tx.adopt_all(std::move(pending))); }) == Errc::gone);
  }
  SECTION("the database refuses them") {
    detail::ManagerAccess::core(users.shop.files).around_statement =
        [](std::string_view name, const std::function<void()>& run) {
          run();
          if (name == "ledger.insert") throw std::runtime_error("the answer is lost");
        };
    std::vector<Source> sources;
    sources.push_back(picture("coffee.png"));
    sources.push_back(picture("chelsea.png"));
    CHECK(code_of([&] { static_cast<void>(tx.create_all(std::move(sources))); }) == Errc::database);
    CHECK(code_of([&] { tx.commit(); }) == Errc::invalid_state);
    tx.rollback();
  }
  CHECK(everything_on(*users.shop.real) == before);
}

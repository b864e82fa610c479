#include <barrier>
#include <future>

#include "catch.hpp"
#include "owners.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

// Requests that are sent twice: two sessions that store a file under the same key.

namespace {

/// Whether the sessions are inside of their transactions when they look for the key.
enum class Begun { by_create, before };

/// How one of two came out.
struct Outcome {
  std::optional<Attachment> stored;
  std::optional<Error> error;  ///< Nothing: it has committed.
};

/// Two sessions, each with a row of its own, that store a file under one key at the same time.
class Requests {
 public:
  Requests(const Target& target, Begun begun)
      : owners(target),
        begun_(begun),
        one_after_the_other_(begun == Begun::before && target.engine == Engine::sqlite) {
    owners.db.connect(other_);
    if (target.engine != Engine::sqlite) return;
    for (soci::session* sql : {&owners.db.sql, &other_}) *sql << "pragma busy_timeout = 20000";
  }

  std::pair<Outcome, Outcome> send(const std::string& key) {
    std::barrier<> both(2);
    auto second = std::async(std::launch::async, [&] { return create(other_, 2, key, both); });
    Outcome first = create(owners.db.sql, 1, key, both);
    return {first, second.get()};
  }

  Owners owners;

 private:
  Outcome create(soci::session& sql, int id, const std::string& key, std::barrier<>& both) {
    Outcome outcome;
    Transaction tx(sql, owners.shop.files);
    bool waited = false;
    const auto wait = [&] {
      waited = true;
      both.arrive_and_wait();
    };
    // When the source is opened, the key has been looked for.
    const auto open = [&] {
      if (!waited) wait();
      return make_memory_reader("What the request brings.");
    };
    outcome.error = error_of([&] {
      if (one_after_the_other_) wait();
      if (begun_ == Begun::before) tx.begin();
      const Attachment created =
          tx.create(Source::from_reader(open, "note.txt"), {.idempotency_key = key});
      sql << "insert into " + owners.table + "(id, doc) values(:id, :doc)", soci::use(id),
          soci::use(created);
      tx.commit();
      outcome.stored = created;
    });
    if (!waited) both.arrive_and_drop();
    return outcome;
  }

  soci::session other_;
  Begun begun_;
  bool one_after_the_other_;  ///< Where a transaction locks everything.
};

}  // namespace

TEST_CASE("of two sessions that store a file under one key at once one does, on every database") {
  const Target target = GENERATE(from_range(targets()));
  const Begun begun = GENERATE(Begun::by_create, Begun::before);
  CAPTURE(target, begun == Begun::before);
  Requests requests(target, begun);
  Owners& owners = requests.owners;
  const int rounds_to_run = target.name == "odbc-sqlite" ? 3 : rounds(6, 500);
  for (int round = 0; round < rounds_to_run; ++round) {
    const std::string key = "request " + std::to_string(round);
    const auto [first, second] = requests.send(key);
    INFO((first.error ? first.error->what() : "the first has stored it"));
    INFO((second.error ? second.error->what() : "the second has stored it"));
    REQUIRE(first.stored.has_value() != second.stored.has_value());
    const Attachment& stored = first.stored ? *first.stored : *second.stored;
    const Error& refused = first.stored ? *second.error : *first.error;
    if (refused.code() == Errc::exists) {
      REQUIRE(refused.where().attachment == stored.id);
    } else {
      REQUIRE(refused.code() == Errc::conflict);
    }
    Transaction tx(owners.db.sql, owners.shop.files);
    const auto again = error_of(
        [&] { static_cast<void>(tx.create(picture("coffee.png"), {.idempotency_key = key})); });
    REQUIRE(again);
    REQUIRE(again->code() == Errc::exists);
    REQUIRE(again->where().attachment == stored.id);
    owners.shop.clock->advance(std::chrono::hours(25));
    REQUIRE(owners.has_just({stored}));
    tx.clear(owners.field, first.stored ? 1 : 2);
    owners.db.sql << "delete from " + owners.table;
    tx.commit();
  }
  CHECK(owners.has_just({}));
}

TEST_CASE("of many files of which one has a key that is taken none is announced") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const auto pending = [&](const std::string& key) {
    return owners.shop.files.create(Source::from_memory("text", "a.txt"), {.idempotency_key = key});
  };
  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment first = tx.adopt(pending("taken"));
  owners.insert(1, first);
  tx.commit();
  std::vector<PendingAttachment> many;
  for (int i = 0; i < 59; ++i) many.push_back(pending("key " + std::to_string(i)));
  owners.shop.clock->advance(std::chrono::seconds(1));  // The last in the order of ids.
  many.push_back(pending("taken"));
  const auto error = error_of([&] { static_cast<void>(tx.adopt_all(std::move(many))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::exists);
  CHECK(error->where().attachment == first.id);
  owners.insert(2, std::nullopt);  // The transaction goes on.
  tx.commit();
  CHECK(owners.db.number("select count(*) from " + owners.ledger.table) == 1);
  CHECK(owners.has_just({first}));
}

TEST_CASE("two files of one call cannot have the same key") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  std::vector<PendingAttachment> two;
  for (int i = 0; i < 2; ++i) {
    two.push_back(owners.shop.files.create(picture("coffee.png"), {.idempotency_key = "one"}));
  }
  Transaction tx(owners.db.sql, owners.shop.files);
  CHECK(code_of([&] { static_cast<void>(tx.adopt_all(std::move(two))); }) ==
        Errc::invalid_argument);
  tx.rollback();
  CHECK(owners.has_just({}));
}

TEST_CASE("a writer that comes after the reaper is told so, on every database") {
  for (const Target& target : targets()) {
    for (const char* key : {"", "a key"}) {
      CAPTURE(target, key);
      Owners owners(target);
      std::vector<PendingAttachment> pending;
      for (int i = 0; i < 3; ++i) {
        CreateOptions options;
        if (i == 1) options.idempotency_key = key;
        pending.push_back(owners.shop.files.create(picture("coffee.png"), options));
      }
      // What the reaper leaves behind for an upload that nobody wanted.
      owners.db.run("insert into " + owners.db.dialect().identifier(owners.ledger.table) +
                    " (id, state, disk, prefix, size, changed_at) values ('" + pending[1].id() +
                    "', 'dead', 'local', 'attachments', 0, 0)");
      Transaction tx(owners.db.sql, owners.shop.files);
      const auto error = error_of([&] { static_cast<void>(tx.adopt_all(std::move(pending))); });
      REQUIRE(error);
      CHECK(error->code() == Errc::gone);
      tx.rollback();
      CHECK(owners.shop.stored().empty());
    }
  }
}

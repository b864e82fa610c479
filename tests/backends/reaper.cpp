#include "affix/persistence/reaper.hpp"

#include <thread>

#include "catch.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;

TEST_CASE("the reaper settles, expires, purges, restores and forgets on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment kept = owners.add(1);
  const Attachment unused = owners.add(2);
  const Attachment copied = owners.add(3);
  static_cast<void>(owners.shop.files.create(picture("coffee.png")));
  owners.shop.clock->advance(25h);
  Transaction tx(owners.db.sql, owners.shop.files);
  tx.clear(owners.field, 2);
  tx.remove(copied);  // Although a row has it still.
  tx.commit();
  ReapOptions options{.purge_delay = {}, .fields = {owners.field}};
  CHECK(reap(owners.db.sql, owners.shop.files, options) ==
        ReapResult{.settled = 3, .expired = 1, .purged = 1, .restored = 1});
  CHECK_FALSE(in_transaction(owners.db.sql));
  options.tombstone_ttl = {};
  CHECK(reap(owners.db.sql, owners.shop.files, options) == ReapResult{.forgotten = 2});
  CHECK(owners.has_just({kept, copied}));
}

TEST_CASE("the reaper leaves the upload of a transaction that is not over") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.engine == Engine::firebird) return;  // It would wait for as long as it takes.
  Owners owners(target);
  soci::session other;
  owners.db.connect(other);
  AttachmentManager impatient({.disks = {{"local", owners.shop.real}},
                               .grace = 1ms,
                               .ledger = owners.ledger,
                               .clock = owners.shop.clock});
  Transaction tx(other, owners.shop.files);
  const Attachment slow = tx.create(picture("coffee.png"));
  owners.shop.clock->advance(1s);
  const auto start = std::chrono::steady_clock::now();
  const ReapResult result = reap(owners.db.sql, impatient, {.purge_delay = {}});
  const auto waited = std::chrono::steady_clock::now() - start;
  CHECK(result.expired == 0);
  CHECK(waited >= 300ms);
  CHECK(waited < 10s);
  CHECK(owners.shop.stored() == std::set<std::string>{slow.path});
  tx.commit();
  CHECK(reap(owners.db.sql, impatient, {.purge_delay = {}}) == ReapResult{.settled = 1});
}

TEST_CASE("reapers at once remove everything, and nothing else, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const Attachment kept = owners.add(1);
  for (int id = 2; id <= 6; ++id) owners.add(id);
  Transaction tx(owners.db.sql, owners.shop.files);
  for (int id = 2; id <= 6; ++id) tx.clear(owners.field, id);
  tx.commit();
  std::vector<std::optional<Error>> errors(2);
  std::vector<std::thread> threads;
  for (auto& error : errors) {
    threads.emplace_back([&] {
      soci::session session;
      owners.db.connect(session);
      error = error_of([&] {
        for (int i = 0; i < 20; ++i) {
          if (!reap(session, owners.shop.files, {.purge_delay = {}}).more) return;
        }
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& error : errors) CHECK((error ? std::string(error->what()) : "") == "");
  CHECK(owners.has_just({kept}));
}

#include "affix/media/media_library.hpp"

#include <atomic>
#include <functional>
#include <iostream>
#include <set>
#include <thread>
#include <utility>

#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

// Records, links and files that many change at once, on every database.

using namespace affix;
using namespace affix::tests;

namespace {

struct VariantCounter : Observer {
  void variant_made(const VariantMadeEvent&) override { ++made; }
  std::atomic<int> made = 0;
};

/// Goes on with a conversion when it may.
class WaitingConverter : public TextConverter {
 public:
  Conversion convert(const ConversionJob& job) const override {
    if (!job.presets.empty()) {
      ++conversions;
      while (!may_go_on()) std::this_thread::yield();
    }
    return TextConverter::convert(job);
  }

  std::function<bool()> may_go_on;
  mutable std::atomic<int> conversions = 0;
};

/// A library over a pool, on one database.
class Shared {
 public:
  explicit Shared(const Target& target,
                  std::shared_ptr<const Converter> converter = std::make_shared<TextConverter>())
      : db(target),
        shop(Backing::memory, variants, std::move(converter), db.ledger()),
        tables{.media = db.new_name("media"),
               .links = db.new_name("links"),
               .positions = db.new_name("places")},
        pool(db.parameters(), {.configure = be_patient}),
        library({.store = make_soci_media_store(pool, {.tables = tables}),
                 .files = shop.files,
                 .collections = {{.name = "cover", .single = true}}}) {
    ensure_schema(db.sql, shop.files);
    ensure_media_schema(db.sql, tables);
  }

  /// Runs a step in a unit of work until it is no conflict any more.
  void committed(const std::function<void(Transaction&)>& step) {
    for (;;) {
      const SessionLease session = pool.lease();
      try {
        Transaction tx(*session, shop.files);
        step(tx);
        return tx.commit();
      } catch (const Error& error) {
        if (error.code() != Errc::conflict) throw;
        std::this_thread::yield();
      }
    }
  }

  /// The same; returns how often it was one. On MySQL gaps between rows are locked, too, unless the
  /// transaction sees what others have committed meanwhile.
  int conflicts_of(const std::function<void(Transaction&)>& step) {
    const Engine engine = db.dialect().engine();
    TransactionOptions options;
    if (engine == Engine::mysql || engine == Engine::mariadb) {
      options.isolation = IsolationLevel::read_committed;
    }
    return conflicts_of(step, options);
  }
  int conflicts_of(const std::function<void(Transaction&)>& step,
                   const TransactionOptions& options) {
    for (int conflicts = 0;; ++conflicts) {
      const SessionLease session = pool.lease();
      try {
        Transaction tx(*session, shop.files, options);
        step(tx);
        tx.commit();
        return conflicts;
      } catch (const Error& error) {
        if (error.code() != Errc::conflict) throw;
      }
    }
  }

  /// Begins, and reads something: some databases show nothing newer from then on.
  void look(Transaction& tx) {
    tx.begin();
    int rows = 0;
    tx.session() << "select count(*) from " + db.dialect().identifier(tables.media),
        soci::into(rows);
  }

  static Source text(const std::string& content) {
    return Source::from_memory(content, content + ".txt");
  }

  /// Whether the disk has the files of just so many attachments, after the reaper.
  bool has_files(std::size_t count) {
    const ReapResult done = reap(db.sql, shop.files, {.purge_delay = {}, .lease = {}});
    return done.failed == 0 && !done.more && shop.stored().size() == count &&
           shop.markers().empty();
  }

  const std::shared_ptr<VariantCounter> variants = std::make_shared<VariantCounter>();
  Database db;
  Workshop shop;
  MediaTables tables;
  SessionPool pool;
  MediaLibrary library;

 private:
  /// SQLite has one writer at a time.
  static void be_patient(soci::session& sql) {
    if (dialect_of(sql).engine() == Engine::sqlite) sql << "pragma busy_timeout = 20000";
  }
};

void at_once(int threads, const std::function<void(int)>& work) {
  std::atomic<int> failed = 0;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&, i] {
      try {
        work(i);
      } catch (...) {
        ++failed;
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(failed == 0);
}

}  // namespace

TEST_CASE("of many who set a single file one stays, with its file alone, on every database") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Shared shared(target);
    const auto cover = shared.library.for_owner("Product", 1).collection("cover");
    at_once(4, [&](int i) {
      shared.committed(
          [&](Transaction& tx) { cover.attach(tx, Shared::text("file " + std::to_string(i))); });
    });
    CHECK(cover.list().size() == 1);
    CHECK(shared.has_files(1));
  }
}

TEST_CASE("of two who detach the last places of a file one removes it, on every database [D17]") {
  for (const Target& target : targets()) {
    for (int round = 0; round < 3; ++round) {
      CAPTURE(target, round);
      Shared shared(target);
      const auto first = shared.library.for_owner("Product", 1).collection("images");
      const auto second = shared.library.for_owner("Page", 1).collection("figures");
      std::vector<std::string> ids;
      shared.committed([&](Transaction& tx) {
        ids = {first.attach(tx, Shared::text("front")).attachment.id};
        second.attach(tx, ids);
      });
      at_once(2, [&](int i) {
        shared.committed([&](Transaction& tx) { (i == 0 ? first : second).detach(tx, ids); });
      });
      CHECK_FALSE(shared.library.find(ids[0]));
      CHECK(shared.library.places(ids[0]).empty());
      CHECK(shared.has_files(0));
    }
  }
}

TEST_CASE("who shares a file that goes gets it or an error, on every database") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Shared shared(target);
    const auto first = shared.library.for_owner("Product", 1).collection("images");
    const auto second = shared.library.for_owner("Page", 1).collection("figures");
    std::vector<std::string> ids;
    shared.committed(
        [&](Transaction& tx) { ids = {first.attach(tx, Shared::text("front")).attachment.id}; });
    at_once(2, [&](int i) {
      shared.committed([&](Transaction& tx) {
        if (i == 0) {
          first.detach(tx, ids);
        } else {
          const auto error = error_of([&] { second.attach(tx, ids); });
          if (error && error->code() != Errc::record_not_found) throw Error(*error);
        }
      });
    });
    const bool is_there = shared.library.find(ids[0]).has_value();
    CHECK(second.list().size() == (is_there ? 1 : 0));
    CHECK(first.list().empty());
    CHECK(shared.has_files(is_there ? 1 : 0));
  }
}

TEST_CASE("who looks at the past does not remove what was shared since, on every database") {
  for (const Target& target : targets()) {
    if (target.engine == Engine::sqlite) continue;  // Its writers wait from the beginning.
    CAPTURE(target);
    Shared shared(target);
    const auto first = shared.library.for_owner("Product", 1).collection("images");
    const auto second = shared.library.for_owner("Page", 1).collection("figures");
    std::vector<std::string> ids;
    shared.committed(
        [&](Transaction& tx) { ids = {first.attach(tx, Shared::text("front")).attachment.id}; });
    {
      const SessionLease session = shared.pool.lease();
      Transaction tx(*session, shared.shop.files);
      shared.look(tx);
      shared.committed([&](Transaction& other) { second.attach(other, ids); });
      const auto error = error_of([&] {
        first.detach(tx, ids);
        tx.commit();
      });
      CHECK((!error || error->code() == Errc::conflict));
      if (error) tx.rollback();
    }
    CHECK(second.list().size() == 1);
    CHECK(shared.has_files(1));
  }
}

TEST_CASE("a single collection stays single for who looks at the past, on every database") {
  for (const Target& target : targets()) {
    if (target.engine == Engine::sqlite) continue;
    CAPTURE(target);
    Shared shared(target);
    const auto cover = shared.library.for_owner("Product", 1).collection("cover");
    {
      const SessionLease session = shared.pool.lease();
      Transaction tx(*session, shared.shop.files);
      shared.look(tx);
      shared.committed([&](Transaction& other) { cover.attach(other, Shared::text("one")); });
      const auto error = error_of([&] {
        cover.attach(tx, Shared::text("two"));
        tx.commit();
      });
      CHECK((!error || error->code() == Errc::conflict));
      if (error) tx.rollback();
    }
    CHECK(cover.list().size() == 1);
    CHECK(shared.has_files(1));
  }
}

TEST_CASE(
    "four who add two variants make each once, and lose none, on every database [nestjs-media 6]") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    const auto converter = std::make_shared<WaitingConverter>();
    Shared shared(target, converter);
    std::string id;
    shared.committed([&](Transaction& tx) {
      id = shared.library.for_owner("Product", 1)
               .collection("images")
               .attach(tx, Shared::text("front"))
               .attachment.id;
    });
    // Each looks at the disk when it knows whether it is the one who makes the variant, and who
    // makes it opens the file. So no file of a variant is there before all four have looked.
    constexpr int looks = 4;
    constexpr int makers = 2;
    shared.shop.disk->fail_at(0);  // Counts from here.
    converter->may_go_on = [&] { return shared.shop.disk->operations() >= looks + makers; };
    at_once(looks, [&](int i) {
      shared.committed([&](Transaction& tx) {
        shared.library.ensure_variant(tx, id, i % 2 == 0 ? "thumb" : "card");
      });
    });
    CHECK(converter->conversions == makers);
    CHECK(shared.library.find(id)->attachment.variants.size() == 2);
    CHECK(shared.variants->made == 2);
    CHECK(shared.has_files(3));
  }
}

TEST_CASE("another order does not change who inherits a shared file, on every database") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Shared shared(target);
    const auto creator = shared.library.for_owner("Product", 1).collection("images");
    const auto first = shared.library.for_owner("Page", 1).collection("figures");
    const auto second = shared.library.for_owner("Page", 2).collection("figures");
    std::vector<std::string> ids;
    shared.committed([&](Transaction& tx) {
      ids = {creator.attach(tx, Shared::text("a")).attachment.id,
             creator.attach(tx, Shared::text("b")).attachment.id};
    });
    for (const auto& page : {first, second}) {
      shared.committed([&](Transaction& tx) { page.attach(tx, ids); });
    }
    const std::vector<std::string> reversed{ids[1], ids[0]};
    shared.committed([&](Transaction& tx) { first.reorder(tx, reversed); });
    shared.committed([&](Transaction& tx) { first.set(tx, ids); });
    shared.committed([&](Transaction& tx) { first.set(tx, reversed); });
    shared.committed([&](Transaction& tx) { creator.clear(tx); });
    for (const std::string& id : ids) CHECK(shared.library.find(id)->place == first.place());
    CHECK(first.list().front().attachment.id == ids[1]);
    CHECK(second.list().front().attachment.id == ids[0]);
    CHECK(shared.has_files(2));
  }
}

TEST_CASE("a clear takes out all that is there when its turn comes, on every database") {
  using Names = std::vector<std::string>;
  // What is there in the end, and how many the clear has taken out: the orders of a clear, of one
  // who attaches `new`, and of one who sets `a` and `b`, where `c` was.
  const std::set<std::pair<Names, std::size_t>> orders{
      {{}, 2}, {{}, 3}, {{"new"}, 2}, {{"a", "b"}, 1}, {{"a", "b"}, 2}, {{"a", "b", "new"}, 1}};
  for (const Target& target : targets()) {
    // That driver fills 100 MiB for each text that it reads: for half a minute.
    if (target.name == "odbc-sqlite" && !is_long()) continue;
    CAPTURE(target);
    Shared shared(target);
    const auto images = shared.library.for_owner("Product", 1).collection("images");
    Names ids;
    shared.committed([&](Transaction& tx) {
      ids.clear();
      for (const char* name : {"a", "b", "c"}) {
        const auto all = shared.library.for_owner("Library", 1).collection("all");
        ids.push_back(all.attach(tx, Shared::text(name)).attachment.id);
      }
    });
    const Names last{ids.back()};
    ids.pop_back();
    const bool is_slow = target.engine == Engine::firebird || target.is_odbc();
    const int turns = is_slow ? 3 : rounds(12, 100);
    std::atomic<int> conflicts = 0;
    for (int turn = 0; turn < turns; ++turn) {
      shared.committed([&](Transaction& tx) { images.set(tx, last); });
      std::size_t cleared = 0;
      std::size_t left = 0;
      at_once(3, [&](int i) {
        const std::vector<std::function<void(Transaction&)>> steps{
            [&](Transaction& tx) {
              cleared = images.clear(tx);
              left = images.list(tx).size();
            },
            [&](Transaction& tx) { images.attach(tx, Shared::text("new")); },
            [&](Transaction& tx) { images.set(tx, ids); }};
        conflicts += shared.conflicts_of(steps[static_cast<std::size_t>(i)], {});
      });
      Names names;
      for (const MediaRecord& record : images.list()) names.push_back(record.attachment.name);
      CAPTURE(names, cleared);
      CHECK(orders.contains({names, cleared}));
      CHECK(left == 0);
    }
    std::cout << target << ": conflicts: " << conflicts << std::endl;
    // They wait for one another before they lock anything else; Firebird's do not wait.
    if (target.engine != Engine::firebird) CHECK(conflicts == 0);
    shared.committed([&](Transaction& tx) { images.clear(tx); });
    CHECK(shared.has_files(3));
  }
}

TEST_CASE("a list of a unit of work has what others have committed by then") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    // SQLite lets nobody else commit meanwhile, and Firebird's transactions see the past.
    if (target.engine == Engine::sqlite || target.engine == Engine::firebird) continue;
    Shared shared(target);
    const OwnerCollection images = shared.library.for_owner("Product", 1).collection("images");
    const SessionLease session = shared.pool.lease();
    Transaction tx(*session, shared.shop.files);
    shared.look(tx);
    shared.committed([&](Transaction& other) { images.attach(other, Shared::text("theirs")); });
    CHECK(images.list(tx).size() == 1);
  }
}

TEST_CASE("two who change the same records in opposite orders wait for each other") {
  for (const Target& target : targets()) {
    if (target.is_odbc()) continue;  // The same databases, through drivers that read slowly.
    CAPTURE(target);
    Shared shared(target);
    const auto place = [&](int i, const char* collection) {
      return shared.library.for_owner("Product", i).collection(collection);
    };
    std::vector<std::string> ids;
    shared.committed([&](Transaction& tx) {
      for (const char* name : {"a", "b"}) {
        ids.push_back(place(0, "images").attach(tx, Shared::text(name)).attachment.id);
      }
      place(1, "images").attach(tx, ids);
    });
    std::atomic<int> conflicts = 0;
    at_once(2, [&](int i) {
      const int turns = target.engine == Engine::firebird ? 2 : rounds(12, 200);
      for (int round = 0; round < turns; ++round) {
        const bool turned = (i + round) % 2 == 1;
        const std::vector<std::string> order{ids[turned ? 1 : 0], ids[turned ? 0 : 1]};
        const std::vector<std::string> first{order[0]};
        const std::vector<std::function<void(Transaction&)>> steps{
            [&](Transaction& tx) { place(i, "images").set(tx, order); },
            [&](Transaction& tx) { place(i, "images").reorder(tx, order); },
            [&](Transaction& tx) { place(i, "cover").attach(tx, first); },  // Pushes one out.
            [&](Transaction& tx) { place(i, "cover").set(tx, {}); },
            [&](Transaction& tx) { place(i, "figures").attach(tx, order); },
            [&](Transaction& tx) {
              shared.library.remove_owners(tx, "Product", std::vector<RowKey>{i + 2});
              shared.library.update(tx, first[0], [](MediaRecord&) {});
            },
            [&](Transaction& tx) { place(i, "figures").detach(tx, order); },
            [&](Transaction& tx) { place(i + 2, "images").attach(tx, order); }};
        for (const auto& step : steps) conflicts += shared.conflicts_of(step);
      }
    });
    std::cout << target << ": conflicts: " << conflicts << std::endl;
    // MySQL locks what it reads on its way to a row, too: in a table as small as this one, all.
    const bool has_row_locks_alone =
        target.engine == Engine::sqlite || target.engine == Engine::postgresql;
    if (has_row_locks_alone) CHECK(conflicts == 0);
    for (const int i : {0, 1}) CHECK(place(i, "images").list().size() == 2);
    for (const std::string& id : ids) CHECK(shared.library.find(id).has_value());
    CHECK(shared.has_files(2));
  }
}

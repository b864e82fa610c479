#include <atomic>
#include <barrier>
#include <future>

#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "persistence/row_access.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "users.hpp"

// Variants of what a row has already: who makes them when many ask, and what becomes of the files
// of those that no row names.

using namespace affix;
using namespace affix::tests;

namespace {

struct Counter : Observer {
  void variant_made(const VariantMadeEvent&) override { ++made; }
  void cleanup_failed(const CleanupFailedEvent&) override { ++failed; }
  std::atomic<int> made = 0;
  std::atomic<int> failed = 0;
};

/// Is told when a conversion has begun, and goes on with it when it may.
class SlowConverter : public TextConverter {
 public:
  Conversion convert(const ConversionJob& job) const override {
    if (slow && !job.presets.empty()) {
      begun.set_value();
      go_on.get_future().wait();
      if (fails) throw Error(Errc::conversion_failed, "A fault that was asked for");
    }
    return TextConverter::convert(job);
  }

  std::atomic<bool> slow = false;
  std::atomic<bool> fails = false;
  mutable std::promise<void> begun;
  mutable std::promise<void> go_on;
};

/// A row with a text, and a second session beside the first.
class Texts {
 public:
  explicit Texts(std::shared_ptr<const Converter> converter = std::make_shared<TextConverter>())
      : users(Backing::memory, counter, std::move(converter)) {
    users.connect(other);
    for (soci::session* session : {&users.sql, &other}) *session << "pragma busy_timeout = 20000";
    users.shop.clock->advance(system_clock()->now() - users.shop.clock->now());
    Transaction tx(users.sql, users.shop.files);
    first = tx.create(Source::from_memory("A text.", "note.txt"));
    users.insert(1, first);
    tx.commit();
    const std::string slot = detail::slot_of(user_avatar, 1);  // As a replace leaves it.
    users.sql << "update affix_ledger set slot = :slot", soci::use(slot);
  }

  Attachment make(soci::session& sql, const std::string& name) {
    Transaction tx(sql, users.shop.files);
    Attachment made = tx.ensure_variants(user_avatar, 1, {name});
    tx.commit();
    return made;
  }

  std::string folder() const { return std::string(Key::parse(first.path).parent()) + "/variants/"; }
  /// A file that no row names.
  std::string leave(const std::string& name) {
    const std::string key = folder() + name;
    users.shop.real->put(Key::parse(key), *make_memory_reader("Left."));
    return key;
  }
  bool has(const std::string& key) { return users.shop.stored().contains(key); }
  void wait_for_the_grace() { users.shop.clock->advance(std::chrono::hours(25)); }

  const std::shared_ptr<Counter> counter = std::make_shared<Counter>();
  Users users;
  soci::session other;
  Attachment first;
};

/// Calls `step` before the next transaction begins: the files are there, the row is not locked.
void before_the_lock(Texts& texts, std::function<void()> step) {
  detail::ManagerAccess::core(texts.users.shop.files).around_statement =
      [step = std::move(step), once = false](std::string_view name, const auto& run) mutable {
        if (name == "transaction.begin" && !std::exchange(once, true)) step();
        run();
      };
}

}  // namespace

TEST_CASE("of many who ask for a variant at once one makes it, and all get it [A17]") {
  Texts texts;
  constexpr int callers = 8;
  for (const std::string name : {"thumb", "card"}) {
    std::barrier all(callers);
    std::vector<std::future<Attachment>> running;
    for (int i = 0; i < callers; ++i) {
      running.push_back(std::async(std::launch::async, [&] {
        soci::session sql;
        texts.users.connect(sql);
        sql << "pragma busy_timeout = 20000";
        all.arrive_and_wait();
        return texts.make(sql, name);
      }));
    }
    for (auto& one : running) {
      const Variant variant = one.get().variants.at(name);
      CHECK(variant == texts.users.avatar(1)->variants.at(name));
    }
  }
  CHECK(texts.counter->made == 2);
}

TEST_CASE("who asks for a variant while it is made waits for it, and learns if it fails") {
  const bool fails = GENERATE(false, true);
  const auto converter = std::make_shared<SlowConverter>();
  Texts texts(converter);
  converter->slow = true;
  converter->fails = fails;
  auto begun = converter->begun.get_future();
  const auto make = [&](soci::session& sql, const std::string& name) {
    return std::async(std::launch::async,
                      [&texts, &sql, name] { return error_of([&] { texts.make(sql, name); }); });
  };
  auto leader = make(texts.users.sql, "thumb");
  begun.wait();
  converter->slow = false;  // Whoever converts now would be the second one.
  auto follower = make(texts.other, "thumb");
  const Attachment card = [&] {
    soci::session third;
    texts.users.connect(third);
    return texts.make(third, "card");  // Another one need not wait.
  }();
  CHECK(card.variants.size() == 1);
  converter->go_on.set_value();
  const auto first = leader.get();
  CHECK((first && first->code() == Errc::conversion_failed) == fails);
  CHECK_FALSE(follower.get());  // What has failed for somebody else it makes itself.
  CHECK(texts.counter->made == 2);
  CHECK(texts.make(texts.users.sql, "thumb").variants.size() == 2);
}

TEST_CASE("who waits for a variant is not told what another preset of its maker has") {
  const auto converter = std::make_shared<SlowConverter>();
  Texts texts(converter);
  converter->slow = true;
  converter->fails = true;
  auto begun = converter->begun.get_future();
  auto leader = std::async(std::launch::async, [&] {
    return error_of([&] {
      Transaction tx(texts.users.sql, texts.users.shop.files);
      tx.ensure_variants(user_avatar, 1, {"thumb", "card"});
      tx.commit();
    });
  });
  begun.wait();
  converter->slow = false;
  auto follower = std::async(std::launch::async,
                             [&] { return error_of([&] { texts.make(texts.other, "thumb"); }); });
  converter->go_on.set_value();
  const auto error = leader.get();
  REQUIRE(error);
  CHECK(error->code() == Errc::conversion_failed);
  CHECK_FALSE(follower.get());
  CHECK(texts.users.avatar(1)->variants.contains("thumb"));
}

TEST_CASE("an observer of a new variant may ask for another one of the same attachment") {
  struct Asking : Observer {
    void variant_made(const VariantMadeEvent&) override {
      if (ask) std::exchange(ask, nullptr)();
    }
    std::function<void()> ask;
  };
  const auto asking = std::make_shared<Asking>();
  Users users(Backing::memory, asking, std::make_shared<TextConverter>());
  users.sql << "pragma busy_timeout = 20000";
  Transaction first(users.sql, users.shop.files);
  users.insert(1, first.create(Source::from_memory("A text.", "note.txt")));
  first.commit();
  asking->ask = [&] {
    soci::session own;
    users.connect(own);
    own << "pragma busy_timeout = 20000";
    Transaction tx(own, users.shop.files);
    CHECK(tx.ensure_variants(user_avatar, 1, {"card"}).variants.contains("card"));
    tx.commit();
  };
  Transaction tx(users.sql, users.shop.files);
  CHECK(tx.ensure_variants(user_avatar, 1, {"thumb", "card"}).variants.size() == 2);
  tx.commit();
  CHECK_FALSE(asking->ask);
}

TEST_CASE("a variant that somebody has published without telling a row is taken as it is") {
  Texts texts;
  {
    Transaction tx(texts.users.sql, texts.users.shop.files);
    tx.ensure_variants(user_avatar, 1, {"thumb"});
    tx.rollback();
  }
  REQUIRE(texts.counter->made == 1);
  REQUIRE(texts.users.avatar(1)->variants.empty());
  AttachmentManager another({.disks = texts.users.shop.files.disks(),
                             .converter = std::make_shared<TextConverter>(),
                             .presets = {{.name = "thumb", .width = 200, .height = 200}},
                             .observer = texts.counter});
  Transaction tx(texts.other, another);
  const Variant taken = tx.ensure_variants(user_avatar, 1, {"thumb"}).variants.at("thumb");
  tx.commit();
  CHECK(texts.counter->made == 1);
  CHECK(taken.mime_type == "text/plain");
  CHECK(read_all(*another.open(*texts.users.avatar(1), "thumb")) == "thumb of A text.");
  CHECK(taken.size == 16);
  CHECK(taken.checksum == checksum(as_bytes("thumb of A text.")));
}

TEST_CASE("old files that no row names go when a variant is made") {
  Texts texts;
  const Attachment thumbed = texts.make(texts.users.sql, "thumb");
  const std::string old = texts.leave("thumb-00000000.txt");
  const std::string other = texts.leave("gone-11111111.txt");
  texts.make(texts.users.sql, "card");
  CHECK(texts.has(old));  // Somebody may be about to give it to the row.

  texts.users.shop.clock->advance(std::chrono::hours(25));
  AttachmentManager changed({.disks = texts.users.shop.files.disks(),
                             .converter = std::make_shared<TextConverter>(),
                             .presets = {{.name = "thumb", .width = 100}},
                             .clock = texts.users.shop.clock});
  Transaction tx(texts.users.sql, changed);
  const Attachment now = tx.ensure_variants(user_avatar, 1, {"thumb"});
  tx.commit();
  CHECK_FALSE(texts.has(old));
  CHECK_FALSE(texts.has(other));
  CHECK(texts.has(thumbed.variants.at("thumb").path));  // The row named it when this began.
  CHECK(texts.has(now.variants.at("thumb").path));
  CHECK(texts.has(now.variants.at("card").path));
  CHECK(texts.counter->failed == 0);
}

TEST_CASE("an old file that becomes a variant stays, and so do those that a row has by now") {
  Texts texts;
  std::string card;
  {
    Transaction tx(texts.users.sql, texts.users.shop.files);
    card = tx.ensure_variants(user_avatar, 1, {"card"}).variants.at("card").path;
    tx.rollback();
  }
  texts.wait_for_the_grace();
  SECTION("because this call gives it to the row") {
    CHECK(texts.make(texts.users.sql, "card").variants.at("card").path == card);
  }
  SECTION("because another call does so at the same time") {
    before_the_lock(texts, [&] {
      texts.users.shop.clock->advance(-std::chrono::hours(25));  // `thumb` is there, and new.
      texts.make(texts.other, "card");
    });
    CHECK(texts.make(texts.users.sql, "thumb").variants.size() == 2);
  }
  CHECK(texts.has(card));
  CHECK(texts.users.avatar(1)->variants.at("card").path == card);
}

TEST_CASE("old files stay where it is not certain that they are nobody's") {
  Texts texts;
  const std::string old = texts.leave("gone-11111111.txt");
  texts.wait_for_the_grace();
  SECTION("in a transaction that was begun before") {
    Transaction tx(texts.users.sql, texts.users.shop.files);
    tx.begin();
    tx.ensure_variants(user_avatar, 1, {"card"});
    tx.commit();
    CHECK(texts.counter->failed == 0);
  }
  SECTION("in a database that is a copy") {
    texts.users.sql << "update affix_meta set token = 'another'";
    CHECK(texts.make(texts.users.sql, "card").variants.size() == 1);
    CHECK(texts.counter->failed == 1);
  }
  SECTION("of an attachment that another place has") {
    texts.users.sql << "update affix_ledger set slot = 'another'";
    texts.make(texts.users.sql, "card");
  }
  SECTION("of an attachment whose place the ledger does not know: a second row may have it") {
    texts.users.sql << "update affix_ledger set slot = null";
    texts.make(texts.users.sql, "card");
  }
  SECTION("in another place than the ledger knows") {
    texts.users.sql << "update affix_ledger set prefix = 'attachments/elsewhere'";
    texts.make(texts.users.sql, "card");
  }
  CHECK(texts.has(old));
}

TEST_CASE("a new variant whose file was removed as an old one is a conflict") {
  Texts texts;
  before_the_lock(texts, [&] {
    for (const std::string& key : texts.users.shop.stored()) {
      if (key.starts_with(texts.folder())) texts.users.shop.real->remove(Key::parse(key));
    }
  });
  const auto error = error_of([&] { texts.make(texts.users.sql, "card"); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(error->where().variant == "card");
  CHECK(texts.make(texts.users.sql, "card").variants.size() == 1);
}

TEST_CASE("a variant of what was replaced meanwhile goes with it") {
  Texts texts;
  const auto replace_it = [&] {
    Transaction tx(texts.other, texts.users.shop.files);
    tx.replace(user_avatar, 1, Source::from_memory("Another.", "note.txt"));
    tx.commit();
  };
  const auto variants_left = [&] {
    return std::ranges::count_if(texts.users.shop.stored(), [&](const std::string& key) {
      return key.starts_with(texts.folder());
    });
  };
  SECTION("with the next pass of the reaper") {
    before_the_lock(texts, replace_it);
    CHECK(code_of([&] { texts.make(texts.users.sql, "card"); }) == Errc::conflict);
    CHECK(variants_left() == 1);
    reap(texts.users.sql, texts.users.shop.files, {.purge_delay = {}, .lease = {}});
  }
  SECTION("at once, when the reaper has been there") {
    before_the_lock(texts, [&] {
      replace_it();
      reap(texts.other, texts.users.shop.files, {.purge_delay = {}, .lease = {}});
    });
    CHECK(code_of([&] { texts.make(texts.users.sql, "card"); }) == Errc::conflict);
  }
  CHECK(variants_left() == 0);
}

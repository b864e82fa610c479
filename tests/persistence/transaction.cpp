#include "affix/persistence/transaction.hpp"

#include <atomic>
#include <thread>

#include "catch.hpp"
#include "sql_faults.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;

TEST_CASE("a created attachment is there with its row after the commit") {
  Users users(GENERATE(Backing::memory, Backing::local));
  Transaction tx(users.sql, users.shop.files);
  CHECK_FALSE(tx.is_open());
  const Attachment avatar = tx.create(picture("coffee.png"), {.variants = {"thumb"}});
  CHECK(tx.is_open());
  users.insert(1, avatar);
  tx.commit();
  CHECK_FALSE(tx.is_open());
  CHECK(users.avatar(1) == avatar);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.markers().empty());
}

TEST_CASE("without the commit neither the row nor the files are there") {
  Users users(GENERATE(Backing::memory, Backing::local));
  SECTION("rolled back") {
    Transaction tx(users.sql, users.shop.files);
    users.insert(1, tx.create(picture("coffee.png"), {.variants = {"thumb"}}));
    tx.rollback();
  }
  SECTION("left by an exception") {
    try {
      Transaction tx(users.sql, users.shop.files);
      users.insert(1, tx.create(picture("coffee.png"), {.variants = {"thumb"}}));
      throw std::runtime_error("something else went wrong");
    } catch (const std::runtime_error&) {
    }
  }
  CHECK(users.count() == 0);
  users.reap_all();
  CHECK(users.shop.is_empty());
}

TEST_CASE("the old files of a replaced attachment go after the commit, not before") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment old_avatar = users.add(1);
  Transaction tx(users.sql, users.shop.files);
  const Attachment avatar = tx.replace(user_avatar, 1, picture("chelsea.png"));
  CHECK(avatar.variants.contains("thumb"));
  CHECK(users.shop.real->exists(Key::parse(old_avatar.path)));
  tx.commit();
  CHECK(users.avatar(1) == avatar);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.stored().size() == 2);
  CHECK(users.shop.markers().empty());
}

TEST_CASE("a replace that is rolled back leaves the old row and files as they were [B10]") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment old_avatar = users.add(1);
  const auto before = everything_on(*users.shop.real);
  {
    Transaction tx(users.sql, users.shop.files);
    tx.replace(user_avatar, 1, picture("chelsea.png"));
  }
  CHECK(users.avatar(1) == old_avatar);
  CHECK(everything_on(*users.shop.real) == before);
}

TEST_CASE("a row without an avatar gets its first one by replace") {
  Users users;
  users.insert(1, std::nullopt);
  Transaction tx(users.sql, users.shop.files);
  const Attachment avatar = tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.commit();
  CHECK(users.avatar(1) == avatar);
}

TEST_CASE("clear sets the column to NULL and removes the files after the commit") {
  Users users(GENERATE(Backing::memory, Backing::local));
  users.add(1);
  Transaction tx(users.sql, users.shop.files);
  tx.clear(user_avatar, 1);
  CHECK_FALSE(users.shop.stored().empty());
  tx.commit();
  CHECK(users.avatar(1) == std::nullopt);
  users.reap_all();
  CHECK(users.shop.is_empty());
  tx.clear(user_avatar, 1);  // Nothing to do any more.
  CHECK_FALSE(tx.is_open());
}

TEST_CASE("a deleted row takes its files along, also with a list") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment first = users.add(1);
  const Attachment second = users.add(2, "chelsea.png");
  {
    Transaction tx(users.sql, users.shop.files);
    tx.remove(users.avatar(1));
    tx.remove(std::optional<Attachment>());
    users.sql << "delete from users where id = 1";
    tx.commit();
  }
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  {
    Transaction tx(users.sql, users.shop.files);
    tx.remove(AttachmentList{{second}});
    users.sql << "delete from users";
    tx.commit();
  }
  users.reap_all();
  CHECK(users.shop.is_empty());
}

TEST_CASE("a removal that is rolled back removes nothing") {
  Users users;
  users.add(1);
  const auto before = everything_on(*users.shop.real);
  {
    Transaction tx(users.sql, users.shop.files);
    tx.remove(users.avatar(1));
    users.sql << "delete from users where id = 1";
  }
  CHECK(users.count() == 1);
  CHECK(everything_on(*users.shop.real) == before);
}

TEST_CASE("an attachment that is created and removed in one transaction is gone after it") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  tx.remove(tx.create(picture("coffee.png")));
  SECTION("committed") { tx.commit(); }
  SECTION("rolled back") { tx.rollback(); }
  users.reap_all();
  CHECK(users.shop.is_empty());
}

TEST_CASE("several changes belong to one transaction, which can be used again") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  users.insert(1, tx.create(picture("coffee.png")));
  users.insert(2, tx.create(picture("chelsea.png")));
  tx.replace(user_avatar, 1, picture("hubble_deep_field.jpg"));
  tx.commit();
  CHECK(users.avatar(1)->file_name == "hubble_deep_field.jpg");
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  tx.clear(user_avatar, 2);
  tx.commit();
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  tx.commit();  // Nothing was begun.
}

TEST_CASE("a pending attachment is adopted, or too old") {
  Users users;
  PendingAttachment fresh = users.shop.files.create(picture("coffee.png"));
  PendingAttachment old = users.shop.files.create(picture("chelsea.png"));
  Transaction tx(users.sql, users.shop.files);
  users.insert(1, tx.adopt(std::move(fresh)));
  users.shop.clock->advance(25h);
  const auto error = error_of([&] { static_cast<void>(tx.adopt(std::move(old))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::gone);
  tx.commit();
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a pending attachment is adopted only once") {
  Users users;
  PendingAttachment pending = users.shop.files.create(picture("coffee.png"));
  Transaction tx(users.sql, users.shop.files);
  users.insert(1, tx.adopt(std::move(pending)));
  CHECK(code_of([&] { static_cast<void>(tx.adopt(std::move(pending))); }) == Errc::invalid_state);
}

TEST_CASE("a refused upload does not spoil the transaction") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  users.insert(1, tx.create(picture("coffee.png")));
  CHECK(code_of([&] { static_cast<void>(tx.create(Source::from_memory("", "empty.txt"))); }) ==
        Errc::invalid_content);
  tx.commit();
  CHECK(users.count() == 1);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a commit that fails removes nothing and says that its outcome is unknown") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment old_avatar = users.add(1);
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  const auto before = users.shop.stored();
  {
    const CommitRefusal refusal(users.sql);
    const auto error = error_of([&] { tx.commit(); });
    REQUIRE(error);
    CHECK(error->code() == Errc::in_doubt);
    CHECK_FALSE(error->cause().empty());
  }
  CHECK(users.shop.stored() == before);
  CHECK(users.shop.markers().size() == 2);  // Both are known until somebody asks the database.
  CHECK(users.avatar(1) == old_avatar);
  CHECK_FALSE(tx.is_open());
}

TEST_CASE("a locked database is told, and the files of the upload go") {
  Users users;
  soci::session other;
  users.connect(other);
  other << "begin immediate";
  Transaction tx(users.sql, users.shop.files);
  const auto error = error_of([&] { static_cast<void>(tx.create(picture("coffee.png"))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(std::string(error->cause()).find("locked") != std::string::npos);
  users.reap_all();
  CHECK(users.shop.is_empty());
  other << "rollback";
}

TEST_CASE("a session that ended the transaction by itself loses no file") {
  Users users;
  {
    Transaction tx(users.sql, users.shop.files);
    users.insert(1, tx.create(picture("coffee.png")));
    users.sql.commit();  // Not what the documentation says, but nothing may dangle.
    SECTION("and then dropped") {}
    SECTION("and then rolled back") {
      tx.rollback();
      CHECK_FALSE(tx.is_open());
    }
    // The commit has happened although its answer says otherwise.
    SECTION("and then committed") {
      CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
    }
    SECTION("and then used") {
      CHECK(code_of([&] { tx.replace(user_avatar, 1, picture("chelsea.png")); }) ==
            Errc::invalid_state);
      CHECK(users.avatar(1)->file_name == "coffee.png");
    }
  }
  for (const std::string& key : users.referenced()) CHECK(users.shop.stored().contains(key));
}

TEST_CASE("a transaction that the database has rolled back is not gone on with") {
  Users users;
  const Attachment old_avatar = users.add(1);
  Transaction tx(users.sql, users.shop.files);
  tx.begin();
  CHECK_THROWS_AS((users.sql << "insert or rollback into users(id) values(1)"), soci::soci_error);
  CHECK(code_of([&] { tx.replace(user_avatar, 1, picture("chelsea.png")); }) ==
        Errc::invalid_state);
  CHECK(code_of([&] { tx.commit(); }) == Errc::invalid_state);
  tx.rollback();
  CHECK(users.avatar(1) == old_avatar);
  users.shop.clock->advance(25h);  // Nobody knew how it had ended: the reaper asks, in time.
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  tx.replace(user_avatar, 1, picture("chelsea.png"));  // A new transaction.
  tx.commit();
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("an id that another attachment has is refused, and its files elsewhere go") {
  Users users;
  const Attachment avatar = users.add(1);
  Disk& other = users.shop.files.disks().get("other");
  Transaction tx(users.sql, users.shop.files);
  PendingAttachment again =
      users.shop.files.create(picture("chelsea.png"), {.disk = "other", .id = avatar.id});
  CHECK(files_on(other).size() == 1);
  CHECK(code_of([&] { static_cast<void>(tx.adopt(std::move(again))); }) == Errc::gone);
  tx.rollback();
  CHECK(files_on(other).empty());
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a pending attachment of another manager is not adopted") {
  Users users;
  AttachmentManager other({.disks = {{"local", make_memory_disk()}}});
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { static_cast<void>(tx.adopt(other.create(picture("coffee.png")))); }) ==
        Errc::invalid_argument);
  CHECK_FALSE(tx.is_open());
}

TEST_CASE("threads that replace one field never lose a file nor leave one behind") {
  Users users(Backing::local);
  users.add(1);
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      soci::session session;
      users.connect(session);
      session << "pragma busy_timeout = 10000";
      for (int round = 0; round < rounds(5, 250); ++round) {
        Transaction tx(session, users.shop.files);
        try {
          tx.replace(user_avatar, 1, picture("chelsea.png"));
          tx.commit();
          ++won;
        } catch (const Error& error) {
          if (error.code() != Errc::conflict) won = -1000;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(won >= 1);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.markers().empty());
}

TEST_CASE("only attachments that affix has stored can be removed") {
  Users users;
  const Attachment avatar = users.add(1);
  Attachment tampered = avatar;
  tampered.id = "attachments";
  tampered.path = "attachments/x.png";
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { tx.remove(tampered); }) == Errc::invalid_key);
  tampered = avatar;
  tampered.disk = "s3";
  CHECK(code_of([&] { tx.remove(tampered); }) == Errc::unknown_disk);
  CHECK_FALSE(tx.is_open());
  CHECK(users.shop.real->exists(Key::parse(avatar.path)));
}

TEST_CASE("the observer is told what became of the files [C9]") {
  struct Log : Observer {
    void replaced(const ReplacedEvent& event) override {
      lines.push_back("replaced " + event.old_attachment.file_name + " by " +
                      event.new_attachment.file_name);
    }
    void removed(const RemovedEvent& event) override {
      constexpr const char* reasons[] = {"discarded", "rolled_back", "replaced",
                                         "removed",   "expired",     "purged"};
      lines.push_back(std::string("removed: ") + reasons[static_cast<int>(event.reason)]);
    }
    std::vector<std::string> lines;
  };
  const auto log = std::make_shared<Log>();
  Users users(Backing::memory, log);
  users.add(1);
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.rollback();
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.commit();
  users.reap_all();
  CHECK(log->lines == std::vector<std::string>{"removed: rolled_back",
                                               "replaced coffee.png by chelsea.png",
                                               "removed: purged"});
}

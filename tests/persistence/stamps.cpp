#include <atomic>
#include <thread>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;

// Which database a disk belongs to: what keeps copies and strangers from removing its files.

namespace {

/// Another program that has the same disk.
AttachmentManager manager(Users& users, const std::string& instance,
                          const std::string& token = {}) {
  return AttachmentManager({.disks = {{"local", users.shop.real}},
                            .instance = instance,
                            .ledger = {.token = token},
                            .clock = users.shop.clock});
}

/// A file of a database, and a session for it.
class DatabaseFile {
 public:
  explicit DatabaseFile(std::filesystem::path path) : path_(std::move(path)) { open(); }

  void open() { sql.open(soci::sqlite3, "db=\"" + path_.string() + "\""); }
  void copy_from(const std::filesystem::path& other) {
    sql.close();
    std::filesystem::copy_file(other, path_, std::filesystem::copy_options::overwrite_existing);
    open();
  }
  const std::filesystem::path& path() const { return path_; }

  soci::session sql;

 private:
  std::filesystem::path path_;
};

std::filesystem::path beside(Users& users, const std::string& name) {
  return users.shop.directory.path() / name;
}

/// A user whose avatar was given up, so that the reaper has something to remove.
void add_and_give_up(Users& users, int id) {
  users.add(id);
  Transaction tx(users.sql, users.shop.files);
  tx.clear(user_avatar, id);
  tx.commit();
}

/// Refused as a conflict, with nothing on the disk changed.
void check_refused(Users& users, soci::session& sql, AttachmentManager& files) {
  const auto before = everything_on(*users.shop.real);
  const auto error =
      error_of([&] { reap(sql, files, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(everything_on(*users.shop.real) == before);
}

int count(soci::session& sql, const std::string& table) {
  int rows = -1;
  sql << "select count(*) from " + table, soci::into(rows);
  return rows;
}

}  // namespace

TEST_CASE("a program of another instance is refused by the database") {
  Users users;
  add_and_give_up(users, 1);
  AttachmentManager other = manager(users, "shop");
  CHECK(code_of([&] { ensure_schema(users.sql, other); }) == Errc::conflict);
  check_refused(users, users.sql, other);
  CHECK(code_of([&] { claim_disk(users.sql, other); }) == Errc::conflict);
  CHECK(code_of([&] { purge_now(users.sql, other, {}); }) == Errc::conflict);
}

TEST_CASE("a program of another environment is refused by the database") {
  Users users(Backing::memory, nullptr, nullptr, {.token = "production"});
  users.insert(1, std::nullopt);
  AttachmentManager tests = manager(users, "main", "test");
  CHECK(code_of([&] { ensure_schema(users.sql, tests); }) == Errc::conflict);
  check_refused(users, users.sql, tests);
  AttachmentManager same = manager(users, "main", "production");
  CHECK_NOTHROW(reap(users.sql, same));
  AttachmentManager any = manager(users, "main");
  CHECK_NOTHROW(reap(users.sql, any));
}

TEST_CASE("a disk belongs to the first database of an instance, until it is claimed") {
  Users users;
  add_and_give_up(users, 1);
  DatabaseFile second(beside(users, "second.db"));
  AttachmentManager files = manager(users, "main");
  const auto error = error_of([&] { ensure_schema(second.sql, files); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(error->where().disk == "local");
  check_refused(users, second.sql, files);
  claim_disk(second.sql, files);
  CHECK_NOTHROW(ensure_schema(second.sql, files));
  CHECK(reap(second.sql, files) == ReapResult{});
  check_refused(users, users.sql, users.shop.files);
}

TEST_CASE("two instances share a disk, and neither touches what the other has") {
  Users users;
  const Attachment avatar = users.add(1);
  DatabaseFile second(beside(users, "second.db"));
  AttachmentManager files = manager(users, "shop");
  ensure_schema(second.sql, files);
  const PendingAttachment pending = files.create(picture("coffee.png"));
  users.shop.clock->advance(25h);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.settled = 1});
  CHECK(users.shop.stored().contains(pending.preview().path));
  CHECK(reap(second.sql, files) == ReapResult{.expired = 1});
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a disk without a token waits for ensure_schema") {
  Users users;
  add_and_give_up(users, 1);
  users.shop.real->remove(Key::parse(".affix/main/token"));
  check_refused(users, users.sql, users.shop.files);
  ensure_schema(users.sql, users.shop.files);
  CHECK(users.reap_all().purged == 1);
}

TEST_CASE("of a database and its copy the one that falls behind removes nothing") {
  Users users(GENERATE(Backing::memory, Backing::local));
  add_and_give_up(users, 1);
  DatabaseFile copy(beside(users, "copy.db"));
  copy.copy_from(beside(users, "users.db"));
  add_and_give_up(users, 2);
  CHECK(users.reap_all().purged == 2);
  const Attachment avatar = users.add(3);
  check_refused(users, copy.sql, users.shop.files);
  CHECK(code_of([&] {
          purge_now(copy.sql, users.shop.files, std::vector<std::string>{avatar.id});
        }) == std::nullopt);  // Nothing to do, so nothing to refuse.
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a pass with nothing to do counts, so that a copy is known by it") {
  Users users;
  add_and_give_up(users, 1);
  users.reap_all();
  DatabaseFile copy(beside(users, "copy.db"));
  copy.copy_from(beside(users, "users.db"));
  CHECK(users.reap_all().purged == 0);
  check_refused(users, copy.sql, users.shop.files);
  CHECK(users.reap_all().purged == 0);
}

TEST_CASE("of a database and its copy that count at the same time only one goes on") {
  Users users;
  add_and_give_up(users, 1);
  DatabaseFile copy(beside(users, "copy.db"));
  copy.copy_from(beside(users, "users.db"));
  // The other one acts when the disk was asked and the copy has counted.
  bool raced = false;
  detail::ManagerAccess::core(users.shop.files).around_statement =
      [&](std::string_view name, const std::function<void()>& run) {
        run();
        if (name != "meta.count_up" || std::exchange(raced, true)) return;
        CHECK(users.reap_all().purged == 1);
      };
  CHECK(code_of([&] { reap(copy.sql, users.shop.files, {.purge_delay = {}}); }) == Errc::conflict);
  users.add(2);
  check_refused(users, copy.sql, users.shop.files);
  CHECK(users.reap_all().settled == 1);
}

TEST_CASE("a restored database removes nothing until it has claimed the disk") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment first = users.add(1);
  reap(users.sql, users.shop.files);
  const auto backup = beside(users, "backup.db");
  std::filesystem::copy_file(beside(users, "users.db"), backup);
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.commit();
  const PendingAttachment pending = users.shop.files.create(picture("coffee.png"));
  users.shop.clock->advance(25h);
  reap(users.sql, users.shop.files);

  users.sql.close();
  std::filesystem::copy_file(backup, beside(users, "users.db"),
                             std::filesystem::copy_options::overwrite_existing);
  users.connect(users.sql);
  CHECK(users.avatar(1) == first);
  CHECK(users.shop.stored().contains(first.path));  // The delay is for this.
  const PendingAttachment after = users.shop.files.create(picture("coffee.png"));
  users.shop.clock->advance(25h);
  check_refused(users, users.sql, users.shop.files);
  check_refused(users, users.sql, users.shop.files);  // Also the second time.

  claim_disk(users.sql, users.shop.files);
  CHECK(users.reap_all().expired == 1);
  CHECK(users.shop.stored().contains(first.path));
  CHECK(users.reap_all() == ReapResult{});
}

TEST_CASE("the tables are made once, and not inside of a transaction") {
  Users users;
  users.add(1);
  ensure_schema(users.sql, users.shop.files);
  CHECK(count(users.sql, "affix_ledger") == 1);
  CHECK(count(users.sql, "affix_meta") == 1);
  users.sql << "begin";
  CHECK(code_of([&] { ensure_schema(users.sql, users.shop.files); }) == Errc::invalid_state);
  users.sql << "rollback";
  AttachmentManager without(
      {.disks = {{"local", users.shop.real}}, .ledger = {.mode = LedgerOptions::Mode::off}});
  CHECK(code_of([&] { ensure_schema(users.sql, without); }) == Errc::invalid_state);
}

TEST_CASE("threads that make the tables at once all succeed") {
  TemporaryDirectory directory;
  const auto disk = make_memory_disk();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      DatabaseFile database(directory.path() / "new.db");
      database.sql << "pragma busy_timeout = 5000";
      AttachmentManager files({.disks = {{"local", disk}}});
      if (error_of([&] { ensure_schema(database.sql, files); })) ++failures;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  DatabaseFile database(directory.path() / "new.db");
  CHECK(count(database.sql, "affix_meta") == 1);
}

TEST_CASE("tables of attached databases and with odd names are made") {
  Users users;
  const LedgerOptions ledger =
      GENERATE(LedgerOptions{.table = "main.files", .meta_table = "main.stamps"},
               LedgerOptions{.table = "attached.files", .meta_table = "attached.stamps"},
               LedgerOptions{.table = "order", .meta_table = "group"},
               LedgerOptions{.table = "the files", .meta_table = "the stamps"});
  CAPTURE(ledger.table);
  users.sql << "attach '" + beside(users, "attached.db").string() + "' as attached";
  AttachmentManager files({.disks = {{"local", make_memory_disk()}}, .ledger = ledger});
  for (int i = 0; i < 2; ++i) ensure_schema(users.sql, files);
  Transaction tx(users.sql, files);
  users.insert(1, tx.create(picture("coffee.png")));
  tx.commit();
  CHECK(reap(users.sql, files) == ReapResult{.settled = 1});
}

TEST_CASE("a name that is no name is refused") {
  Users users;
  AttachmentManager files(
      {.disks = {{"local", make_memory_disk()}}, .ledger = {.table = "x; drop table users"}});
  CHECK(code_of([&] { ensure_schema(users.sql, files); }) == Errc::invalid_argument);
  CHECK(count(users.sql, "users") == 0);
}

TEST_CASE("tables without their row are said to be incomplete, and are completed") {
  Users users;
  users.sql << "delete from affix_meta";
  const auto error = error_of([&] { reap(users.sql, users.shop.files); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(std::string(error->what()).find("ensure_schema") != std::string::npos);
}

TEST_CASE("who makes the tables waits for a writer, and says that it was in vain") {
  Users users;
  users.sql << "delete from affix_meta";
  users.sql << "pragma busy_timeout = 0";
  for (const char* disk : {"local", "other"}) {
    users.shop.files.disks().get(disk).remove(Key::parse(".affix/main/token"));
  }
  soci::session other;
  users.connect(other);
  other << "begin immediate";
  const auto start = std::chrono::steady_clock::now();
  const auto error = error_of([&] { ensure_schema(users.sql, users.shop.files); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK_THAT(std::string(error->cause()), Catch::StartsWith("lock_timeout: "));
  CHECK(std::chrono::steady_clock::now() - start >= 400ms);
  int timeout = -1;
  users.sql << "select timeout from pragma_busy_timeout", soci::into(timeout);
  CHECK(timeout == 0);
  other << "rollback";
  CHECK_NOTHROW(ensure_schema(users.sql, users.shop.files));
  CHECK(count(users.sql, "affix_meta") == 1);
}

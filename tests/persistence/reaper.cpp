#include "affix/persistence/reaper.hpp"

#include <thread>

#include "affix/soci/session_state.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "reaping.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;

namespace {

/// Everything that is due goes, but what another pass has begun stays its own.
const ReapOptions at_once{.purge_delay = {}, .tombstone_ttl = {}};
/// What is removed stays in the ledger as dead.
const ReapOptions with_tombstones{.purge_delay = {}};

/// Has the named statement run and its answer lost, once.
void lose_answer(Users& users, const std::string& statement) {
  detail::ManagerAccess::core(users.shop.files).around_statement =
      [statement, lost = false](std::string_view name, const std::function<void()>& run) mutable {
        run();
        if (name == statement && !std::exchange(lost, true)) {
          throw std::runtime_error("the answer is lost");
        }
      };
}

/// A disk that removes nothing.
class Stuck : public testing::FaultyDisk {
 public:
  using FaultyDisk::FaultyDisk;

 private:
  void do_remove_prefix(const Key&) override {
    throw Error(Errc::storage, "Nothing can be removed here");
  }
};

/// A disk that can do everything but list.
class Unlisted : public Disk {
 private:
  void do_put(const Key& key, Reader& content, const PutOptions& options) override {
    real_->put(key, content, options);
  }
  std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) override {
    return real_->open(key, range);
  }
  std::optional<FileInfo> do_stat(const Key& key) override { return real_->stat(key); }
  void do_remove(const Key& key) override { real_->remove(key); }
  void do_remove_prefix(const Key& prefix) override { real_->remove_prefix(prefix); }
  Capabilities do_capabilities() const override { return {}; }
  std::shared_ptr<Disk> real_ = make_memory_disk();
};

}  // namespace

TEST_CASE("the reaper takes the marker of an upload that has its row, and nothing else") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment avatar = users.add(1);
  CHECK(users.shop.markers().size() == 1);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.settled = 1});
  CHECK(users.shop.markers().empty());
  CHECK(users.shop.stored() == users.referenced());
  CHECK(reap(users.sql, users.shop.files) == ReapResult{});
}

TEST_CASE("an upload that no row gets is removed when its grace is over, not before") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const std::string id = abandon(users);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{});
  users.shop.clock->advance(24h - 1ms);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{});
  CHECK_FALSE(users.shop.stored().empty());
  users.shop.clock->advance(1ms);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.expired = 1});
  CHECK(users.shop.is_empty());
  CHECK(state_of(users, id) == "dead");
}

TEST_CASE("markers of a minute are one file, which takes less than a minute from the grace") {
  Users users(Backing::local);
  const auto content_of = [&](const std::string& id) {
    return read_all(*users.shop.real->open(Key::parse(".affix/main/pending/" + id)));
  };
  users.shop.clock->advance(20s);
  const std::string first = abandon(users);
  users.shop.clock->advance(39s);
  const std::string second = abandon(users);
  users.shop.clock->advance(1s);
  const std::string third = abandon(users);
  CHECK(content_of(first) == content_of(second));
  CHECK(content_of(first) != content_of(third));
  users.shop.clock->advance(23h + 59min - 1ms);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{});
  users.shop.clock->advance(1ms);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.expired = 2});
  users.shop.clock->advance(1min);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.expired = 1});
  CHECK(users.shop.is_empty());
}

TEST_CASE("a writer that comes after the reaper is told that its upload is gone") {
  Users users;
  PendingAttachment pending = users.shop.files.create(picture("coffee.png"));
  // In another process, by whose clock the time is over.
  AttachmentManager other(
      {.disks = {{"local", users.shop.real}}, .grace = 1ms, .clock = users.shop.clock});
  users.shop.clock->advance(1s);
  CHECK(reap(users.sql, other) == ReapResult{.expired = 1});
  Transaction tx(users.sql, users.shop.files);
  const std::string id = pending.id();
  const auto error = error_of([&] { static_cast<void>(tx.adopt(std::move(pending))); });
  REQUIRE(error);
  CHECK(error->code() == Errc::gone);
  CHECK(error->where().attachment == id);
  tx.rollback();
  CHECK(state_of(users, id) == "dead");
}

TEST_CASE("what a commit gave up stays for the purge delay, and is then removed") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment avatar = users.add(1);
  give_up(users, 1);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.settled = 1});
  age(users, 1h - 1min);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{});
  CHECK(users.shop.stored().contains(avatar.path));
  age(users, 1min);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.purged = 1});
  CHECK(users.shop.is_empty());
  CHECK(state_of(users, avatar.id) == "dead");
}

TEST_CASE("a tombstone is forgotten after its time, and what came too late goes with it") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const Attachment avatar = users.add(1);
  give_up(users, 1);
  reap(users.sql, users.shop.files, with_tombstones);
  const auto late = make_memory_reader("a variant that was late");
  users.shop.real->put(Key::parse("attachments/" + avatar.id + "/variants/late.png"), *late);
  age(users, 30 * 24h - 1min);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{});
  age(users, 1min);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.forgotten = 1});
  CHECK(users.shop.is_empty());
  CHECK(state_of(users, avatar.id).empty());
}

TEST_CASE("files that a row still has are kept if the reaper is told where to look") {
  Users users;
  const Attachment copied = users.add(1);
  const Attachment listed = users.add(2);
  const Attachment unused = users.add(3);
  users.sql << "create table products(id integer primary key, photo text, gallery text)";
  users.sql << "insert into products select 1, avatar, null from users where id = 1";
  users.sql << "insert into products select 2, null, '[' || avatar || ']' from users where id = 2";
  for (const int id : {1, 2, 3}) give_up(users, id);
  ReapOptions options = with_tombstones;
  options.fields = {{.table = "products", .column = "photo", .key = "id"}, user_avatar};
  options.list_fields = {{{.table = "products", .column = "gallery", .key = "id"}}};
  CHECK(reap(users.sql, users.shop.files, options) ==
        ReapResult{.settled = 3, .purged = 1, .restored = 2});
  CHECK(state_of(users, copied.id) == "live");
  CHECK(state_of(users, listed.id) == "live");
  CHECK(state_of(users, unused.id) == "dead");
  CHECK(users.shop.stored().contains(copied.path));
  CHECK(users.shop.stored().contains(listed.path));
  CHECK_FALSE(users.shop.stored().contains(unused.path));
}

TEST_CASE("a document that cannot be read keeps the reaper from removing anything") {
  Users users;
  const Attachment avatar = users.add(1);
  users.sql << "insert into users(id, avatar) select 2, substr(avatar, 1, length(avatar) - 1) "
               "from users where id = 1";
  give_up(users, 1);
  ReapOptions options = with_tombstones;
  options.fields = {user_avatar};
  CHECK(code_of([&] { reap(users.sql, users.shop.files, options); }) == Errc::invalid_document);
  CHECK(users.shop.stored().contains(avatar.path));
}

TEST_CASE("the budget is kept, and says that there is more") {
  Users users;
  for (const int id : {1, 2, 3}) users.add(id);
  for (const int id : {1, 2, 3}) give_up(users, id);
  ReapOptions options = with_tombstones;
  options.limit = 2;
  CHECK(reap(users.sql, users.shop.files, options) == ReapResult{.settled = 2, .more = true});
  CHECK(reap(users.sql, users.shop.files, options) ==
        ReapResult{.settled = 1, .purged = 1, .more = true});
  options.time = 0ms;
  CHECK(reap(users.sql, users.shop.files, options) == ReapResult{.more = true});
  CHECK(users.shop.stored().size() == 4);
  options.time = 1min;
  options.limit = 3;
  CHECK(reap(users.sql, users.shop.files, options) == ReapResult{.purged = 2});
  CHECK(users.shop.is_empty());
}

TEST_CASE("what another pass has begun is its own until the lease is over") {
  Users users;
  users.add(1);
  give_up(users, 1);
  lose_answer(users, "ledger.claim");  // As if the process ended there.
  CHECK(code_of([&] { reap(users.sql, users.shop.files, with_tombstones); }) == Errc::database);
  CHECK(reap(users.sql, users.shop.files, with_tombstones) == ReapResult{});
  CHECK_FALSE(users.shop.stored().empty());
  users.sql << "update affix_ledger set lease_until = lease_until - 60000";
  CHECK(reap(users.sql, users.shop.files, with_tombstones) == ReapResult{.purged = 1});
}

TEST_CASE("a pass that ends anywhere is finished by the next one") {
  const std::string statement =
      GENERATE("meta.count_up", "ledger.fence", "ledger.claim", "ledger.change", "ledger.forget");
  CAPTURE(statement);
  Users users(Backing::local);
  const Attachment kept = users.add(1);
  users.add(2);
  give_up(users, 2);
  abandon(users);
  users.shop.clock->advance(25h);
  lose_answer(users, statement);
  ReapOptions options = at_once;
  options.lease = {};
  CHECK(code_of([&] { reap(users.sql, users.shop.files, options); }) == Errc::database);
  CHECK_FALSE(in_transaction(users.sql));
  reap(users.sql, users.shop.files, options);
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.markers().empty());
  CHECK(state_of(users, kept.id) == "live");
}

TEST_CASE("two reapers at once remove everything once, and nothing else") {
  Users users(Backing::local);
  for (int id = 1; id <= 20; ++id) users.add(id);
  for (int id = 1; id <= 19; ++id) give_up(users, id);
  for (int i = 0; i < 5; ++i) abandon(users);
  users.shop.clock->advance(25h);
  std::vector<ReapResult> results(3);
  std::vector<std::thread> threads;
  for (ReapResult& result : results) {
    threads.emplace_back([&] {
      soci::session session;
      users.connect(session);
      do {
        result = reap(session, users.shop.files, with_tombstones);
      } while (result.more);
    });
  }
  for (std::thread& thread : threads) thread.join();
  int dead = 0;
  users.sql << "select count(*) from affix_ledger where state = 'dead'", soci::into(dead);
  CHECK(dead == 24);
  for (const ReapResult& result : results) CHECK(result.failed == 0);
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.stored().size() == 2);
  CHECK(users.shop.markers().empty());
}

TEST_CASE("a disk that fails is told, and its files are removed another time") {
  const auto troubles = std::make_shared<Troubles>();
  Users users(Backing::memory, troubles);
  const Attachment avatar = users.add(1);
  reap(users.sql, users.shop.files);
  give_up(users, 1);
  // The disk is asked for the stamps and the markers first.
  int faults = 0;
  for (int n = 1;; ++n) {
    users.shop.disk->fail_at(n);
    const auto error = error_of([&] {
      const ReapResult result = reap(users.sql, users.shop.files, with_tombstones);
      faults += static_cast<int>(result.failed);
      if (result.failed > 0) CHECK(result.purged == 0);
    });
    const bool tripped = users.shop.disk->tripped();
    users.shop.disk->fail_at(0);
    if (!tripped) break;
    if (error) CHECK(error->code() == Errc::storage);
    users.sql << "update affix_ledger set lease_until = 1";
  }
  CHECK(faults > 0);
  CHECK(troubles->ids == std::vector<std::string>(static_cast<std::size_t>(faults), avatar.id));
  CHECK(users.shop.is_empty());
  CHECK(state_of(users, avatar.id) == "dead");
}

TEST_CASE("a marker of nonsense is told and keeps nobody else's files") {
  const auto troubles = std::make_shared<Troubles>();
  Users users(Backing::memory, troubles);
  const std::string id = users.shop.files.make_id();
  const std::string content =
      GENERATE("", "nonsense", "{}", R"({"folder": 1, "startedAt": 2})",
               R"({"folder": "../..", "startedAt": "2020-01-01T00:00:00Z"})",
               R"({"folder": ".affix/main", "startedAt": "2020-01-01T00:00:00Z"})",
               R"({"folder": "attachments/", "startedAt": "2020-01-01T00:00:00Z"})",
               R"({"folder": "attachments", "startedAt": "yesterday"})",
               R"({"startedAt": "2020-01-01T00:00:00Z"})");
  CAPTURE(content);
  const Key marker = Key::parse(".affix/main/pending/" + id);
  const Key stranger = Key::parse(".affix/main/pending/notes.txt");
  users.shop.real->put(marker, *make_memory_reader(std::string(content)));
  users.shop.real->put(stranger, *make_memory_reader("somebody's notes"));
  users.add(1);
  abandon(users);
  users.shop.clock->advance(25h);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.settled = 1, .expired = 1, .failed = 1});
  CHECK(troubles->ids == std::vector<std::string>{id});
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.real->exists(marker));
  CHECK(users.shop.real->exists(stranger));
}

TEST_CASE("files elsewhere under an id that the ledger knows go when it has forgotten that") {
  Users users;
  const Attachment avatar = users.add(1);
  Disk& other = users.shop.files.disks().get("other");
  static_cast<void>(
      users.shop.files.create(picture("chelsea.png"), {.disk = "other", .id = avatar.id}));
  users.shop.clock->advance(25h);
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.settled = 1});
  give_up(users, 1);
  CHECK(reap(users.sql, users.shop.files, with_tombstones) == ReapResult{.purged = 1});
  CHECK(files_on(other).size() == 1);
  CHECK(markers_on(other) == std::set<std::string>{avatar.id});
  CHECK(reap(users.sql, users.shop.files, at_once) == ReapResult{.forgotten = 1});
  CHECK(reap(users.sql, users.shop.files, with_tombstones) == ReapResult{.expired = 1});
  CHECK(everything_on(other).empty());
}

TEST_CASE("a program with another name for a disk removes no file that a row has") {
  Users users;
  users.add(1);
  AttachmentManager renamed({.disks = {{"images", users.shop.real}}, .clock = users.shop.clock});
  users.shop.clock->advance(25h);
  CHECK(reap(users.sql, renamed, at_once) == ReapResult{});
  CHECK(users.shop.stored() == users.referenced());
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.settled = 1});
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("the reaper waits half a second for a writer, and leaves what is locked") {
  Users users;
  abandon(users);
  users.shop.clock->advance(25h);
  soci::session other;
  users.connect(other);
  other << "begin immediate";
  const auto start = std::chrono::steady_clock::now();
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.more = true});
  const auto waited = std::chrono::steady_clock::now() - start;
  CHECK(waited >= 400ms);
  CHECK(waited < 3s);
  CHECK_FALSE(users.shop.stored().empty());
  other << "rollback";
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.expired = 1});
}

TEST_CASE("the reaper leaves a database that another session has for itself") {
  Users users;
  users.shop.clock->advance(25h);
  // So that this session has to look at the tables anew, which takes a lock by itself.
  users.sql << "pragma busy_timeout = 0";
  soci::session other;
  users.connect(other);
  other << "create table news(id integer)";
  other << "begin exclusive";
  CHECK(reap(users.sql, users.shop.files) == ReapResult{.more = true});
  const std::vector<std::string> ids{abandon(users)};
  CHECK(code_of([&] { purge_now(users.sql, users.shop.files, ids); }) == Errc::database);
  other << "rollback";
}

TEST_CASE("the reaper leaves the session as it was") {
  Users users;
  users.sql << "pragma synchronous = 1";
  users.add(1);
  reap(users.sql, users.shop.files);
  int synchronous = -1, timeout = -1;
  users.sql << "select synchronous from pragma_synchronous", soci::into(synchronous);
  users.sql << "select timeout from pragma_busy_timeout", soci::into(timeout);
  CHECK(synchronous == 1);
  CHECK(timeout == 200);
  CHECK_FALSE(in_transaction(users.sql));
}

TEST_CASE("the reaper refuses what it cannot do") {
  Users users;
  SECTION("inside of a transaction") {
    users.sql << "begin";
    CHECK(code_of([&] { reap(users.sql, users.shop.files); }) == Errc::invalid_state);
    CHECK(code_of([&] { purge_now(users.sql, users.shop.files, {}); }) == Errc::invalid_state);
    CHECK(code_of([&] { claim_disk(users.sql, users.shop.files); }) == Errc::invalid_state);
    users.sql << "rollback";
  }
  SECTION("without the tables") {
    users.sql << "drop table affix_meta";
    CHECK(code_of([&] { reap(users.sql, users.shop.files); }) == Errc::database);
  }
  SECTION("with a disk that cannot list") {
    AttachmentManager files({.disks = {{"unlisted", std::make_shared<Unlisted>()}}});
    ensure_schema(users.sql, files);
    CHECK(code_of([&] { reap(users.sql, files); }) == Errc::unsupported);
  }
}

TEST_CASE("files of disks that this program does not have are left to others") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  static_cast<void>(tx.create(picture("coffee.png"), {.disk = "other"}));
  tx.remove(tx.create(picture("chelsea.png"), {.disk = "other"}));
  tx.commit();
  AttachmentManager few({.disks = {{"local", users.shop.real}}, .clock = users.shop.clock});
  CHECK(reap(users.sql, few, at_once) == ReapResult{});
  CHECK(reap(users.sql, users.shop.files, with_tombstones) ==
        ReapResult{.settled = 2, .purged = 1});
}

TEST_CASE("parts of files that a killed process left are counted and removed") {
  Users users(Backing::local);
  const auto folder = users.shop.directory.path() / "root" / ".affix" / "tmp";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "~upload") << "half a file";
  CHECK(reap(users.sql, users.shop.files).stale_uploads == 0);
  users.shop.clock->advance(24h * 365 * 100);
  CHECK(reap(users.sql, users.shop.files).stale_uploads == 1);
  CHECK(std::filesystem::is_empty(folder));
}

TEST_CASE("what was found in another row follows that row from then on") {
  Users users;
  const Attachment avatar = users.add(1);
  Transaction tx(users.sql, users.shop.files);
  const Attachment moved = tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.commit();
  users.insert(2, moved);  // By hand, so that it has two places.
  give_up(users, 1);
  ReapOptions options = with_tombstones;
  options.fields = {user_avatar};
  CHECK(reap(users.sql, users.shop.files, options) ==
        ReapResult{.settled = 2, .purged = 1, .restored = 1});
  tx.replace(user_avatar, 2, picture("coffee.png"));
  tx.commit();
  CHECK(state_of(users, moved.id) == "doomed");
  reap(users.sql, users.shop.files, options);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("tombstones whose files stay do not keep those behind them") {
  const auto troubles = std::make_shared<Troubles>();
  Users users(Backing::memory, troubles);
  // The disk that they are on refuses; the one of the last works.
  const auto forgettable = [&](const std::string& disk, int count, long long changed_at) {
    for (int i = 0; i < count; ++i) {
      const std::string id = users.shop.files.make_id();
      users.sql << "insert into affix_ledger(id, state, disk, prefix, changed_at) values(:id, "
                   "'dead', :disk, 'attachments/' || :prefix, :time)",
          soci::use(id), soci::use(disk), soci::use(id), soci::use(changed_at);
    }
  };
  forgettable("local", 120, 1);
  forgettable("other", 60, 2);
  AttachmentManager files({.disks = {{"local", std::make_shared<Stuck>(users.shop.real)},
                                     {"other", make_memory_disk()}},
                           .observer = troubles,
                           .clock = users.shop.clock});
  ensure_schema(users.sql, files);
  const ReapResult done = reap(users.sql, files);
  CHECK(done.forgotten == 60);
  CHECK(done.failed == 120);
  CHECK_FALSE(done.more);
  CHECK(troubles->ids.size() == 120);
  CHECK(reap(users.sql, files).failed == 120);  // They are tried again.
}

TEST_CASE("a tombstone may not go before the grace is over, unless nobody else is at work") {
  Users users;
  for (const auto ttl : {1ms, -1ms, std::chrono::milliseconds(24h) - 1ms}) {
    const auto error = error_of([&] { reap(users.sql, users.shop.files, {.tombstone_ttl = ttl}); });
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().member == "tombstone_ttl");
  }
  CHECK_NOTHROW(reap(users.sql, users.shop.files, {.tombstone_ttl = 24h}));
  CHECK_NOTHROW(reap(users.sql, users.shop.files, {.tombstone_ttl = 0ms}));
}

#include "affix/persistence/verify.hpp"

#include <map>

#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;

namespace {

constexpr ColumnListField user_gallery{{.table = "users", .column = "gallery", .key = "id"}};

/// Users with a column for a list, too, and what `verify` says of them.
class Audited : public Users {
 public:
  explicit Audited(Backing backing = Backing::memory) : Users(backing) {
    sql << "alter table users add gallery text";
  }

  VerifyReport check(VerifyOptions options = {}) {
    options.fields = {user_avatar};
    options.list_fields = {user_gallery};
    options.coverage = VerifyOptions::Coverage::all;
    return verify(sql, shop.files, options);
  }
  VerifyReport repair() {
    return check({.repair = VerifyOptions::Repair::certain, .purge_delay = {}});
  }

  /// Everything on the disk becomes older than the grace.
  void grow_old() {
    shop.clock->advance(std::chrono::duration_cast<std::chrono::milliseconds>(
                            system_clock()->now() - shop.clock->now()) +
                        25h);
  }

  void put(const std::string& key) {
    shop.real->put(Key::parse(key), *make_memory_reader("something"));
  }
  /// Once the marker is gone.
  void forget(const Attachment& one) {
    reap_all();
    sql << "delete from affix_ledger where id = :id", soci::use(one.id);
  }
};

std::map<FindingKind, int> kinds(const VerifyReport& report) {
  std::map<FindingKind, int> found;
  for (const Finding& one : report.findings) ++found[one.kind];
  return found;
}

using Kinds = std::map<FindingKind, int>;

std::size_t repaired(const VerifyReport& report) { return report.repaired; }

}  // namespace

TEST_CASE("what is in order has no findings, and all of it was looked at") {
  Audited users(GENERATE(Backing::memory, Backing::local));
  users.add(1);
  users.add(2);
  users.insert(3, std::nullopt);
  {
    Transaction tx(users.sql, users.shop.files);
    tx.append(user_gallery, 1, picture("coffee.png"));
    tx.append(user_gallery, 1, picture("chelsea.png"));
    tx.commit();
  }
  users.grow_old();
  const auto before = everything_on(*users.shop.real);
  const VerifyReport report = users.check({.checksums = VerifyOptions::Checksums::compare,
                                           .repair = VerifyOptions::Repair::certain,
                                           .purge_delay = {}});
  CHECK(kinds(report) == Kinds{});
  CHECK(report.total_findings == 0);
  CHECK(report.rows == 3);
  CHECK(report.attachments == 4);
  CHECK(report.files == 6);
  CHECK(report.on_disk == 4);
  CHECK(report.in_ledger == 4);
  CHECK(report.unsearched_disks.empty());
  CHECK(everything_on(*users.shop.real) == before);
}

TEST_CASE("files that a row names and that are gone or changed are found, and the row stays") {
  Audited users(GENERATE(Backing::memory, Backing::local));
  const Attachment gone = users.add(1);
  const Attachment half = users.add(2);
  const Attachment longer = users.add(3);
  Disk& disk = *users.shop.real;
  disk.remove(Key::parse(gone.path));
  disk.remove(Key::parse(half.variants.at("thumb").path));
  disk.put(Key::parse(longer.path), *make_memory_reader("short"),
           {.overwrite = Overwrite::allowed});
  const VerifyReport report = users.repair();
  CHECK(kinds(report) == Kinds{{FindingKind::missing_file, 2}, {FindingKind::wrong_size, 1}});
  CHECK(repaired(report) == 0);
  const Where& first = report.findings.at(0).where;
  CHECK(first == Where{.disk = "local",
                       .key = gone.path,
                       .attachment = gone.id,
                       .table = "users",
                       .column = "avatar",
                       .row = "1"});
  CHECK(report.findings.at(1).where.variant == "thumb");
  CHECK(report.findings.at(2).where.row == "3");
  CHECK(users.avatar(1) == gone);
}

TEST_CASE("other bytes of the same size are found when checksums are compared") {
  Audited users;
  const Attachment avatar = users.add(1);
  users.shop.real->put(Key::parse(avatar.path),
                       *make_memory_reader(std::string(static_cast<std::size_t>(avatar.size), 'x')),
                       {.overwrite = Overwrite::allowed});
  CHECK(kinds(users.check()) == Kinds{});
  const auto report = users.check({.checksums = VerifyOptions::Checksums::compare});
  CHECK(kinds(report) == Kinds{{FindingKind::wrong_checksum, 1}});
}

TEST_CASE("an orphan is found at once, and removed when it is older than the grace") {
  Audited users(GENERATE(Backing::memory, Backing::local));
  const Attachment kept = users.add(1);
  const std::string id = users.shop.files.make_id();
  users.put("attachments/" + id + "/file.bin");
  users.put("attachments/" + id + "/variants/thumb.bin");
  CHECK(kinds(users.check()) == Kinds{{FindingKind::orphan, 1}});
  const VerifyReport young = users.repair();
  CHECK(kinds(young) == Kinds{{FindingKind::orphan, 1}});
  CHECK(repaired(young) == 0);
  users.grow_old();
  const VerifyReport old = users.repair();
  CHECK(old.findings.at(0).where.key == "attachments/" + id);
  CHECK(old.findings.at(0).repaired);
  CHECK(users.shop.stored() == users.referenced());
  CHECK(kinds(users.check()) == Kinds{});
  // Nobody can announce it any more.
  CHECK(code_of([&] {
          Transaction tx(users.sql, users.shop.files);
          users.shop.real->remove(Key::parse(".affix/main/pending/" + id));
          static_cast<void>(tx.create(picture("coffee.png"), {.id = id}));
        }) == Errc::gone);
}

TEST_CASE("what can only be repaired with a lock that somebody has is found all the same") {
  Audited users;
  users.add(1);
  users.put("attachments/" + users.shop.files.make_id() + "/file.bin");
  users.grow_old();
  soci::session other;
  users.connect(other);
  other.begin();
  other << "update users set name = 'renamed'";
  const VerifyReport meanwhile = users.repair();
  CHECK(kinds(meanwhile) == Kinds{{FindingKind::orphan, 1}});
  CHECK(repaired(meanwhile) == 0);
  other.rollback();
  CHECK(repaired(users.repair()) == 1);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("files that affix has not stored are neither reported nor removed") {
  Audited users;
  const std::string id = users.shop.files.make_id();
  const std::vector<std::string> foreign = {"readme.txt", "attachments/readme.txt",
                                            "attachments/4711/file.bin", "other/" + id + "/a.bin",
                                            "attachments/" + id + "/deep/er/a.bin"};
  for (const std::string& key : foreign) users.put(key);
  users.grow_old();
  CHECK(kinds(users.repair()) == Kinds{});
  CHECK(users.shop.stored() == std::set<std::string>(foreign.begin(), foreign.end()));
}

TEST_CASE("an upload without a row yet is no orphan, however old") {
  Audited users;
  const PendingAttachment pending = users.shop.files.create(picture("coffee.png"));
  Transaction tx(users.sql, users.shop.files);
  users.grow_old();
  CHECK(kinds(users.repair()) == Kinds{});
  CHECK_FALSE(users.shop.stored().empty());
}

TEST_CASE("where another instance keeps files too no orphans are looked for") {
  Audited users;
  users.put(".affix/second/token");
  users.put("attachments/" + users.shop.files.make_id() + "/file.bin");
  users.grow_old();
  const VerifyReport report = users.repair();
  CHECK(kinds(report) == Kinds{});
  CHECK(report.unsearched_disks == std::vector<std::string>{"local"});
  CHECK(users.shop.stored().size() == 1);
}

TEST_CASE("a row that was deleted by hand leaves an attachment that no field has") {
  Audited users;
  const Attachment deleted = users.add(1);
  const Attachment kept = users.add(2);
  users.sql << "delete from users where id = 1";
  VerifyOptions some{.fields = {user_avatar}, .repair = VerifyOptions::Repair::certain};
  some.purge_delay = {};
  CHECK(kinds(verify(users.sql, users.shop.files, some)) == Kinds{});
  const VerifyReport early = users.check({.repair = VerifyOptions::Repair::certain});
  CHECK(kinds(early) == Kinds{{FindingKind::unreferenced, 1}});
  CHECK(early.findings.at(0).where.attachment == deleted.id);
  CHECK(repaired(early) == 0);  // Not older than the purge delay.
  CHECK(repaired(users.repair()) == 1);
  CHECK(users.reap_all().purged == 1);
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.avatar(2) == kept);
  CHECK(kinds(users.check()) == Kinds{});
}

TEST_CASE("JSON that was copied is found in both places, and nothing is repaired there") {
  Audited users;
  const Attachment avatar = users.add(1);
  users.insert(2, avatar);
  users.sql << "update users set gallery = '[' || avatar || ']' where id = 2";
  SECTION("known") {}
  SECTION("not known") { users.forget(avatar); }
  users.put("attachments/" + avatar.id + "/variants/unlisted.bin");
  users.grow_old();
  const VerifyReport report = users.repair();
  CHECK(kinds(report)[FindingKind::alias] == 3);
  CHECK(kinds(report)[FindingKind::unlisted_variant] == 0);
  CHECK(repaired(report) == 0);
  CHECK(users.shop.stored().size() == 3);
}

TEST_CASE("what the ledger has lost is entered again if its files are all there") {
  Audited users;
  const Attachment whole = users.add(1);
  const Attachment broken = users.add(2);
  users.forget(whole);
  users.forget(broken);
  users.shop.real->remove(Key::parse(broken.variants.at("thumb").path));
  const VerifyReport found = users.check();
  CHECK(kinds(found) == Kinds{{FindingKind::unknown, 2}, {FindingKind::missing_file, 1}});
  users.grow_old();
  const VerifyReport report = users.repair();
  CHECK(repaired(report) == 1);
  CHECK(report.findings.at(0).repaired);
  CHECK(users.shop.real->exists(Key::parse(broken.path)));
  Transaction tx(users.sql, users.shop.files);
  tx.clear(user_avatar, 1);
  tx.commit();
  CHECK(users.reap_all().purged == 1);
  CHECK_FALSE(users.shop.real->exists(Key::parse(whole.path)));
}

TEST_CASE("where the ledger is lost the files of columns that were not named stay") {
  Audited users;
  const Attachment avatar = users.add(1);
  users.forget(avatar);
  users.grow_old();
  const VerifyReport report =
      verify(users.sql, users.shop.files,
             {.list_fields = {user_gallery}, .repair = VerifyOptions::Repair::certain});
  CHECK(kinds(report) == Kinds{{FindingKind::orphan, 1}});
  CHECK(repaired(report) == 0);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a row whose attachment the ledger has given up is found") {
  Audited users;
  const Attachment avatar = users.add(1);
  Transaction tx(users.sql, users.shop.files);
  tx.remove(avatar);  // And the row stays: the mistake of a program.
  tx.commit();
  const VerifyReport report = users.repair();
  CHECK(kinds(report) == Kinds{{FindingKind::given_up, 1}});
  CHECK(repaired(report) == 0);
}

TEST_CASE("a variant that no row names is found and removed when it is older than the grace") {
  Audited users;
  const Attachment avatar = users.add(1);
  const std::string key = "attachments/" + avatar.id + "/variants/card-old.webp";
  users.put(key);
  CHECK(kinds(users.check()) == Kinds{});  // Its row may be about to name it.
  users.grow_old();
  const VerifyReport report = users.repair();
  CHECK(kinds(report) == Kinds{{FindingKind::unlisted_variant, 1}});
  CHECK(report.findings.at(0).where.key == key);
  CHECK(repaired(report) == 1);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a document that cannot be read is found and does not hide the others") {
  Audited users;
  users.add(1);
  const Attachment gone = users.add(2);
  users.sql << "update users set avatar = '{\"v\":1}' where id = 1";
  users.sql << "update users set gallery = 'nonsense' where id = 2";
  users.shop.real->remove(Key::parse(gone.path));
  const VerifyReport report = users.check();
  CHECK(kinds(report) == Kinds{{FindingKind::unreadable, 2},
                               {FindingKind::missing_file, 1},
                               {FindingKind::unreferenced, 1}});
}

TEST_CASE("a path that is not the attachment's own is found") {
  Audited users;
  const Attachment victim = users.add(1);
  Attachment forged = users.add(2);
  forged.path = victim.path;
  users.sql << "update users set avatar = :a where id = 2", soci::use(forged);
  CHECK(kinds(users.check())[FindingKind::wrong_place] == 1);
}

TEST_CASE("findings beyond the limit are counted and told, not kept") {
  Audited users;
  for (int id = 1; id <= 3; ++id) users.shop.real->remove(Key::parse(users.add(id).path));
  int told = 0;
  const VerifyReport report =
      users.check({.max_findings = 2, .found = [&](const Finding&) { ++told; }});
  CHECK(report.findings.size() == 2);
  CHECK(report.total_findings == 3);
  CHECK(told == 3);
}

TEST_CASE("verify needs a ledger, and a session that is in no transaction") {
  Users without(Backing::memory, nullptr, make_vips_converter(),
                {.mode = LedgerOptions::Mode::off});
  CHECK(code_of([&] { verify(without.sql, without.shop.files, {}); }) == Errc::unsupported);
  Users users;
  users.sql.begin();
  CHECK(code_of([&] { verify(users.sql, users.shop.files, {}); }) == Errc::invalid_state);
  users.sql.rollback();
}

// ---- what changes before a repair
// ----------------------------------------------------------------

namespace {

/// Does something just before a statement of this name, once.
void just_before(Audited& users, const std::string& name, std::function<void()> action) {
  detail::ManagerAccess::core(users.shop.files).around_statement =
      [name, action = std::move(action), done = false](std::string_view statement,
                                                       const std::function<void()>& run) mutable {
        if (statement == name && !done) {
          done = true;
          action();
        }
        run();
      };
}

}  // namespace

TEST_CASE("an attachment that gets its row before it is given up stays") {
  Audited users;
  const Attachment avatar = users.add(1);
  users.sql << "delete from users";
  just_before(users, "verify.repair", [&] { users.insert(1, avatar); });
  CHECK(repaired(users.repair()) == 0);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(kinds(users.check()) == Kinds{});
}

TEST_CASE("a variant that gets into its row before it is removed stays") {
  Audited users;
  Attachment avatar = users.add(1);
  const Variant variant = avatar.variants.at("thumb");
  avatar.variants.clear();
  users.sql << "update users set avatar = :a", soci::use(avatar);
  users.grow_old();
  just_before(users, "verify.repair", [&] {
    avatar.variants["thumb"] = variant;
    users.sql << "update users set avatar = :a", soci::use(avatar);
  });
  CHECK(repaired(users.repair()) == 0);
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.stored().size() == 2);
}

TEST_CASE("an attachment that leaves its row before it is entered is not entered") {
  Audited users;
  const Attachment avatar = users.add(1);
  users.forget(avatar);
  just_before(users, "verify.repair", [&] { users.sql << "update users set avatar = null"; });
  CHECK(repaired(users.repair()) == 0);
  CHECK(kinds(users.check()) == Kinds{{FindingKind::orphan, 1}});
}

TEST_CASE("an orphan that is announced before the fence stays") {
  Audited users;
  const Attachment avatar = users.add(1);
  users.reap_all();
  users.sql << "create table kept as select * from affix_ledger";
  users.forget(avatar);
  users.sql << "update users set avatar = null";
  users.grow_old();
  just_before(users, "ledger.fence", [&] {
    users.sql << "insert into affix_ledger select * from kept";
    users.sql << "update users set avatar = :a", soci::use(avatar);
  });
  CHECK(repaired(users.repair()) == 0);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("what a field left behind under another name of its table is found, and goes") {
  Audited users;
  users.insert(1, std::nullopt);
  Transaction tx(users.sql, users.shop.files);
  const Attachment old = tx.replace(user_avatar, 1, picture("coffee.png"));
  tx.commit();
  ColumnField renamed = user_avatar;
  renamed.table = "main.users";
  const Attachment current = tx.replace(renamed, 1, picture("chelsea.png"));
  tx.commit();
  users.reap_all();
  CHECK(users.shop.stored().contains(old.path));  // Another place's, for all the ledger knows.
  const VerifyReport report = users.repair();
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].kind == FindingKind::unreferenced);
  CHECK(report.findings[0].where.attachment == old.id);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.avatar(1) == current);
}

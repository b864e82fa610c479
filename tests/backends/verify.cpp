#include "affix/persistence/verify.hpp"

#include <atomic>
#include <future>
#include <map>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::chrono_literals;
using soci::use;

namespace {

/// Two tables: one whose rows have a file, one whose rows have a list.
class Audited {
 public:
  explicit Audited(const Target& target)
      : db(target),
        table(db.documents()),
        lists(db.documents()),
        field{.table = table, .column = "doc", .key = "id"},
        list{{.table = lists, .column = "doc", .key = "id"}},
        ledger(db.ledger()),
        shop(Backing::memory, nullptr, make_vips_converter(), ledger) {
    if (target.engine == Engine::sqlite) db.sql << "pragma busy_timeout = 20000";
    ensure_schema(db.sql, shop.files);
  }

  static Source text(const std::string& content) { return Source::from_memory(content, "a.txt"); }

  Attachment add(int id) {
    const std::string row = std::to_string(id);
    db.run("insert into " + table + "(id) values(" + row + ")");
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.replace(field, id, text("file " + row));
    tx.commit();
    return created;
  }

  VerifyReport check(soci::session& sql, VerifyOptions options = {}) {
    options.fields = {field};
    options.list_fields = {list};
    options.coverage = VerifyOptions::Coverage::all;
    return verify(sql, shop.files, options);
  }
  VerifyReport repair(soci::session& sql) {
    return check(sql, {.repair = VerifyOptions::Repair::certain, .purge_delay = {}});
  }

  Database db;
  std::string table;
  std::string lists;
  ColumnField field;
  ColumnListField list;
  LedgerOptions ledger;
  Workshop shop;
};

std::map<FindingKind, int> kinds(const VerifyReport& report) {
  std::map<FindingKind, int> found;
  for (const Finding& one : report.findings) ++found[one.kind];
  return found;
}

std::string places(const VerifyReport& report) {
  std::string text;
  for (const Finding& one : report.findings) {
    text += std::string(name(one.kind)) + " " + one.where.table + "#" + one.where.row + " " +
            one.where.attachment + "\n";
  }
  return text;
}

/// A program at work: files come, change and go.
void write_for_a_while(Audited& audited, soci::session& sql, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    Transaction tx(sql, audited.shop.files);
    const int row = 1 + round % 3;
    tx.replace(audited.field, row, Audited::text("round"));
    if (round % 4 == 3) tx.clear(audited.field, row);
    tx.append(audited.list, 1, Audited::text("item"));
    if (round % 5 == 4) {
      tx.rollback();
      continue;
    }
    tx.commit();
    if (round % 3 == 2) {
      tx.clear(audited.list, 1);
      tx.commit();
    }
  }
}

/// The reaper waits for locks for half a second only.
void reap_if_free(Audited& audited) {
  try {
    reap(audited.db.sql, audited.shop.files, {.purge_delay = {}, .lease = {}});
  } catch (const Error& error) {
    if (!error.cause().starts_with("lock_timeout: ")) throw;
  }
}

}  // namespace

TEST_CASE("planted damage is found, and what is certain is repaired, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Audited audited(target);
  Database& db = audited.db;
  const auto intact = audited.add(1);
  const auto gone = audited.add(2);
  const auto deleted = audited.add(3);
  const auto copied = audited.add(4);
  const auto lost = audited.add(5);
  const auto left = audited.add(6);
  audited.shop.real->remove(Key::parse(gone.path));
  db.run("delete from " + audited.table + " where id = 3");
  db.run("insert into " + audited.table + "(id, doc) select 7, doc from " + audited.table +
         " where id = 4");
  db.run("delete from " + audited.ledger.table + " where id = '" + lost.id + "'");
  db.run("update " + audited.ledger.table + " set state = 'doomed' where id = '" + left.id + "'");
  const std::string orphan = "attachments/" + audited.shop.files.make_id() + "/a.txt";
  audited.shop.real->put(Key::parse(orphan), *make_memory_reader("orphan"));
  audited.shop.clock->advance(std::chrono::duration_cast<std::chrono::milliseconds>(
                                  system_clock()->now() - audited.shop.clock->now()) +
                              25h);
  using K = FindingKind;
  const VerifyReport found = audited.check(db.sql);
  CAPTURE(places(found));
  CHECK(kinds(found) == std::map<K, int>{{K::missing_file, 1},
                                         {K::unreferenced, 1},
                                         {K::alias, 2},
                                         {K::unknown, 1},
                                         {K::given_up, 1},
                                         {K::orphan, 1}});
  CHECK_FALSE(in_transaction(db.sql));
  const VerifyReport repaired = audited.repair(db.sql);
  CHECK(repaired.repaired == 3);
  CHECK_FALSE(in_transaction(db.sql));
  const VerifyReport after = audited.check(db.sql);
  CAPTURE(places(after));
  CHECK(kinds(after) == std::map<K, int>{{K::missing_file, 1}, {K::alias, 2}, {K::given_up, 1}});
  CHECK(audited.shop.real->exists(Key::parse(intact.path)));
  CHECK_FALSE(audited.shop.real->exists(Key::parse(orphan)));
  CHECK(reap(db.sql, audited.shop.files, {.purge_delay = {}, .fields = {audited.field}}).purged ==
        1);
  CHECK_FALSE(audited.shop.real->exists(Key::parse(deleted.path)));
}

TEST_CASE("a list is compared as a single file is, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Audited audited(target);
  audited.db.run("insert into " + audited.lists + "(id) values(1)");
  Transaction tx(audited.db.sql, audited.shop.files);
  tx.append(audited.list, 1, Audited::text("first"));
  const Attachment second = tx.append(audited.list, 1, Audited::text("second"));
  tx.commit();
  audited.db.run("delete from " + audited.ledger.table);
  CHECK(audited.repair(audited.db.sql).repaired == 2);
  audited.shop.real->remove(Key::parse(second.path));
  const VerifyReport report = audited.check(audited.db.sql);
  CHECK(kinds(report) == std::map<FindingKind, int>{{FindingKind::missing_file, 1}});
  CHECK(report.attachments == 2);
  CHECK(report.findings.at(0).where.attachment == second.id);
}

TEST_CASE("while a program writes verify reports and repairs nothing that is in order") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Audited audited(target);
  for (int id = 1; id <= 3; ++id) audited.add(id);
  audited.db.run("insert into " + audited.lists + "(id) values(1)");
  soci::session other;
  audited.db.connect(other);
  if (target.engine == Engine::sqlite) other << "pragma busy_timeout = 20000";
  std::atomic<bool> over = false;
  auto writer = std::async(std::launch::async, [&] {
    write_for_a_while(audited, other, target.name == "odbc-sqlite" ? 20 : 60);
    over = true;
  });
  int calls = 0;
  std::string found;
  while (!over && writer.wait_for(0s) != std::future_status::ready) {
    found += places(audited.repair(audited.db.sql));
    reap_if_free(audited);
    ++calls;
  }
  writer.get();
  found += places(audited.repair(audited.db.sql));
  CHECK(found == "");
  CHECK(calls > 0);
}

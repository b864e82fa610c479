#include "affix/persistence/triggers.hpp"

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using soci::use;

namespace {

/// A table with triggers, and what the ledger says of its attachments.
class Strict {
 public:
  explicit Strict(const Target& target)
      : db(target),
        table(db.documents()),
        field{.table = table, .column = "doc", .key = "id"},
        list{field},
        ledger(db.ledger()),
        shop(Backing::memory, nullptr, make_vips_converter(), ledger) {
    ensure_schema(db.sql, shop.files);
  }

  Source text(const std::string& content) { return Source::from_memory(content, "a.txt"); }

  /// A row by a plain INSERT: the ledger does not know whose it is.
  Attachment insert(int id) {
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.create(text("inserted"));
    db.sql << "insert into " + table + "(id, doc) values(:id, :doc)", use(id), use(created);
    tx.commit();
    return created;
  }
  /// A row that has its attachment by the field.
  Attachment replace(int id) {
    db.run("insert into " + table + "(id) values(" + std::to_string(id) + ")");
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.replace(field, id, text("replaced"));
    tx.commit();
    return created;
  }

  bool is(const Attachment& one, const std::string& state) {
    return db.number("select count(*) from " + ledger.table + " where id = '" + one.id +
                     "' and state = '" + state + "'") == 1;
  }

  Database db;
  std::string table;
  ColumnField field;
  ColumnListField list;
  LedgerOptions ledger;
  Workshop shop;
};

}  // namespace

TEST_CASE("with triggers plain statements give attachments up, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Strict strict(target);
  Database& db = strict.db;
  const TriggerOptions triggers{.fields = {strict.field}};
  install_triggers(db.sql, strict.shop.files, triggers);
  install_triggers(db.sql, strict.shop.files, triggers);  // What is there is made anew.
  CHECK_FALSE(in_transaction(db.sql));
  const Attachment deleted = strict.insert(1);
  const Attachment emptied = strict.replace(2);
  const Attachment kept = strict.replace(3);
  db.run("delete from " + strict.table + " where id = 1");
  db.run("update " + strict.table + " set doc = null where id = 2");
  db.run("update " + strict.table + " set name = 'Ada', doc = doc where id = 3");
  CHECK(strict.is(deleted, "doomed"));
  CHECK(strict.is(emptied, "doomed"));
  CHECK(strict.is(kept, "live"));
  // A copy in another row.
  db.run("insert into " + strict.table + "(id, doc) select 4, doc from " + strict.table +
         " where id = 3");
  db.run("delete from " + strict.table + " where id = 4");
  CHECK(strict.is(kept, "live"));
  remove_triggers(db.sql, strict.shop.files, triggers);
  remove_triggers(db.sql, strict.shop.files, triggers);
  db.run("delete from " + strict.table);
  CHECK(strict.is(kept, "live"));
}

TEST_CASE("what a transaction does is the same with triggers, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Strict strict(target);
  install_triggers(strict.db.sql, strict.shop.files, {.fields = {strict.field}});
  const Attachment first = strict.replace(1);
  Transaction tx(strict.db.sql, strict.shop.files);
  const Attachment second = tx.replace(strict.field, 1, strict.text("second"));
  CHECK(strict.field.load(strict.db.sql, 1) == second);
  tx.rollback();
  CHECK(strict.is(first, "live"));
  const Attachment third = tx.replace(strict.field, 1, strict.text("third"));
  tx.commit();
  CHECK(strict.is(first, "doomed"));
  CHECK(strict.is(third, "live"));
  tx.remove(third);
  strict.db.sql << "delete from " + strict.table;
  tx.commit();
  CHECK(strict.is(third, "doomed"));
}

TEST_CASE("a remove after the statement that a trigger has followed is no conflict") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Strict strict(target);
  Database& db = strict.db;
  install_triggers(db.sql, strict.shop.files, {.fields = {strict.field}});
  const Attachment first = strict.insert(1);
  const Attachment second = strict.replace(2);
  Transaction tx(db.sql, strict.shop.files);
  tx.begin();
  db.sql << "delete from " + strict.table;
  tx.remove(first);
  tx.remove(second);
  tx.remove(first);
  tx.commit();
  CHECK(strict.is(first, "doomed"));
  CHECK(strict.is(second, "doomed"));
  // What was given up before this transaction is a conflict, as ever.
  db.run("update " + strict.ledger.table + " set changed_at = changed_at - 60000");
  CHECK(code_of([&] { tx.remove(first); }) == Errc::conflict);
  tx.rollback();
  soci::session other;
  db.connect(other);
  Transaction theirs(other, strict.shop.files);
  CHECK(code_of([&] { theirs.remove(second); }) == Errc::conflict);
  theirs.rollback();
  const ReapResult done = reap(db.sql, strict.shop.files, {.purge_delay = {}});
  CHECK(done.purged == 2);
}

TEST_CASE("in a part of a transaction a remove may come after the statement as well") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.name == "odbc-postgresql") return;  // It keeps no savepoints.
  Strict strict(target);
  install_triggers(strict.db.sql, strict.shop.files, {.fields = {strict.field}});
  const Attachment one = strict.insert(1);
  Transaction outer(strict.db.sql, strict.shop.files);
  outer.begin();
  strict.db.sql << "delete from " + strict.table;
  {
    Transaction part(outer);
    part.remove(one);
    part.commit();
  }
  outer.rollback();
  CHECK(strict.is(one, "live"));
}

TEST_CASE("with triggers a row whose document cannot be read is deleted and changed as ever") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Strict strict(target);
  Database& db = strict.db;
  const std::string type = target.engine == Engine::firebird  ? "blob sub_type text"
                           : target.engine == Engine::mariadb ? "longtext"
                                                              : "text";
  for (const bool is_list : {false, true}) {
    if (is_list && target.engine == Engine::firebird) break;
    const std::string notes = db.new_name("notes");
    const ColumnField field{.table = notes, .column = "doc", .key = "id"};
    db.run("create table " + notes + "(id integer not null primary key, doc " + type + ")");
    int id = 0;
    for (const char* text : {"", "no document", "{\"v\"", "[]", "{}", "7", "null"}) {
      db.run("insert into " + notes + "(id, doc) values(" + std::to_string(++id) + ", '" + text +
             "')");
    }
    TriggerOptions triggers;
    if (is_list) {
      triggers.list_fields = {{field}};
    } else {
      triggers.fields = {field};
    }
    install_triggers(db.sql, strict.shop.files, triggers);
    CHECK_NOTHROW(db.run("update " + notes + " set doc = 'something else'"));
    CHECK_NOTHROW(db.run("update " + notes + " set doc = null where id = 1"));
    CHECK_NOTHROW(db.run("delete from " + notes));
    remove_triggers(db.sql, strict.shop.files, triggers);
  }
}

TEST_CASE("a cascade gives attachments up where it fires triggers") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Strict strict(target);
  Database& db = strict.db;
  const std::string posts = db.new_name("posts");
  if (target.engine == Engine::sqlite) db.sql << "pragma foreign_keys = on";
  db.run("create table " + posts + "(id integer not null primary key, author integer references " +
         strict.table + "(id) on delete cascade, doc " + std::string(db.dialect().json_type()) +
         ")");
  const ColumnField doc{.table = posts, .column = "doc", .key = "id"};
  install_triggers(db.sql, strict.shop.files, {.fields = {doc}});
  db.run("insert into " + strict.table + "(id) values(1)");
  db.run("insert into " + posts + "(id, author) values(1, 1)");
  Transaction tx(db.sql, strict.shop.files);
  const Attachment picture = tx.replace(doc, 1, strict.text("post"));
  tx.commit();
  db.run("delete from " + strict.table);
  CHECK(db.number("select count(*) from " + posts) == 0);
  const bool fires = target.engine != Engine::mariadb && target.engine != Engine::mysql;
  CHECK(strict.is(picture, fires ? "doomed" : "live"));
}

TEST_CASE("triggers for a list give up what left it, where the database reads JSON") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Strict strict(target);
  Database& db = strict.db;
  const TriggerOptions triggers{.list_fields = {strict.list}};
  if (target.engine == Engine::firebird) {
    CHECK(code_of([&] { install_triggers(db.sql, strict.shop.files, triggers); }) ==
          Errc::unsupported);
    return;
  }
  install_triggers(db.sql, strict.shop.files, triggers);
  db.run("insert into " + strict.table + "(id) values(1)");
  Transaction tx(db.sql, strict.shop.files);
  const Attachment first = tx.append(strict.list, 1, strict.text("first"));
  const Attachment second = tx.append(strict.list, 1, strict.text("second"));
  tx.commit();
  const AttachmentList rest{{second}};
  db.sql << "update " + strict.table + " set doc = :doc", use(rest);
  CHECK(strict.is(first, "doomed"));
  CHECK(strict.is(second, "live"));
  db.run("delete from " + strict.table);
  CHECK(strict.is(second, "doomed"));
}

TEST_CASE("the id stands where the triggers of Firebird look for it") {
  const Attachment attachment{.id = "019b76da-a800-7a75-a927-dc13f2ef9a06",
                              .disk = "local",
                              .path = "attachments/019b76da-a800-7a75-a927-dc13f2ef9a06/a.txt",
                              .mime_type = "text/plain"};
  CHECK(print(attachment).starts_with(R"({"v":1,"id":")" + attachment.id));
}

TEST_CASE("triggers need a ledger and a session that is in no transaction") {
  const Target target = targets().front();
  Strict strict(target);
  Workshop without(Backing::memory, nullptr, make_vips_converter(),
                   {.mode = LedgerOptions::Mode::off});
  CHECK(code_of([&] { install_triggers(strict.db.sql, without.files, {}); }) == Errc::unsupported);
  strict.db.sql.begin();
  CHECK(code_of([&] { install_triggers(strict.db.sql, strict.shop.files, {}); }) ==
        Errc::invalid_state);
  strict.db.sql.rollback();
}

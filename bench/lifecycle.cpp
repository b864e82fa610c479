#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include "affix/conversion/content_type.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/storage/local_disk.hpp"
#include "database.hpp"
#include "harness.hpp"

// What the crash protocol costs for each attachment: the same operations with the ledger, and by
// hand without any bookkeeping: a file whose type is looked at and that is put onto the same disk,
// and a row that is written in a transaction. Goal with full durability: 1 ms more at most on
// SQLite, 2 ms on a server.
//
// The databases are those of AFFIX_BACKENDS; without it, SQLite alone.

namespace {

using affix::ColumnField;
using affix::Durability;
using affix::bench::Suite;
using affix::tests::Database;
using affix::tests::Target;
using soci::use;

/// A table of owners and the manager of their files, on a disk of its own.
class Shop {
 public:
  Shop(const Target& target, Durability durability)
      : database_(target),
        table_(database_.documents()),
        disk_(affix::make_local_disk({.root = directory_.path(), .durability = durability})),
        files_({.disks = {{"local", disk_}}, .ledger = database_.ledger()}),
        field_{.table = table_, .column = "doc", .key = "id"} {
    affix::ensure_schema(database_.sql, files_);
  }

  void create() {
    affix::Transaction tx(database_.sql, files_);
    insert(tx.create(source()));
    tx.commit();
  }

  void replace() {
    affix::Transaction tx(database_.sql, files_);
    tx.replace(field_, 1, source());
    tx.commit();
  }

  /// The same by hand: the file, the row, and nothing that knows what is left after a crash.
  void create_by_hand() { insert(stored()); }

  /// Nobody removes the old file.
  void replace_by_hand() {
    const affix::Attachment next = stored();
    affix::dialect_of(database_.sql).begin_for_write(database_.sql);
    update(next);
    database_.sql.commit();
  }

  void replace_and_remove_by_hand() {
    const affix::Attachment next = stored();
    affix::dialect_of(database_.sql).begin_for_write(database_.sql);
    const auto old = field_.load(database_.sql, 1);
    update(next);
    database_.sql.commit();
    disk_->remove_prefix(affix::Key::parse("attachments/" + old->id));
  }

  void reap() { affix::reap(database_.sql, files_, {.purge_delay = {}, .lease = {}}); }

  /// One row, with a file.
  void clear() {
    database_.run("delete from " + table_);
    next_ = 1;
    create();
  }

 private:
  static affix::Source source() {
    return affix::Source::from_memory(std::string(64 * 1024, 'x'), "note.txt");
  }

  affix::Attachment stored() {
    affix::Attachment attachment{.id = files_.make_id(), .name = "note.txt"};
    attachment.file_name = "note.txt";
    attachment.disk = "local";
    attachment.path = "attachments/" + attachment.id + "/note.txt";
    const std::string bytes(64 * 1024, 'x');
    attachment.mime_type = affix::detect_type(std::as_bytes(std::span(bytes)));
    const auto put =
        disk_->put(affix::Key::parse(attachment.path), *affix::make_memory_reader(bytes));
    attachment.size = put.size;
    attachment.checksum = put.checksum;
    return attachment;
  }

  void insert(const affix::Attachment& attachment) {
    const int id = next_++;
    if (!affix::in_transaction(database_.sql)) {
      affix::dialect_of(database_.sql).begin_for_write(database_.sql);
      write(id, attachment);
      database_.sql.commit();
    } else {
      write(id, attachment);
    }
  }

  void update(const affix::Attachment& attachment) {
    database_.sql << "update " + table_ + " set doc = :doc where id = 1", use(attachment);
  }

  void write(int id, const affix::Attachment& attachment) {
    database_.sql << "insert into " + table_ + "(id, doc) values(:id, :doc)", use(id),
        use(attachment);
  }

  Database database_;
  affix::tests::TemporaryDirectory directory_;
  std::string table_;
  std::shared_ptr<affix::Disk> disk_;
  affix::AttachmentManager files_;
  ColumnField field_;
  int next_ = 1;
};

void print_added(const affix::bench::Row& row) {
  std::printf("%-34s %+.3f ms\n", "  added", row.added / 1000);
}

/// A target and a durability, with its own files: what a program removes slows down for some
/// seconds whoever makes files after it, so nothing is removed before everything else is measured.
struct Place {
  std::string database;
  std::string durability;
  std::unique_ptr<Shop> shop;
};

void run_changes(Suite& suite, const Place& place) {
  Shop& shop = *place.shop;
  shop.clear();
  print_added(suite.run({.name = "create + commit" + place.durability,
                         .on = place.database,
                         .compared_with = "a put and an insert",
                         .ours = [&] { shop.create(); },
                         .baseline = [&] { shop.create_by_hand(); },
                         .reset = [&] { shop.clear(); }}));
  print_added(suite.run({.name = "replace + commit" + place.durability,
                         .on = place.database,
                         .compared_with = "a put and an update",
                         .ours = [&] { shop.replace(); },
                         .baseline = [&] { shop.replace_by_hand(); },
                         .reset = [&] { shop.clear(); }}));
}

void run_removals(Suite& suite, const Place& place) {
  constexpr int replaced_files = 50;
  Shop& shop = *place.shop;
  shop.reap();
  suite.run({.name = "replace + commit + reap" + place.durability,
             .on = place.database,
             .compared_with = "a put, an update and a removal",
             .ours =
                 [&] {
                   for (int i = 0; i < replaced_files; ++i) shop.replace();
                   shop.reap();
                 },
             .baseline =
                 [&] {
                   for (int i = 0; i < replaced_files; ++i) shop.replace_and_remove_by_hand();
                 },
             .reset = [&] { shop.clear(); }});
}

void run_all(const affix::bench::Options& options) {
  std::vector<Place> places;
  for (const Target& target : affix::tests::targets()) {
    if (target.is_odbc() || target.name == "firebird-embedded") continue;
    for (const Durability durability : {Durability::full, Durability::kill_safe}) {
      places.push_back({target.name, durability == Durability::full ? ", full" : ", kill_safe",
                        std::make_unique<Shop>(target, durability)});
    }
  }
  Suite suite("lifecycle", options);
  for (const Place& place : places) run_changes(suite, place);
  for (const Place& place : places) run_removals(suite, place);
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    run_all(affix::bench::parse_options(argument_count, arguments, "lifecycle"));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

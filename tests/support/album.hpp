#pragma once

#include <soci/soci.h>

#include <algorithm>
#include <string>
#include <vector>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/persistence/triggers.hpp"
#include "affix/persistence/verify.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/soci/dialect.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/testing/manual_clock.hpp"
#include "manager/manager_core.hpp"

namespace affix::tests {

/// Rolls back what is open, if only by a SELECT.
inline void end_transaction(soci::session& sql) {
  if (in_transaction(sql)) sql.rollback();
}

/// A table whose rows have an avatar and a gallery. Its files are texts that end with a full stop,
/// so that it can be seen whether one is there as a whole.
class Album {
 public:
  Album(soci::session& session, AttachmentManager& manager, testing::ManualClock& manual_clock,
        std::string name)
      : sql(session),
        files(manager),
        clock(manual_clock),
        table(std::move(name)),
        avatar{.table = table, .column = "avatar", .key = "id", .variants = {"thumb"}},
        gallery{{.table = table, .column = "gallery", .key = "id"}} {}
  Album(const Album&) = delete;
  Album& operator=(const Album&) = delete;

  void make_table() {
    const Dialect& dialect = dialect_of(sql);
    const std::string json(dialect.json_type());
    const std::vector<ColumnDefinition> columns{
        {.name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden},
        {.name = "avatar", .type = json},
        {.name = "gallery", .type = json}};
    sql << dialect.create_table(table, columns, std::vector<std::string>{"id"});
    if (!dialect.traits().autocommits) sql.commit();
  }

  /// Row 1 with an avatar and a gallery of two, row 2 with nothing.
  void fill() {
    Transaction tx(sql, files);
    const Attachment one = tx.create(text("The old avatar."), {.variants = {"thumb"}});
    insert(1, one, {tx.create_all(texts({"The first.", "The second."}))});
    insert(2, std::nullopt, {});
    tx.commit();
  }

  /// No rows and no files.
  void empty() {
    Transaction tx(sql, files);
    tx.begin();
    AttachmentList all;
    avatar.each(sql, [&](const RowKey&, const Attachment& one) { all.items.push_back(one); });
    gallery.each(sql, [&](const RowKey&, const AttachmentList& list) {
      all.items.insert(all.items.end(), list.begin(), list.end());
    });
    tx.remove(all);
    sql << "delete from " + table;
    tx.commit();
    reap_all();
  }

  void insert(int id, const std::optional<Attachment>& one, const AttachmentList& list) {
    sql << "insert into " + table + "(id, avatar, gallery) values(:id, :avatar, :gallery)",
        soci::use(id), soci::use(one), soci::use(list);
  }

  static Source text(const std::string& content) {
    return Source::from_memory(content, "note.txt");
  }
  static std::vector<Source> texts(const std::vector<std::string>& contents) {
    std::vector<Source> sources;
    for (const std::string& content : contents) sources.push_back(text(content));
    return sources;
  }

  /// Has the reaper do all that is due, and all that will be.
  ReapResult reap_all() {
    return reap(sql, files, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
  }

  /// The same, but what a row has although it was given up stays.
  ReapResult reap_unused() {
    return reap(sql, files,
                {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}, .fields = {avatar}});
  }

  /// Compares rows, ledger and disk, when all of them are older than the grace, and repairs.
  VerifyReport repair_all() {
    using std::chrono::milliseconds;
    const auto behind =
        std::chrono::duration_cast<milliseconds>(system_clock()->now() - clock.now());
    clock.advance(std::max(behind, milliseconds(0)) + std::chrono::hours(25));
    return verify(sql, files,
                  {.fields = {avatar},
                   .list_fields = {gallery},
                   .coverage = VerifyOptions::Coverage::all,
                   .repair = VerifyOptions::Repair::certain,
                   .purge_delay = {}});
  }

  /// Those that this database can have.
  TriggerOptions triggers() const {
    TriggerOptions options{.fields = {avatar}};
    if (dialect_of(sql).engine() != Engine::firebird) options.list_fields = {gallery};
    return options;
  }

  /// Runs a statement by hand, committed.
  void run(const std::string& statement) {
    sql << statement;
    if (!dialect_of(sql).traits().autocommits) sql.commit();
  }

  const std::string& ledger() { return detail::ManagerAccess::core(files).options().ledger.table; }

  Disk& disk() { return detail::ManagerAccess::core(files).disk({}); }

  soci::session& sql;
  AttachmentManager& files;
  testing::ManualClock& clock;
  const std::string table;
  const ColumnField avatar;
  const ColumnListField gallery;
};

}  // namespace affix::tests

#include "affix/soci/dialect.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "walk.hpp"

// The process dies while it makes the ledger's tables, or claims a disk: who does so after it
// succeeds, and finds nothing damaged.

using namespace affix;
using namespace affix::tests;

namespace {

void run_ensure_schema(Album& album) { ensure_schema(album.sql, album.files); }
void run_claim_disk(Album& album) { claim_disk(album.sql, album.files); }

const Operation make_tables{"make the ledger's tables", &run_ensure_schema};
const Operation claim{"claim the disk", &run_claim_disk};

/// Rows that have nothing yet.
void make_rows(Site& site) {
  site.album.make_table();
  for (const int id : {1, 2}) site.album.insert(id, std::nullopt, {});
}

/// Tables as an older release may have made them, with a row.
void make_old_tables(Site& site) {
  make_rows(site);
  site.sql << "create table affix_ledger(id varchar(36) not null primary key, state varchar(8))";
  site.sql << "create table affix_meta(instance varchar(64) not null primary key)";
}

int number(soci::session& sql, const std::string& query) {
  int value = -1;
  sql << query, soci::into(value);
  return value;
}

/// Throws unless everything is there, once.
void require_complete(Site& site) {
  const Dialect& dialect = dialect_of(site.sql);
  const bool complete = dialect.columns(site.sql, "affix_ledger").size() == 10 &&
                        dialect.columns(site.sql, "affix_meta").size() == 4 &&
                        dialect.has_index(site.sql, "affix_ledger", "affix_ledger_state") &&
                        dialect.has_index(site.sql, "affix_ledger", "affix_ledger_key") &&
                        number(site.sql, "select count(*) from affix_meta") == 1;
  if (!complete) throw std::runtime_error("the tables are not complete");
}

/// What a program does at its start; then it works.
void start_again(Site& site) {
  ensure_schema(site.sql, site.files);
  require_complete(site);
  Transaction tx(site.sql, site.files);
  tx.replace(site.album.avatar, 1, Album::text("An avatar."));
  tx.commit();
  tx.clear(site.album.avatar, 1);
  tx.commit();
}

/// The disk belongs to another database, which has reaped more often.
void give_disk_away(Site& site) {
  fill_album(site);
  site.album.disk().put(Key::parse(".affix/main/token"), *make_memory_reader("another"),
                        {.overwrite = Overwrite::allowed});
  for (const std::string number : {"00000000000000000041", "00000000000000000042"}) {
    site.album.disk().put(Key::parse(".affix/main/epoch/" + number), *make_memory_reader(""));
  }
}

/// What the operator does who was interrupted. In between the reaper either refuses its work, or
/// does it right.
void claim_again(Site& site) {
  const auto code = code_of([&] { reap(site.sql, site.files); });
  if (code && code != Errc::conflict) throw std::runtime_error("the reaper has failed");
  claim_disk(site.sql, site.files);
}

void check(const Operation& operation, const WalkOptions& options, AtCall what) {
  const WalkResult result = Walk(operation, options).run(what);
  for (const std::string& one : result.damage) UNSCOPED_INFO(one);
  CHECK(result.damaging == 0);
  CHECK(result.points >= 5);
}

}  // namespace

TEST_CASE("a process that dies while it makes the tables leaves them to the next one") {
  const Journal journal = GENERATE(Journal::rollback, Journal::write_ahead);
  const AtCall what = GENERATE(AtCall::die, AtCall::die_half_way);
  check(make_tables, {.journal = journal, .set_up = &make_rows, .recover = &start_again}, what);
}

TEST_CASE("a process that dies while it adds columns leaves them to the next one") {
  const AtCall what = GENERATE(AtCall::die, AtCall::die_half_way);
  check(make_tables, {.set_up = &make_old_tables, .recover = &start_again}, what);
}

TEST_CASE("an operator's process that dies while it claims a disk leaves it to the next one") {
  const Journal journal = GENERATE(Journal::rollback, Journal::write_ahead);
  const AtCall what = GENERATE(AtCall::die, AtCall::die_half_way);
  check(claim, {.journal = journal, .set_up = &give_disk_away, .recover = &claim_again}, what);
}

TEST_CASE("a disk that is not claimed once more is seen as damage") {
  const WalkResult result = Walk(claim, {.set_up = &give_disk_away}).run(AtCall::die);
  CHECK(result.damaging > 0);
}

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/album_operations.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

// Locks are taken in one order everywhere: the ledger's rows of new attachments, those of old ones,
// the owner's row; several of a kind by their ids. So operations do not wait for each other in a
// circle.

using namespace affix;
using namespace affix::tests;

namespace {

using Names = std::vector<std::string>;

struct Locking {
  const char* name;
  void (*run)(Album&);
  Names locks;  ///< The statements that take one, in their order.
};

/// An album whose statements are listened to.
struct Listening {
  Listening() {
    ensure_schema(sql, shop.files);
    album.make_table();
    album.fill();
    // What triggers note is in the order in which the rows were changed.
    sql << "create table changed(id varchar(36))";
    for (const std::string event : {"insert", "update"}) {
      sql << "create trigger note_" + event + " after " + event +
                 " on affix_ledger begin insert into changed values(new.id); end";
    }
  }

  /// The names of the statements that take locks.
  Names locks_of(void (*run)(Album&)) {
    Names locks;
    auto& core = detail::ManagerAccess::core(shop.files);
    core.around_statement = [&](std::string_view name, const std::function<void()>& statement) {
      const bool only_reads = name == "row.load" || name == "ledger.find";
      if (!only_reads && !name.starts_with("transaction.")) locks.emplace_back(name);
      statement();
    };
    run(album);
    core.around_statement = nullptr;
    return locks;
  }

  std::vector<std::string> changed() {
    const soci::rowset<std::string> rows = (sql.prepare << "select id from changed order by rowid");
    return {rows.begin(), rows.end()};
  }

  Workshop shop{Backing::memory, nullptr, std::make_shared<TextConverter>()};
  soci::session sql{soci::sqlite3, "db=:memory:"};
  Album album{sql, shop.files, *shop.clock, "album"};
};

void clear_avatar(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.clear(album.avatar, 1);
  tx.commit();
}

void clear_gallery(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.clear(album.gallery, 1);
  tx.commit();
}

/// The list in which the later attachment comes first.
AttachmentList turned_round(AttachmentList list) {
  std::ranges::sort(list.items, std::ranges::greater(), &Attachment::id);
  return list;
}

}  // namespace

TEST_CASE("each operation on a field locks new files in the ledger, then old ones, then the row") {
  const std::vector<Locking> all{
      {"replace", &run_replace, {"ledger.insert", "ledger.doom", "row.write"}},
      {"replace of nothing", &run_first, {"ledger.insert", "row.write"}},
      {"clear", &clear_avatar, {"ledger.doom", "row.write"}},
      {"append", &run_append, {"ledger.insert", "row.read", "row.write"}},
      {"take out", &run_take_out, {"ledger.doom", "row.read", "row.write"}},
      {"clear a list", &clear_gallery, {"ledger.doom", "ledger.doom", "row.read", "row.write"}},
      {"late variants", &run_variants, {"ledger.lock", "row.read", "row.write"}},
      {"late variants in a list", &run_variants_in_list, {"ledger.lock", "row.read", "row.write"}}};
  for (const Locking& one : all) {
    CAPTURE(one.name);
    CHECK(Listening().locks_of(one.run) == one.locks);
  }
}

TEST_CASE("several attachments are entered into the ledger in the order of their ids") {
  Listening listening;
  std::vector<PendingAttachment> pending;
  for (const char* text : {"One.", "Two.", "Three."}) {
    pending.push_back(listening.shop.files.create(Album::text(text)));
  }
  const auto id = [](const PendingAttachment& one) { return std::string(one.id()); };
  std::ranges::sort(pending, std::ranges::greater(), id);  // The other way round.
  Transaction tx(listening.sql, listening.shop.files);
  CHECK(tx.adopt_all(std::move(pending)).size() == 3);
  tx.commit();
  CHECK(listening.changed().size() == 3);
  CHECK(std::ranges::is_sorted(listening.changed()));
}

TEST_CASE("several attachments are given up in the order of their ids") {
  Listening listening;
  const AttachmentList list = turned_round(listening.album.gallery.load(listening.sql, 1));
  REQUIRE(list.items.front().id > list.items.back().id);
  Transaction tx(listening.sql, listening.shop.files);
  SECTION("by a removal") { tx.remove(list); }
  SECTION("by a list's field") {
    listening.sql << "update album set gallery = :list where id = 1", soci::use(list);
    tx.clear(listening.album.gallery, 1);
  }
  tx.commit();
  CHECK(listening.changed().size() == 2);
  CHECK(std::ranges::is_sorted(listening.changed()));
}

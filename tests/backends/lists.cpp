#include <future>

#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

/// Keeps this session from failing at once where writers exclude each other.
void be_patient(const Target& target, soci::session& sql) {
  if (target.engine == Engine::sqlite) sql << "pragma busy_timeout = 20000";
}

/// Calls `step` once, when the next variant is made and its file is on the disk, before the row is
/// locked.
void when_made(Owners& owners, std::function<void()> step) {
  detail::ManagerAccess::core(owners.shop.files).around_statement =
      [step = std::move(step), once = false](std::string_view name,
                                             const std::function<void()>& run) mutable {
        if (name == "transaction.begin" && !std::exchange(once, true)) step();
        run();
      };
}

}  // namespace

TEST_CASE("two sessions that append to one list at once both succeed, on Firebird with a retry") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const ColumnListField list{owners.field};
  owners.insert(1, std::nullopt);
  owners.db.done();
  soci::session other;
  owners.db.connect(other);
  for (soci::session* sql : {&owners.db.sql, &other}) be_patient(target, *sql);
  const auto append = [&](soci::session& sql) {
    for (int added = 0; added < 5;) {
      Transaction tx(sql, owners.shop.files);
      const auto error = error_of([&] {
        tx.append(list, 1, Source::from_memory("text", "a.txt"));
        tx.commit();
        ++added;
      });
      const bool again = error && error->code() == Errc::conflict;
      if (error && !(again && target.engine == Engine::firebird)) throw *error;
    }
  };
  auto second = std::async(std::launch::async, [&] { return error_of([&] { append(other); }); });
  const auto error = error_of([&] { append(owners.db.sql); });
  const auto other_error = second.get();
  CHECK((error ? error->what() : std::string()) == "");
  CHECK((other_error ? other_error->what() : std::string()) == "");
  const AttachmentList found = list.load(owners.db.sql, 1);
  CHECK(found.items.size() == 10);
  CHECK(owners.has_just(found.items));
}

TEST_CASE("of two who take the same file out of a list the second is a conflict") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const ColumnListField list{owners.field};
  owners.insert(1, std::nullopt);
  owners.db.done();
  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment first = tx.append(list, 1, picture("coffee.png"));
  const Attachment second = tx.append(list, 1, picture("chelsea.png"));
  tx.commit();
  tx.remove(list, 1, first.id);
  tx.commit();
  CHECK(code_of([&] { tx.remove(list, 1, first.id); }) == Errc::conflict);
  tx.rollback();
  CHECK(list.load(owners.db.sql, 1) == AttachmentList{{second}});
  CHECK(owners.has_just({second}));
  tx.clear(list, 1);
  tx.commit();
  CHECK(list.load(owners.db.sql, 1).empty());
  CHECK(owners.db.number("select count(*) from " + owners.table + " where doc is null") == 1);
  CHECK(owners.has_just({}));
}

TEST_CASE("variants of one file of a list are added, and the list stays as it is") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const ColumnListField list{owners.field};
  owners.insert(1, std::nullopt);
  owners.db.done();
  Transaction tx(owners.db.sql, owners.shop.files);
  const Attachment first = tx.append(list, 1, picture("coffee.png"));
  const Attachment second = tx.append(list, 1, picture("chelsea.png"));
  tx.commit();
  CHECK(tx.ensure_variants(list, 1, second.id) == second);  // The field's are there.
  CHECK_FALSE(tx.is_open());
  const Attachment carded = tx.ensure_variants(list, 1, second.id, {"card"});
  CHECK(carded.variants.size() == 2);
  tx.rollback();
  CHECK(list.load(owners.db.sql, 1) == AttachmentList{{first, second}});
  const Attachment again = tx.ensure_variants(list, 1, second.id, {"card", "thumb"});
  tx.commit();
  CHECK(again == carded);
  CHECK(list.load(owners.db.sql, 1) == AttachmentList{{first, carded}});
  CHECK(owners.has_just({first, carded}));
  CHECK(code_of([&] { tx.ensure_variants(list, 1, owners.shop.files.make_id(), {"card"}); }) ==
        Errc::file_not_found);
  CHECK(code_of([&] { tx.ensure_variants(list, 7, first.id, {"card"}); }) ==
        Errc::record_not_found);
  tx.rollback();
}

TEST_CASE("what others do to a list while a variant is made is not lost") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Owners owners(target);
  const ColumnListField list{owners.field};
  owners.insert(1, std::nullopt);
  owners.db.done();
  soci::session other;
  owners.db.connect(other);
  Transaction tx(owners.db.sql, owners.shop.files), theirs(other, owners.shop.files);
  const Attachment first = tx.append(list, 1, picture("coffee.png"));
  const Attachment second = tx.append(list, 1, picture("chelsea.png"));
  tx.commit();
  SECTION("a file that is added stays") {
    std::optional<Attachment> third;
    when_made(owners, [&] {
      third = theirs.append(list, 1, picture("astronaut.png"));
      theirs.commit();
    });
    const Attachment carded = tx.ensure_variants(list, 1, first.id, {"card"});
    tx.commit();
    CHECK(list.load(owners.db.sql, 1) == AttachmentList{{carded, second, *third}});
    CHECK(owners.has_just({carded, second, *third}));
  }
  SECTION("a file that is taken out gets no variant") {
    when_made(owners, [&] {
      theirs.remove(list, 1, first.id);
      theirs.commit();
    });
    CHECK(code_of([&] { tx.ensure_variants(list, 1, first.id, {"card"}); }) == Errc::conflict);
    tx.rollback();
    CHECK(list.load(owners.db.sql, 1) == AttachmentList{{second}});
    CHECK(owners.has_just({second}));
  }
}

TEST_CASE("each visits 1,200 rows once, in order, by numbers and by texts") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  if (target.name == "odbc-sqlite") return;  // Up to a tenth of a second for each document.
  Owners owners(target);
  const Attachment one = owners.add(1);
  owners.db.sql.begin();
  for (int id = 2; id <= 1200; ++id) owners.insert(id, one);
  owners.insert(1201, std::nullopt);
  owners.db.sql.commit();
  std::vector<std::string> keys;
  const auto visit = [&](const RowKey& key, const Attachment&) { keys.push_back(key.text()); };
  owners.field.each(owners.db.sql, visit);
  REQUIRE(keys.size() == 1200);
  CHECK(keys.front() == "1");
  CHECK(keys.back() == "1200");
  ColumnField by_name = owners.field;
  by_name.key = "name";
  keys.clear();
  by_name.each(owners.db.sql, visit);
  CHECK(std::set<std::string>(keys.begin(), keys.end()).size() == 1200);
  CHECK(keys.size() == 1200);
  keys.clear();
  owners.field.each(owners.db.sql, [&](const RowKey& key, const Attachment& found) {
    if (keys.empty()) owners.db.run("delete from " + owners.table + " where id > 700");
    visit(key, found);
  });
  CHECK(keys.size() == 700);
  CHECK_FALSE(in_transaction(owners.db.sql));
}

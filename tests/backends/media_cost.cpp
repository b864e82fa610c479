#include <algorithm>

#include "affix/media/media_library.hpp"
#include "affix/persistence/ledger.hpp"
#include "catch.hpp"
#include "many_media.hpp"
#include "media_database.hpp"
#include "persistence/table_schema.hpp"
#include "statements.hpp"

// What the media table costs, in what a database can be asked for: its plans and its statements.

using namespace affix;
using namespace affix::tests;

namespace {

bool is_named(const std::vector<std::string>& lines, const std::string& name) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(name) != line.npos; });
}

/// The statements of attaching so many new files to one collection, in one transaction.
long long statements_of_attaching(const OwnerCollection& gallery, soci::session& sql,
                                  AttachmentManager& files, int count) {
  const StatementCount statements(sql);
  Transaction tx(sql, files);
  for (int i = 0; i < count; ++i) gallery.attach(tx, Source::from_memory("text", "note.txt"));
  tx.commit();
  return statements.value();
}

}  // namespace

TEST_CASE("the database lists an owner's records by the index") {
  const Target target = GENERATE(from_range(targets()));
  if (target.engine != Engine::sqlite && target.engine != Engine::postgresql) return;
  CAPTURE(target);
  MediaDatabase media(target);
  ensure_media_schema(media.db.sql, media.tables);
  const MediaRecord record{.attachment = {.id = "a",
                                          .name = "a",
                                          .disk = "local",
                                          .path = "a/a.png",
                                          .size = 1,
                                          .mime_type = "image/png"},
                           .place = {{"Product", "0"}, "gallery"}};
  crowd_media(media.db, *media.files, media.tables, record, {.owners = 2, .records = 2});
  const auto store = media.store();
  CHECK(store->count({}) == 10'000);
  const auto listed = store->list_by_owner({"Product", "42"}, "gallery", nullptr);
  const std::string statement = media.db.sql.get_last_query();
  REQUIRE(listed.size() == 100);
  CHECK(listed.back().position == 99);
  const std::string index = detail::index_name(media.tables.media, "owner");
  const auto plan =
      plan_of(media.db.sql, statement, {"Product", "42", "gallery", "Product", "42", "gallery"});
  CAPTURE(statement, plan);
  CHECK(is_named(plan, index));
  media.db.run("drop index " + index);
  CHECK_FALSE(is_named(
      plan_of(media.db.sql, statement, {"Product", "42", "gallery", "Product", "42", "gallery"}),
      index));
}

TEST_CASE("to attach a file costs as many statements in a full collection as in an empty one") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  AttachmentManager files({.disks = {{"local", make_memory_disk()}}, .ledger = media.db.ledger()});
  ensure_schema(media.db.sql, files);
  ensure_media_schema(media.db.sql, media.tables);
  const MediaLibrary library({.store = media.store(), .files = files});
  const auto gallery = library.for_owner("Product", 1).collection("gallery");
  statements_of_attaching(gallery, media.db.sql, files, 1);  // Makes the counter.
  const long long ten = statements_of_attaching(gallery, media.db.sql, files, 10);
  const long long twenty = statements_of_attaching(gallery, media.db.sql, files, 20);
  const long long forty = statements_of_attaching(gallery, media.db.sql, files, 40);
  CHECK(gallery.list().size() == 71);
  CHECK(twenty - ten == 10 * 5);
  CHECK(forty - twenty == 20 * 5);
}

#include <algorithm>
#include <sstream>

#include "catch.hpp"
#include "media_database.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using testing::CaseResult;

namespace {

void check_conformance(MediaDatabase& media, const std::shared_ptr<MediaStore>& store) {
  const auto results = testing::run_media_store_conformance([&] { return media.subject(store); });
  for (const CaseResult& result : results) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.status == CaseResult::Status::passed);
  }
}

MediaRecord record(const std::string& id, const std::string& collection = "gallery") {
  return {.attachment = {.id = id,
                         .name = "A name",
                         .disk = "local",
                         .path = "media/" + id,
                         .size = 1,
                         .mime_type = "image/png"},
          .place = {{"Product", "1"}, collection}};
}

}  // namespace

TEST_CASE("[A1][A15] a store of media records conforms, on every database") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  // That driver fills 100 MiB for each text that it reads: for minutes.
  if (target.name == "odbc-sqlite" && !is_long()) return;
  MediaDatabase media(target);
  check_conformance(media, media.store());
}

TEST_CASE("[A9] a store of media records that leases its sessions conforms") {
  const Target target = GENERATE(from_range(targets()));
  if (target.is_odbc()) return;  // Nothing in it is about how the database is reached.
  CAPTURE(target);
  MediaDatabase media(target);
  SessionPool pool(media.db.parameters());
  check_conformance(media, make_soci_media_store(pool, {.tables = media.tables}));
  CHECK(pool.counts().lent == 0);
}

TEST_CASE("an owner's records are read in one statement") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store();
  const auto tx = media.begin();
  store->append(*tx, {record("a"), record("b"), record("c")});
  store->link(*tx, {"c", {{"Shop", "1"}, "window"}, 0});
  tx->commit();
  CHECK(store->list_by_owner({"Shop", "1"}, {}, nullptr).size() == 1);
  std::ostringstream log;
  media.db.sql.set_log_stream(&log);
  CHECK(store->list_by_owner({"Product", "1"}, {}, nullptr).size() == 3);
  media.db.sql.set_log_stream(nullptr);
  const std::string lines = log.str();
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 1);
}

TEST_CASE("[A9] what is read outside of a unit of work leaves no transaction behind") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store();
  CHECK(store->count({}) == 0);
  CHECK_FALSE(in_transaction(media.db.sql));
  CHECK_FALSE(store->find("a", nullptr));
  CHECK(store->list_by_owner({"Product", "1"}, {}, nullptr).empty());
  CHECK(store->links("a", nullptr).empty());
  CHECK(store->list({}, "", 5).records.empty());
  CHECK_FALSE(in_transaction(media.db.sql));
}

TEST_CASE("what a unit of work has not committed is read inside of it alone") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store();
  CHECK(store->count({}) == 0);
  const auto tx = media.begin();
  store->save(*tx, record("a"));
  CHECK(store->list_by_owner({"Product", "1"}, "gallery", tx.get()).size() == 1);
  CHECK(store->links("a", tx.get()).size() == 1);
  CHECK(store->list_by_owner({"Product", "1"}, "gallery", nullptr).empty());
  tx->commit();
  CHECK(store->list_by_owner({"Product", "1"}, "gallery", nullptr).size() == 1);
}

TEST_CASE("a record of an id that is there is not appended") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store();
  const auto tx = media.begin();
  store->append(*tx, {record("a")});
  tx->commit();
  const auto error = error_of([&] { store->append(*tx, {record("b"), record("a")}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(error->where().table == media.tables.media);
  CHECK(error->cause().starts_with("unique: "));
  tx->rollback();
  CHECK(store->count({}) == 1);
}

TEST_CASE("a row that is no record says where it is wrong") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store();
  const auto tx = media.begin();
  store->save(*tx, record("a"));
  tx->commit();
  media.db.run("update " + media.quoted(media.tables.media) + " set created_at = 'yesterday'");
  const auto error = error_of([&] { store->find("a", nullptr); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_document);
  CHECK(error->where() ==
        Where{.attachment = "a", .table = media.tables.media, .column = "created_at"});
}

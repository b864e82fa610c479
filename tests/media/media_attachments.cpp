#include "affix/media/media_attachments.hpp"

#include "affix/persistence/verify.hpp"
#include "affix/soci/attachment.hpp"
#include "catch.hpp"
#include "gallery.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

VerifyOptions all_of_it() {
  return {.tables = {make_media_attachments()}, .coverage = VerifyOptions::Coverage::all};
}

std::vector<FindingKind> kinds(const VerifyReport& report) {
  std::vector<FindingKind> all;
  for (const Finding& finding : report.findings) all.push_back(finding.kind);
  return all;
}

using Kinds = std::vector<FindingKind>;

}  // namespace

TEST_CASE("verify finds nothing wrong with a media table that is in order") {
  Gallery gallery(std::vector<MediaCollection>{{.name = "images", .presets = {"thumb"}}});
  for (int i = 0; i < 3; ++i) gallery.attach(gallery.of("Product", i), "p" + std::to_string(i));
  const VerifyReport report = verify(gallery.sql, gallery.shop.files, all_of_it());
  CHECK(kinds(report).empty());
  CHECK(report.rows == 3);
  CHECK(report.attachments == 3);
  CHECK(report.files == 6);
  CHECK(report.in_ledger == 3);
}

TEST_CASE("verify knows more rows of a media table than fit into a page") {
  Gallery gallery;
  for (int i = 0; i < 501; ++i) {
    Transaction tx(gallery.sql, gallery.shop.files);
    gallery.of("Product", i % 7).attach(tx, Gallery::text("p" + std::to_string(i)));
    tx.commit();
  }
  const VerifyReport report = verify(gallery.sql, gallery.shop.files, all_of_it());
  CHECK(kinds(report).empty());
  CHECK(report.attachments == 501);
}

TEST_CASE("verify says what is wrong with a record, and where it is") {
  Gallery gallery;
  const MediaRecord whole = gallery.attach(gallery.of("Product", 1), "whole");
  const MediaRecord gone = gallery.attach(gallery.of("Product", 1), "gone");
  gallery.shop.real->remove(Key::parse(gone.attachment.path));
  const VerifyReport report = verify(gallery.sql, gallery.shop.files, all_of_it());
  REQUIRE(kinds(report) == Kinds{FindingKind::missing_file});
  const Where& where = report.findings.front().where;
  CHECK(where.table == "media");
  CHECK(where.row == gone.attachment.id);
  CHECK(where.attachment == gone.attachment.id);
  CHECK(where.key == gone.attachment.path);
}

TEST_CASE("verify names the rows of a media table that cannot be read, and goes on") {
  Gallery gallery;
  const std::string broken = gallery.attach(gallery.of("Product", 1), "broken").attachment.id;
  gallery.attach(gallery.of("Product", 1), "whole");
  gallery.sql << "update media set conversions = '{' where id = :id", soci::use(broken);
  VerifyOptions options = all_of_it();
  options.coverage = VerifyOptions::Coverage::some;
  const VerifyReport report = verify(gallery.sql, gallery.shop.files, options);
  REQUIRE(kinds(report) == Kinds{FindingKind::unreadable});
  CHECK(report.findings.front().where.row == broken);
  CHECK(report.attachments == 1);
}

TEST_CASE("verify gives up what a media table has no more, and nothing else") {
  Gallery gallery;
  const std::string lost = gallery.attach(gallery.of("Product", 1), "lost").attachment.id;
  gallery.attach(gallery.of("Product", 1), "kept");
  gallery.sql << "delete from media where id = :id", soci::use(lost);
  VerifyOptions options = all_of_it();
  options.repair = VerifyOptions::Repair::certain;
  options.purge_delay = {};
  const VerifyReport report = verify(gallery.sql, gallery.shop.files, options);
  REQUIRE(kinds(report) == Kinds{FindingKind::unreferenced});
  CHECK(report.findings.front().repaired);
  CHECK(gallery.kept() == std::set<std::string>{"kept"});
}

TEST_CASE("verify enters a record into the ledger that it does not know") {
  Gallery gallery;
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  gallery.sql << "delete from affix_ledger";
  VerifyOptions options = all_of_it();
  options.repair = VerifyOptions::Repair::certain;
  const VerifyReport report = verify(gallery.sql, gallery.shop.files, options);
  REQUIRE(kinds(report) == Kinds{FindingKind::unknown});
  CHECK(report.findings.front().repaired);
  CHECK(kinds(verify(gallery.sql, gallery.shop.files, all_of_it())).empty());
  // Now it can be removed as if it had never been forgotten.
  gallery.committed(
      [&](Transaction& tx) { return gallery.library->remove(tx, record.attachment.id); });
  CHECK(gallery.kept().empty());
}

TEST_CASE("one attachment in a column and in the table is an alias") {
  Gallery gallery;
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  gallery.sql << "create table pages(id integer primary key, cover text)";
  gallery.sql << "insert into pages values(1, :cover)", soci::use(record.attachment);
  VerifyOptions options = all_of_it();
  options.fields = {{.table = "pages", .column = "cover", .key = "id"}};
  CHECK(kinds(verify(gallery.sql, gallery.shop.files, options)) ==
        Kinds{FindingKind::alias, FindingKind::alias});
}

TEST_CASE("the reaper keeps what a media table still has") {
  Gallery gallery;
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  gallery.sql << "update affix_ledger set state = 'doomed'";
  const ReapResult done = reap(gallery.sql, gallery.shop.files,
                               {.purge_delay = {}, .tables = {make_media_attachments()}});
  CHECK(done.restored == 1);
  CHECK(gallery.shop.stored() == std::set<std::string>{record.attachment.path});
}

#include <mutex>

#include "affix/conversion/ladder.hpp"
#include "affix/manager/queue.hpp"
#include "affix/soci/session_pool.hpp"
#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

struct Failures : Observer {
  void job_failed(const JobFailedEvent& event) override {
    const std::lock_guard lock(mutex);
    codes.push_back(event.error.code());
  }
  std::mutex mutex;
  std::vector<Errc> codes;
};

constexpr ColumnField avatar{
    .table = "users", .column = "avatar", .key = "id", .variants = {"card"}};
constexpr ColumnListField gallery{
    {.table = "users", .column = "gallery", .key = "id", .variants = {"card"}}};

/// What a web server has: files, sessions for its threads, and a queue for what can wait.
class Site {
 public:
  Site()
      : files({.disks = {{"local", make_memory_disk({.base_url = "/files"})}},
               .converter = make_vips_converter(),
               .presets = {{.name = "card", .widths = {160, 320, 640, 1280}}}}),
        pool(soci::connection_parameters(soci::sqlite3,
                                         "db=\"" + (directory.path() / "site.db").string() + "\""),
             {.configure = [](soci::session& sql) { sql << "pragma busy_timeout = 20000"; }}) {
    const SessionLease sql = pool.lease();
    ensure_schema(*sql, files);
    *sql << "create table users(id integer primary key, avatar text, gallery text)";
    queue = make_thread_queue([this](const VariantJob& job) { make(job); },
                              {.threads = 2, .observer = failures});
  }

  /// A request that answers before the variants are made.
  void upload(int id, const std::string& image) {
    const SessionLease sql = pool.lease();
    Transaction tx(*sql, files);
    const Attachment stored = tx.create(picture(image));
    *sql << "insert into users(id, avatar) values(:id, :avatar)", soci::use(id), soci::use(stored);
    tx.after_commit([this, id] { queue->enqueue({.field = "avatar", .row = std::to_string(id)}); });
    tx.commit();
  }

  void make(const VariantJob& job) {
    const SessionLease sql = pool.lease();
    Transaction tx(*sql, files);
    if (job.field == "gallery") {
      tx.ensure_variants(gallery, std::stoi(job.row), job.attachment, job.variants);
    } else {
      tx.ensure_variants(avatar, std::stoi(job.row), job.variants);
    }
    tx.commit();
  }

  Attachment stored(int id) {
    const SessionLease sql = pool.lease();
    return avatar.load(*sql, id).value();
  }

  TemporaryDirectory directory;
  AttachmentManager files;
  SessionPool pool;
  std::shared_ptr<Failures> failures = std::make_shared<Failures>();
  std::unique_ptr<VariantQueue> queue;  // The last one: its jobs use the others.
};

std::map<std::string, int> widths_of(const Attachment& attachment) {
  std::map<std::string, int> widths;
  for (const auto& [name, variant] : attachment.variants) widths[name] = variant.width;
  return widths;
}

}  // namespace

TEST_CASE("a queue makes the variants of committed rows, each job in its own session [A20]") {
  Site site;
  for (int id = 1; id <= 4; ++id) site.upload(id, "chelsea.png");
  site.queue->drain();
  CHECK(site.failures->codes.empty());
  for (int id = 1; id <= 4; ++id) {
    const Attachment made = site.stored(id);
    CHECK(widths_of(made) ==
          std::map<std::string, int>{{"card-160", 160}, {"card-320", 320}, {"card-640", 451}});
    for (const auto& [name, variant] : made.variants) {
      CHECK(checksum(as_bytes(read_all(*site.files.open(made, name)))) == variant.checksum);
    }
  }
}

TEST_CASE("a job that comes twice changes nothing the second time") {
  Site site;
  site.upload(1, "coffee.png");
  site.queue->drain();
  const Attachment first = site.stored(1);
  site.queue->enqueue({.field = "avatar", .row = "1"});
  site.queue->drain();
  CHECK(site.stored(1) == first);
  CHECK(site.failures->codes.empty());
}

TEST_CASE("a job for a row that is gone is told to the observer") {
  Site site;
  site.queue->enqueue({.field = "avatar", .row = "7"});
  site.queue->drain();
  CHECK(site.failures->codes == std::vector<Errc>{Errc::record_not_found});
}

TEST_CASE("nothing is enqueued by a transaction that is rolled back") {
  Site site;
  {
    const SessionLease sql = site.pool.lease();
    Transaction tx(*sql, site.files);
    static_cast<void>(tx.create(picture("coffee.png")));
    tx.after_commit([&] { site.queue->enqueue({.row = "1"}); });
    tx.rollback();
  }
  site.queue->drain();
  CHECK(site.failures->codes.empty());
}

TEST_CASE("a changed ladder makes its missing and its stale rungs again, also in a list") {
  Site site;
  const SessionLease sql = site.pool.lease();
  Transaction tx(*sql, site.files);
  *sql << "insert into users(id) values(1)";
  const Attachment item = tx.append(gallery, 1, picture("chelsea.png"), {.variants = {"card-320"}});
  tx.append(gallery, 1, picture("coffee.png"), {.variants = {"card-160"}});
  tx.commit();
  const Attachment whole = tx.ensure_variants(gallery, 1, item.id);
  tx.commit();
  CHECK(whole.variants.size() == 3);
  CHECK(whole.variants.at("card-320") == item.variants.at("card-320"));
  const AttachmentList list = gallery.load(*sql, 1);
  CHECK(list.items[0] == whole);
  CHECK(list.items[1].variants.size() == 1);

  AttachmentManager finer({.disks = site.files.disks(),
                           .converter = make_vips_converter(),
                           .presets = {{.name = "card", .widths = {240, 320}, .quality = 60}}});
  Transaction later(*sql, finer);
  const Attachment again = later.ensure_variants(gallery, 1, item.id);
  later.commit();
  CHECK(again.variants.size() == 4);
  CHECK(again.variants.at("card-240").width == 240);
  CHECK(again.variants.at("card-320").preset == digest({.width = 320, .quality = 60}));
  CHECK(again.variants.at("card-160") == whole.variants.at("card-160"));
}

#include <future>

#include "affix/persistence/verify.hpp"
#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/errors.hpp"
#include "users.hpp"

// What goes wrong in adonis-attachment and in nestjs-media when something fails, or happens at the
// same time, between a file and its row. Each name begins with what happens there.

using namespace affix;
using namespace affix::tests;

namespace {

constexpr ColumnListField user_gallery{{.table = "users", .column = "gallery", .key = "id"}};

/// The same place without variants of its own.
constexpr ColumnField plain_avatar{.table = "users", .column = "avatar", .key = "id"};

class Window : public Users {
 public:
  explicit Window(std::shared_ptr<const Converter> converter = make_vips_converter())
      : Users(Backing::local, nullptr, std::move(converter)) {
    sql << "alter table users add gallery text";
    connect(other);
  }

  /// Rows, ledger and disk agree, byte by byte, and nothing is left over.
  bool is_whole() {
    shop.clock->advance(std::chrono::hours(25));
    const ReapResult reaped = reap_all();
    const VerifyReport report = verify(sql, shop.files,
                                       {.fields = {user_avatar},
                                        .list_fields = {user_gallery},
                                        .coverage = VerifyOptions::Coverage::all,
                                        .checksums = VerifyOptions::Checksums::compare});
    for (const Finding& one : report.findings)
      UNSCOPED_INFO(name(one.kind) << " " << one.where.key);
    return report.total_findings == 0 && reaped.failed == 0 && shop.markers().empty();
  }

  /// What is around the statements of this name from now on, once.
  void around(const std::string& name,
              std::function<void(const std::function<void()>& run)> action) {
    detail::ManagerAccess::core(shop.files).around_statement =
        [name, action = std::move(action), done = false](std::string_view statement,
                                                         const std::function<void()>& run) mutable {
          if (statement != name || done) return run();
          done = true;
          action(run);
        };
  }

  /// A user whose avatar was put into this row by name, as the operations of fields do.
  Attachment add_by_field(int id) {
    insert(id, std::nullopt);
    Transaction tx(sql, shop.files);
    const Attachment avatar = tx.replace(plain_avatar, id, picture("coffee.png"));
    tx.commit();
    return avatar;
  }

  soci::session other;
};

/// Makes all pictures but the last one.
class LastFails : public Converter {
 public:
  bool accepts(std::string_view type) const override { return real_->accepts(type); }
  Inspection inspect(std::span<const std::byte> bytes, std::string_view type) const override {
    return real_->inspect(bytes, type);
  }
  Conversion convert(const ConversionJob& job) const override {
    auto made = real_->convert(job);
    made.variants.back().file.reset();
    made.variants.back().error = Error(Errc::conversion_failed, "The last picture fails");
    return made;
  }

 private:
  std::shared_ptr<const Converter> real_ = make_vips_converter();
};

}  // namespace

// ---- adonis-attachment -------------------------------------------------------------------------

TEST_CASE("adonis-attachment loses the old file when the UPDATE fails, here the row keeps it") {
  Window window;
  const Attachment old = window.add(1);
  window.around("row.write", [](const auto&) { throw Error(Errc::database, "Refused"); });
  {
    Transaction tx(window.sql, window.shop.files);
    CHECK(code_of([&] { tx.replace(user_avatar, 1, picture("chelsea.png")); }) == Errc::database);
  }
  CHECK(window.avatar(1) == old);
  CHECK(window.shop.stored().size() == 2);
  CHECK(window.is_whole());
}

TEST_CASE("adonis-attachment loses the file when the DELETE fails, here the row keeps it") {
  Window window;
  const Attachment avatar = window.add(1);
  window.sql << "pragma foreign_keys = on";
  window.sql << "create table posts(author integer references users(id))";
  window.sql << "insert into posts(author) values(1)";
  {
    Transaction tx(window.sql, window.shop.files);
    tx.remove(avatar);
    CHECK_THROWS_AS(window.sql << "delete from users where id = 1", soci::soci_error);
  }
  CHECK(window.avatar(1) == avatar);
  CHECK(window.shop.stored().size() == 2);
  CHECK(window.is_whole());
}

TEST_CASE("adonis-attachment leaves the old file in the trash after a rollback, here it stays") {
  Window window;
  const Attachment old = window.add(1);
  const auto before = everything_on(*window.shop.real);
  {
    Transaction tx(window.sql, window.shop.files);
    tx.replace(user_avatar, 1, picture("chelsea.png"));
    tx.rollback();
  }
  CHECK(window.avatar(1) == old);
  CHECK(everything_on(*window.shop.real) == before);
  CHECK(window.is_whole());
}

TEST_CASE("adonis-attachment mixes up two transactions on one object, here each has its own") {
  Window window;
  const Attachment shared = window.add(1);
  Transaction first(window.sql, window.shop.files);
  Transaction second(window.other, window.shop.files);
  first.remove(shared);
  window.sql << "delete from users where id = 1";
  // The object knows nothing of the first one, the database does.
  CHECK(code_of([&] { second.remove(shared); }).has_value());
  second.rollback();
  SECTION("the first is rolled back, and the second one's removal counts") {
    first.rollback();
    CHECK(window.avatar(1) == shared);
    second.remove(shared);
    window.other << "delete from users where id = 1";
    second.commit();
    CHECK(window.is_whole());
    CHECK(window.shop.stored().empty());
  }
  SECTION("the first is committed, and the second one is a conflict") {
    first.commit();
    CHECK(code_of([&] { second.remove(shared); }) == Errc::conflict);
    second.rollback();
    CHECK(window.is_whole());
    CHECK(window.shop.stored().empty());
  }
}

TEST_CASE("adonis-attachment removes a file that another row has, too, here it stays") {
  Window window;
  SECTION("its place is known") {
    const Attachment avatar = window.add_by_field(1);
    window.insert(2, avatar);
    Transaction tx(window.sql, window.shop.files);
    tx.replace(user_avatar, 2, picture("chelsea.png"));
    tx.commit();
    CHECK(window.is_whole());
    CHECK(window.avatar(1) == avatar);
  }
  SECTION("its place is not known, and the reaper looks into the column") {
    const Attachment avatar = window.add(1);
    window.insert(2, avatar);
    Transaction tx(window.sql, window.shop.files);
    tx.clear(user_avatar, 2);
    tx.commit();
    const ReapResult reaped = reap(window.sql, window.shop.files,
                                   {.purge_delay = {}, .lease = {}, .fields = {user_avatar}});
    CHECK(reaped.restored == 1);
    CHECK(window.is_whole());
    CHECK(window.avatar(1) == avatar);
  }
  SECTION("both rows have it, and verify says so") {
    window.insert(2, window.add(1));
    CHECK_FALSE(window.is_whole());
  }
}

TEST_CASE("adonis-attachment writes the old file back after a replace during a variant job") {
  Window window;
  window.add_by_field(1);
  std::optional<Attachment> winner;
  window.around("transaction.begin", [&](const auto& run) {
    Transaction replacing(window.other, window.shop.files);
    winner = replacing.replace(user_avatar, 1, picture("chelsea.png"));
    replacing.commit();
    run();
  });
  Transaction job(window.sql, window.shop.files);
  CHECK(code_of([&] { job.ensure_variants(user_avatar, 1, {"card"}); }) == Errc::conflict);
  job.rollback();
  CHECK(window.avatar(1) == winner);
  CHECK(window.is_whole());
}

TEST_CASE("adonis-attachment looks for an old file where today's options say, here the row says") {
  Window window;
  const Attachment avatar = window.add(1);
  AttachmentManager moved(
      {.disks = window.shop.files.disks(), .key_prefix = "elsewhere", .clock = window.shop.clock});
  CHECK(moved.open(avatar)->size() == avatar.size);
  Transaction tx(window.sql, moved);
  tx.clear(user_avatar, 1);
  tx.commit();
  CHECK(window.is_whole());
  CHECK(window.shop.stored().empty());
}

// ---- nestjs-media ------------------------------------------------------------------------------

TEST_CASE("nestjs-media keeps the original when a later variant fails, here nothing is stored") {
  Window window(std::make_shared<LastFails>());
  {
    Transaction tx(window.sql, window.shop.files);
    CHECK(code_of([&] {
            static_cast<void>(tx.create(picture("coffee.png"), {.variants = {"thumb", "card"}}));
          }) == Errc::conversion_failed);
    tx.commit();
  }
  CHECK(window.shop.is_empty());
  CHECK(window.is_whole());
}

TEST_CASE("nestjs-media stores the original before it misses the converter, here nothing is") {
  Window window(nullptr);
  Transaction tx(window.sql, window.shop.files);
  CHECK(code_of([&] {
          static_cast<void>(tx.create(picture("coffee.png"), {.variants = {"thumb"}}));
        }) == Errc::converter_missing);
  tx.commit();
  CHECK(window.shop.is_empty());
}

TEST_CASE("nestjs-media lets a file name overwrite another attachment, here it is only a name") {
  Window window;
  const Attachment victim = window.add(1);
  Transaction tx(window.sql, window.shop.files);
  const Attachment attacker =
      tx.create(picture("chelsea.png"), {.file_name = "../" + victim.id + "/coffee.png"});
  window.insert(2, attacker);
  tx.commit();
  CHECK(attacker.path.starts_with("attachments/" + attacker.id + "/"));
  CHECK(window.is_whole());
}

TEST_CASE("nestjs-media loses the old file when storing the new one fails, here it stays") {
  Window window;
  const Attachment old = window.add(1);
  window.shop.disk->fail_at(2, testing::Fault::disk_full);  // The marker, then the file.
  {
    Transaction tx(window.sql, window.shop.files);
    CHECK(code_of([&] { tx.replace(user_avatar, 1, picture("chelsea.png")); }) == Errc::no_space);
  }
  CHECK(window.shop.disk->tripped());
  CHECK(window.avatar(1) == old);
  CHECK(window.is_whole());
}

TEST_CASE("nestjs-media gives three files at once the same position, here each has its own") {
  Window window;
  window.insert(1, std::nullopt);
  const auto append = [&](const std::string& content) {
    soci::session sql;
    window.connect(sql);
    sql << "pragma busy_timeout = 20000";
    Transaction tx(sql, window.shop.files);
    tx.append(user_gallery, 1, Source::from_memory(content, content + ".txt"));
    tx.commit();
  };
  std::vector<std::future<void>> all;
  for (const char* content : {"one", "two", "three"}) {
    all.push_back(std::async(std::launch::async, append, content));
  }
  for (auto& one : all) one.get();
  std::set<std::string> names;
  for (const Attachment& one : user_gallery.load(window.sql, 1)) names.insert(one.file_name);
  CHECK(names == std::set<std::string>{"one.txt", "three.txt", "two.txt"});
  CHECK(window.is_whole());
}

TEST_CASE("nestjs-media keeps one of two variants that are made at once, here both are kept") {
  Window window;
  window.add_by_field(1);
  window.around("transaction.begin", [&](const auto& run) {
    Transaction second(window.other, window.shop.files);
    second.ensure_variants(user_avatar, 1, {"card"});
    second.commit();
    run();
  });
  Transaction first(window.sql, window.shop.files);
  const Attachment avatar = first.ensure_variants(user_avatar, 1, {"thumb"});
  first.commit();
  CHECK(avatar.variants.size() == 2);
  CHECK(window.avatar(1) == avatar);
  CHECK(window.is_whole());
}

TEST_CASE(
    "nestjs-media reads an empty document as an attachment of undefined, here it is refused") {
  Window window;
  window.insert(1, std::nullopt);
  window.sql << "update users set avatar = '{}'";
  CHECK(code_of([&] { window.avatar(1); }) == Errc::invalid_document);
}

TEST_CASE("nestjs-media leaves the variants when a removal fails midway, here they go later") {
  Window window;
  window.add(1);
  window.reap_all();
  Transaction tx(window.sql, window.shop.files);
  tx.clear(user_avatar, 1);
  tx.commit();
  int failed = 0;
  for (int n = 1;; ++n) {
    window.shop.disk->fail_at(n);
    const auto error = error_of([&] { failed += static_cast<int>(window.reap_all().failed); });
    if (!window.shop.disk->tripped()) break;
    if (error) ++failed;
  }
  CHECK(failed > 0);
  window.shop.disk->fail_at(0);
  CHECK(window.is_whole());
  CHECK(window.shop.stored().empty());
}

TEST_CASE("nestjs-media shows half of a replaced file, here its reader has it to the end") {
  Window window;
  const Attachment old = window.add(1);
  const auto reader = window.shop.files.open(old);
  Transaction tx(window.sql, window.shop.files);
  const Attachment avatar = tx.replace(user_avatar, 1, picture("chelsea.png"));
  CHECK(avatar.path != old.path);
  tx.commit();
  window.reap_all();
  CHECK_FALSE(window.shop.real->exists(Key::parse(old.path)));
  std::string content(static_cast<std::size_t>(old.size), '\0');
  std::size_t size = 0;
  while (const auto more = reader->read(std::as_writable_bytes(std::span(content)).subspan(size))) {
    size += more;
  }
  CHECK(checksum(std::as_bytes(std::span(content))) == old.checksum);
}

TEST_CASE("nestjs-media writes the text null into the column, here it is NULL") {
  Window window;
  window.add(1);
  Transaction tx(window.sql, window.shop.files);
  tx.clear(user_avatar, 1);
  tx.commit();
  int rows = 0;
  window.sql << "select count(*) from users where avatar is null", soci::into(rows);
  CHECK(rows == 1);
}

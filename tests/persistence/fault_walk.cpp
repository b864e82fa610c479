#include "catch.hpp"
#include "sql_faults.hpp"
#include "support/errors.hpp"
#include "users.hpp"

// Every operation of the disk, the database and the converter fails once, in turn, until an
// operation goes through without meeting the fault. After each, the promises hold.

using namespace affix;
using namespace affix::tests;
using affix::testing::Fault;

namespace {

/// The converter of libvips, whose n-th call fails.
class FaultyConverter : public Converter {
 public:
  bool accepts(std::string_view type) const override { return real_->accepts(type); }
  Inspection inspect(std::span<const std::byte> bytes, std::string_view type) const override {
    trip();
    return real_->inspect(bytes, type);
  }
  std::vector<MadeVariant> convert(const ConversionJob& job) const override {
    trip();
    return real_->convert(job);
  }
  void fail_at(int n) {
    left_ = n;
    tripped_ = false;
  }
  bool tripped() const { return tripped_; }

 private:
  void trip() const {
    if (left_ == 0 || --left_ > 0) return;
    tripped_ = true;
    throw Error(Errc::conversion_failed, "A fault that was asked for");
  }
  mutable int left_ = 0;
  mutable bool tripped_ = false;
  std::shared_ptr<const Converter> real_ = make_vips_converter();
};

struct Stage {
  explicit Stage(Backing backing,
                 std::shared_ptr<FaultyConverter> faulty = std::make_shared<FaultyConverter>())
      : converter(std::move(faulty)), users(backing, nullptr, converter), faults(users.sql) {
    users.add(1);
  }

  std::shared_ptr<FaultyConverter> converter;
  Users users;
  SqlFaults faults;
};

void create_row(Users& users) {
  Transaction tx(users.sql, users.shop.files);
  users.insert(2, tx.create(picture("chelsea.png"), {.variants = {"thumb"}}));
  tx.commit();
  users.reap_all();
}

void replace_avatar(Users& users) {
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.commit();
  users.reap_all();
}

void delete_row(Users& users) {
  Transaction tx(users.sql, users.shop.files);
  tx.remove(users.avatar(1));
  users.sql << "delete from users where id = 1";
  tx.commit();
  users.reap_all();
}

void roll_back(Users& users) {
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, picture("chelsea.png"));
  tx.rollback();
}

void replace_by_pending(Users& users) {
  PendingAttachment pending =
      users.shop.files.create(picture("chelsea.png"), {.variants = {"thumb"}});
  Transaction tx(users.sql, users.shop.files);
  tx.replace(user_avatar, 1, std::move(pending));
  tx.commit();
  users.reap_all();
}

void clear_avatar(Users& users) {
  Transaction tx(users.sql, users.shop.files);
  tx.clear(user_avatar, 1);
  tx.commit();
  users.reap_all();
}

using Operation = void (*)(Users&);

/// The ids that the ledger has.
std::set<std::string> announced(Users& users) {
  const soci::rowset<std::string> rows = (users.sql.prepare << "select id from affix_ledger");
  return {rows.begin(), rows.end()};
}

/// No row refers to a missing or wrong file; every file is one that the ledger or a marker knows.
/// And when the reaper has run, what is there is what the rows have.
void check_promises(Users& users) {
  const std::set<std::string> referenced = users.referenced();
  const std::set<std::string> known = announced(users);
  const std::set<std::string> markers = users.shop.markers();
  for (const std::string& key : users.shop.stored()) {
    CAPTURE(key);
    const std::string id = key.substr(std::string("attachments/").size(), 36);
    CHECK((known.contains(id) || markers.contains(id)));
  }
  users.shop.clock->advance(std::chrono::hours(25));
  CHECK(users.reap_all().failed == 0);
  CHECK(users.shop.stored() == referenced);
  CHECK(users.shop.markers().empty());
  for (const int id : {1, 2}) {
    std::optional<Attachment> avatar;
    users.sql << "select avatar from users where id = :id", soci::use(id), soci::into(avatar);
    if (!avatar) continue;
    CHECK(read_all(*users.shop.files.open(*avatar)).size() ==
          static_cast<std::size_t>(avatar->size));
  }
}

}  // namespace

TEST_CASE("whichever disk operation fails, the promises hold") {
  const Backing backing = GENERATE(Backing::memory, Backing::local);
  const Operation operation = GENERATE(&create_row, &replace_avatar, &replace_by_pending,
                                       &clear_avatar, &delete_row, &roll_back);
  const Fault fault = GENERATE(Fault::before, Fault::half, Fault::after, Fault::disk_full);
  int walked = 0;
  for (int n = 1;; ++n) {
    CAPTURE(n);
    Stage stage(backing);
    stage.users.shop.disk->fail_at(n, fault);
    const auto error = error_of([&] { operation(stage.users); });
    const bool tripped = stage.users.shop.disk->tripped();
    stage.users.shop.disk->fail_at(0);
    check_promises(stage.users);
    if (!tripped) {
      CHECK_FALSE(error);
      break;
    }
    ++walked;
  }
  CHECK(walked >= 3);
}

TEST_CASE("a disk that stays broken breaks no promise") {
  const Operation operation = GENERATE(&create_row, &replace_avatar, &replace_by_pending,
                                       &clear_avatar, &delete_row, &roll_back);
  for (int n = 1; n <= 10; ++n) {
    CAPTURE(n);
    Stage stage(Backing::memory);
    stage.users.shop.disk->fail_from(n);
    static_cast<void>(error_of([&] { operation(stage.users); }));
    stage.users.shop.disk->fail_at(0);
    check_promises(stage.users);
  }
}

TEST_CASE("whichever SQL statement fails, the promises hold") {
  const Backing backing = GENERATE(Backing::memory, Backing::local);
  const Operation operation = GENERATE(&create_row, &replace_avatar, &replace_by_pending,
                                       &clear_avatar, &delete_row, &roll_back);
  int walked = 0;
  for (int n = 1;; ++n) {
    CAPTURE(n);
    Stage stage(backing);
    stage.faults.fail_at(n);
    bool failed = false;
    try {
      operation(stage.users);
    } catch (const Error&) {
      failed = true;
    } catch (const soci::soci_error&) {  // A statement of the caller's own.
      failed = true;
    }
    const bool tripped = stage.faults.tripped();
    stage.faults.fail_at(0);
    if (stage.users.sql.get_backend()) {
      // A refused rollback leaves the transaction to whoever owns the session.
      try {
        stage.users.sql.rollback();
      } catch (const soci::soci_error&) {
      }
    }
    check_promises(stage.users);
    CHECK((tripped || !failed));
    if (!tripped) break;
    ++walked;
  }
  CHECK(walked >= 3);
}

TEST_CASE("whichever call of the converter fails, row and files stay as they were") {
  const Operation operation = GENERATE(&create_row, &replace_avatar);
  for (int n = 1;; ++n) {
    Stage stage(Backing::memory);
    const auto before = everything_on(*stage.users.shop.real);
    stage.converter->fail_at(n);
    const auto code = code_of([&] { operation(stage.users); });
    if (!stage.converter->tripped()) break;
    CHECK(code == Errc::conversion_failed);
    CHECK(everything_on(*stage.users.shop.real) == before);
    check_promises(stage.users);
  }
}

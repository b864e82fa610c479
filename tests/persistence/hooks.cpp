#include "catch.hpp"
#include "sql_faults.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

struct Failures : Observer {
  void hook_failed(const HookFailedEvent& event) override { what.emplace_back(event.what); }
  std::vector<std::string> what;
};

/// Notes what was called.
class Calls {
 public:
  std::function<void()> note(const std::string& name) {
    return [this, name] { names_.push_back(name); };
  }
  void add(Transaction& tx) {
    tx.after_commit(note("commit"));
    tx.after_rollback(note("rollback"));
  }
  std::vector<std::string> take() { return std::exchange(names_, {}); }

 private:
  std::vector<std::string> names_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("hooks are called once, after the end that they were added for, in their order") {
  Users users;
  Calls calls;
  Transaction tx(users.sql, users.shop.files);
  tx.after_commit(calls.note("first"));
  calls.add(tx);
  tx.begin();
  tx.after_commit(calls.note("last"));
  CHECK(calls.take().empty());
  tx.commit();
  CHECK(calls.take() == Names{"first", "commit", "last"});
  tx.begin();
  tx.commit();
  CHECK(calls.take().empty());
  calls.add(tx);
  tx.begin();
  tx.rollback();
  CHECK(calls.take() == Names{"rollback"});
  calls.add(tx);
  tx.commit();  // Without anything begun.
  CHECK(calls.take() == Names{"commit"});
}

TEST_CASE("a transaction that is left calls the hooks of a rollback") {
  Users users;
  Calls calls;
  {
    Transaction tx(users.sql, users.shop.files);
    calls.add(tx);
    tx.begin();
  }
  CHECK(calls.take() == Names{"rollback"});
}

TEST_CASE("a hook sees the committed row, and can use the transaction") {
  Users users;
  Transaction tx(users.sql, users.shop.files);
  bool seen = false;
  tx.after_commit([&] {
    seen = users.avatar(1).has_value() && !tx.is_open();
    tx.clear(user_avatar, 1);
    tx.commit();
  });
  users.insert(1, tx.create(picture("coffee.png")));
  tx.commit();
  CHECK(seen);
  CHECK(users.avatar(1) == std::nullopt);
}

TEST_CASE("what a hook throws is told, and keeps nobody from anything") {
  const auto failures = std::make_shared<Failures>();
  Users users(Backing::memory, failures);
  Calls calls;
  Transaction tx(users.sql, users.shop.files);
  tx.after_commit([] { throw std::runtime_error("a hook's own trouble"); });
  tx.after_commit([] { throw 7; });
  tx.after_commit(calls.note("after them"));
  users.insert(1, tx.create(picture("coffee.png")));
  tx.commit();
  CHECK(failures->what == Names{"a hook's own trouble", ""});
  CHECK(calls.take() == Names{"after them"});
  CHECK(users.count() == 1);
}

TEST_CASE("when the outcome is unknown no hook is called") {
  Users users;
  Calls calls;
  Transaction tx(users.sql, users.shop.files);
  calls.add(tx);
  tx.begin();
  users.insert(1, std::nullopt);
  {
    const CommitRefusal refusal(users.sql);
    CHECK(code_of([&] { tx.commit(); }) == Errc::in_doubt);
  }
  tx.begin();
  tx.commit();
  CHECK(calls.take().empty());
}

TEST_CASE("the hooks of a part are called when the whole is over") {
  Users users;
  Calls calls;
  Transaction outer(users.sql, users.shop.files);
  Transaction part(outer);
  calls.add(part);
  part.begin();
  SECTION("both committed") {
    part.commit();
    CHECK(calls.take().empty());
    outer.commit();
    CHECK(calls.take() == Names{"commit"});
  }
  SECTION("the whole rolled back") {
    part.commit();
    outer.rollback();
    CHECK(calls.take() == Names{"rollback"});
  }
  SECTION("the part rolled back") {
    part.rollback();
    CHECK(calls.take() == Names{"rollback"});
    outer.commit();
    CHECK(calls.take().empty());
  }
}

TEST_CASE("a transaction that was joined takes no hooks") {
  Users users;
  Calls calls;
  soci::transaction outer(users.sql);
  Transaction tx(users.sql, users.shop.files);
  tx.begin();
  CHECK(code_of([&] { tx.after_commit(calls.note("x")); }) == Errc::unsupported);
  CHECK(code_of([&] { tx.after_rollback(calls.note("x")); }) == Errc::unsupported);
  tx.rollback();
  tx.after_commit(calls.note("x"));
  CHECK(code_of([&] { tx.begin(); }) == Errc::unsupported);
  CHECK(calls.take().empty());
}

#include "affix/persistence/column_field.hpp"

#include "catch.hpp"
#include "support/errors.hpp"
#include "users.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("a field is read by its row's key, a number or a text") {
  Users users;
  const Attachment avatar = users.add(1);
  users.insert(2, std::nullopt);
  CHECK(user_avatar.load(users.sql, 1) == avatar);
  CHECK(user_avatar.load(users.sql, 2) == std::nullopt);
  constexpr ColumnField by_name{.table = "users", .column = "avatar", .key = "name"};
  CHECK(by_name.load(users.sql, "User 1") == avatar);
  CHECK(code_of([&] { static_cast<void>(by_name.load(users.sql, "' or 1=1 --")); }) ==
        Errc::record_not_found);
}

TEST_CASE("a row that is not there is an error that names it") {
  Users users;
  const auto error = error_of([&] { static_cast<void>(user_avatar.load(users.sql, 7)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::record_not_found);
  CHECK(error->where().table == "users");
  CHECK(error->where().column == "avatar");
  CHECK(error->where().row == "7");
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { tx.replace(user_avatar, 7, picture("coffee.png")); }) ==
        Errc::record_not_found);
  CHECK(code_of([&] {
          tx.replace(user_avatar, 7, users.shop.files.create(picture("coffee.png")));
        }) == Errc::record_not_found);
  CHECK(users.shop.is_empty());
}

TEST_CASE("a column that holds something else is an error, and row and files stay as they are") {
  Users users;
  users.add(1);
  std::string good;
  users.sql << "select avatar from users where id = 1", soci::into(good);
  std::string outside = good;
  outside.replace(outside.find("\"path\":\""), 8, "\"path\":\"../x");
  std::string newer = good;
  newer.replace(newer.find("\"v\":1"), 5, "\"v\":9");
  const std::vector<std::pair<std::string, Errc>> bad = {
      {"{}", Errc::invalid_document},
      {good.substr(0, good.size() / 2), Errc::invalid_document},
      {newer, Errc::newer_format},
      {outside, Errc::invalid_key},
  };
  for (const auto& [text, code] : bad) {
    CAPTURE(text);
    users.sql << "update users set avatar = :text where id = 1", soci::use(text);
    const auto before = everything_on(*users.shop.real);
    Transaction tx(users.sql, users.shop.files);
    const auto error = error_of([&] { tx.replace(user_avatar, 1, picture("chelsea.png")); });
    REQUIRE(error);
    CHECK(error->code() == code);
    CHECK(error->where().row == "1");
    tx.rollback();
    CHECK(everything_on(*users.shop.real) == before);
    std::string now;
    users.sql << "select avatar from users where id = 1", soci::into(now);
    CHECK(now == text);
  }
}

TEST_CASE("the texts null and nothing count as no attachment [B9]") {
  Users users;
  users.insert(1, std::nullopt);
  for (const std::string text : {"null", ""}) {
    users.sql << "update users set avatar = :text where id = 1", soci::use(text);
    CHECK(users.avatar(1) == std::nullopt);
    Transaction tx(users.sql, users.shop.files);
    const Attachment avatar = tx.replace(user_avatar, 1, picture("coffee.png"));
    tx.commit();
    CHECK(users.avatar(1) == avatar);
    tx.clear(user_avatar, 1);
    tx.commit();
  }
}

TEST_CASE("a field's own rules hold for what is put into it") {
  Users users;
  users.insert(1, std::nullopt);
  constexpr ColumnField strict{.table = "users",
                               .column = "avatar",
                               .key = "id",
                               .disk = "other",
                               .accepts = {"image/jpeg"},
                               .max_size = 100'000};
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { tx.replace(strict, 1, picture("chelsea.png")); }) == Errc::too_large);
  CHECK(code_of([&] { tx.replace(strict, 1, Source::from_memory("text", "a.txt")); }) ==
        Errc::type_not_allowed);
  const Attachment avatar =
      tx.replace(strict, 1, picture("hubble_deep_field.jpg"), {.max_size = 1'000'000});
  CHECK(avatar.disk == "other");
}

TEST_CASE("a field's types and size hold for files that were stored before") {
  Users users;
  const Attachment old_avatar = users.add(1);
  constexpr ColumnField strict{.table = "users",
                               .column = "avatar",
                               .key = "id",
                               .accepts = {"image/jpeg"},
                               .max_size = 1000};
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { tx.replace(strict, 1, users.shop.files.create(picture("coffee.png"))); }) ==
        Errc::type_not_allowed);
  CHECK(code_of([&] {
          tx.replace(strict, 1, users.shop.files.create(picture("hubble_deep_field.jpg")));
        }) == Errc::too_large);
  CHECK_FALSE(tx.is_open());
  CHECK(users.avatar(1) == old_avatar);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("a row that another system wrote is read and replaced, and its file is left alone") {
  Users users;
  const std::string foreign =
      R"({"name":"a","disk":"local","path":"attachments/user-7/a.png","size":1,)"
      R"("mimeType":"image/png","variants":{},"meta":{}})";
  users.insert(1, std::nullopt);
  users.sql << "update users set avatar = :text", soci::use(foreign);
  users.shop.real->put(Key::parse("attachments/user-7/a.png"), *make_memory_reader("a"));
  const std::optional<Attachment> old = users.avatar(1);
  CHECK(old->id == "user-7");
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { tx.remove(old); }) == Errc::invalid_key);
  const Attachment avatar = tx.replace(user_avatar, 1, picture("coffee.png"));
  tx.commit();
  users.reap_all();
  CHECK(users.avatar(1) == avatar);
  CHECK(users.shop.real->exists(Key::parse("attachments/user-7/a.png")));
}

TEST_CASE("a key that no database can have is refused") {
  CHECK(code_of([] { RowKey key(~0ULL); }) == Errc::invalid_argument);
  CHECK(RowKey(-1).text() == "-1");
  CHECK(RowKey("a").text() == "a");
}

TEST_CASE("of two replaces of one field the second one is a conflict, also from NULL") {
  Users users(GENERATE(Backing::memory, Backing::local));
  const bool from_null = GENERATE(false, true);
  if (from_null) {
    users.insert(1, std::nullopt);
  } else {
    users.add(1);
  }
  soci::session second_session;
  users.connect(second_session);
  // The second one has read the row and is converting its picture while the first one commits.
  Transaction second(second_session, users.shop.files);
  bool raced = false;
  std::optional<Attachment> winner;
  const auto race = [&](const Progress& progress) {
    if (raced || progress.stage != Progress::Stage::converting) return;
    raced = true;
    Transaction first(users.sql, users.shop.files);
    winner = first.replace(user_avatar, 1, picture("chelsea.png"));
    first.commit();
  };
  const auto error =
      error_of([&] { second.replace(user_avatar, 1, picture("coffee.png"), {.progress = race}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conflict);
  CHECK(error->where().table == "users");
  CHECK(code_of([&] { second.commit(); }) == Errc::invalid_state);
  second.rollback();
  CHECK(users.avatar(1) == winner);
  users.reap_all();
  CHECK(users.shop.stored() == users.referenced());
  CHECK(users.shop.markers().empty());
}

TEST_CASE("a key column that is not unique changes nothing") {
  Users users;
  const Attachment first = users.add(1);
  const Attachment second = users.add(2, "chelsea.png");
  users.sql << "update users set name = 'same'";
  constexpr ColumnField by_name{.table = "users", .column = "avatar", .key = "name"};
  CHECK(code_of([&] { by_name.load(users.sql, "same"); }) == Errc::invalid_argument);
  Transaction tx(users.sql, users.shop.files);
  CHECK(code_of([&] { tx.replace(by_name, "same", picture("coffee.png")); }) ==
        Errc::invalid_argument);
  tx.rollback();
  CHECK(users.avatar(1) == first);
  CHECK(users.avatar(2) == second);
  CHECK(users.shop.stored() == users.referenced());
}

TEST_CASE("names of tables and columns are names, never SQL") {
  Users users;
  const ColumnField hostile{.table = "users; drop table users", .column = "avatar", .key = "id"};
  CHECK(code_of([&] { static_cast<void>(hostile.load(users.sql, 1)); }) == Errc::invalid_argument);
  const ColumnField missing{.table = "users", .column = "picture", .key = "id"};
  users.insert(1, std::nullopt);
  CHECK(code_of([&] { static_cast<void>(missing.load(users.sql, 1)); }) == Errc::database);
}

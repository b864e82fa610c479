#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "affix/media/media_library.hpp"
#include "affix/media/move.hpp"
#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/triggers.hpp"
#include "affix/persistence/verify.hpp"
#include "catch.hpp"
#include "fielded.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

MediaLibrary library_of(Fielded& rows) {
  return MediaLibrary({.store = make_soci_media_store(rows.db.sql, {.tables = rows.tables}),
                       .files = rows.shop.files});
}

}  // namespace

TEST_CASE("attachments move to the table and back, without a file being touched") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    std::vector<Attachment> all;
    for (int id = 1; id <= 5; ++id) rows.add(id);
    for (int id = 1; id <= 4; ++id) all.push_back(rows.put(rows.column, id, std::to_string(id)));
    const auto before = everything_on(*rows.shop.real);
    rows.shop.disk->fail_at(0);  // Counts from here.

    const MoveReport there =
        move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium, {.batch = 3});
    CHECK(there.rows == 4);
    CHECK(there.attachments == 4);
    CHECK(there.failures.empty());
    for (int id = 1; id <= 4; ++id) {
      CHECK(rows.column.load(rows.db.sql, id) == std::nullopt);
      CHECK(rows.medium.load(rows.db.sql, id) == all[static_cast<std::size_t>(id - 1)]);
    }
    CHECK(move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium).rows == 0);

    const MoveReport back =
        move_to_column(rows.db.sql, rows.shop.files, rows.medium, rows.column, {.batch = 3});
    CHECK(back.rows == 4);
    CHECK(back.failures.empty());
    for (int id = 1; id <= 4; ++id) {
      CHECK(rows.medium.load(rows.db.sql, id) == std::nullopt);
      CHECK(rows.column.load(rows.db.sql, id) == all[static_cast<std::size_t>(id - 1)]);
    }
    CHECK(rows.shop.disk->operations() == 0);
    CHECK(everything_on(*rows.shop.real) == before);
    CHECK(rows.has_just(all));
  }
}

TEST_CASE("what has moved is replaced and removed with its files, in both directions") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    rows.add(1);
    rows.put(rows.column, 1, "first");
    move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium);
    const Attachment second = rows.put(rows.medium, 1, "second");
    CHECK(rows.has_just({second}));
    move_to_column(rows.db.sql, rows.shop.files, rows.medium, rows.column);
    const Attachment third = rows.put(rows.column, 1, "third");
    CHECK(rows.has_just({third}));
    Transaction tx(rows.db.sql, rows.shop.files);
    tx.clear(rows.column, 1);
    tx.commit();
    CHECK(rows.has_just({}));
  }
}

TEST_CASE(
    "lists move in their order, with custom properties and members that affix does not know") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    rows.add(1);
    for (const char* name : {"c", "a", "b"}) rows.append(rows.media_list, 1, name);
    const MediaLibrary library = library_of(rows);
    const auto place = library.for_owner(rows.table, 1).collection("cover");
    Transaction tx(rows.db.sql, rows.shop.files);
    library.update(tx, place.list()[1].attachment.id, [](MediaRecord& record) {
      set_custom_property(record, "alt.en", "A letter: \u0410");
    });
    tx.commit();
    auto before = place.list();

    CHECK(move_to_column(rows.db.sql, rows.shop.files, rows.media_list, rows.column_list)
              .attachments == 3);
    CHECK(place.list().empty());
    const AttachmentList list = rows.column_list.load(rows.db.sql, 1);
    REQUIRE(list.size() == 3);
    CHECK(list.items[1].extra["customProperties"]["alt"]["en"] == "A letter: \u0410");
    AttachmentList changed = list;
    changed.items[2].extra["theirs"] = {{"kept", 1}};
    changed.items[2].extra["customProperties"] = nlohmann::json::object();
    rows.db.sql << "update " + rows.table + " set doc = :doc where id = 1", soci::use(changed);
    rows.db.done();

    CHECK(move_to_table(rows.db.sql, rows.shop.files, rows.column_list, rows.media_list)
              .attachments == 3);
    auto after = place.list();
    REQUIRE(after.size() == 3);
    CHECK(after[2].attachment.extra["theirs"]["kept"] == 1);
    after[2].attachment.extra = nlohmann::json::object();
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(after[i].attachment == before[i].attachment);
      CHECK(after[i].custom_properties == before[i].custom_properties);
    }
  }
}

TEST_CASE("a row that cannot move stays, and the others do") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    for (const int id : {1, 2, 3, 4}) rows.add(id);
    const Attachment one = rows.put(rows.column, 1, "one");
    const Attachment two = rows.put(rows.column, 2, "two");
    const Attachment three = rows.put(rows.column, 3, "three");
    const Attachment occupied = rows.put(rows.medium, 2, "occupied");
    // The document of row 3 in a second row, by hand.
    rows.db.sql << "update " + rows.table + " set doc = :doc where id = 4", soci::use(three);
    rows.db.done();

    MoveReport there = move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium);
    CHECK(there.rows == 2);
    CHECK(there.failed == 2);
    REQUIRE(there.failures.size() == 2);
    CHECK(there.failures[0].code() == Errc::exists);
    CHECK(there.failures[0].where().row == "2");
    CHECK(there.failures[1].code() == Errc::conflict);
    CHECK(there.failures[1].where().row == "4");
    CHECK(rows.column.load(rows.db.sql, 2) == two);
    CHECK(rows.medium.load(rows.db.sql, 2) == occupied);
    CHECK(rows.medium.load(rows.db.sql, 3) == three);

    // Shared, and of an owner that is gone.
    const MediaLibrary library = library_of(rows);
    Transaction tx(rows.db.sql, rows.shop.files);
    library.for_owner("Page", 1).collection("figures").attach(tx, std::vector{one.id});
    tx.commit();
    rows.db.run("delete from " + rows.table + " where id = 3");
    MoveReport back = move_to_column(rows.db.sql, rows.shop.files, rows.medium, rows.column);
    CHECK(back.rows == 0);
    REQUIRE(back.failures.size() == 3);
    CHECK(back.failures[0].code() == Errc::conflict);
    CHECK(back.failures[1].code() == Errc::exists);
    CHECK(back.failures[2].code() == Errc::record_not_found);
    CHECK(rows.medium.load(rows.db.sql, 1) == one);
    CHECK(rows.has_just({one, two, three, occupied}));
  }
}

TEST_CASE("a move that the database would change on the way does not happen") {
  Fielded rows(targets().front());
  if (rows.db.dialect().engine() != Engine::sqlite) return;  // The trigger is SQLite's.
  rows.add(1);
  const Attachment one = rows.put(rows.column, 1, "one");
  rows.db.run("create trigger spoil after insert on " + rows.tables.media + " begin update " +
              rows.tables.media + " set name = 'spoilt'; end");
  const MoveReport report = move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium);
  CHECK(report.rows == 0);
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].code() == Errc::invalid_argument);
  CHECK(rows.column.load(rows.db.sql, 1) == one);
  CHECK(rows.medium.load(rows.db.sql, 1) == std::nullopt);
}

TEST_CASE("a move is refused in a transaction and between different tables") {
  Fielded rows(targets().front());
  MediaField other = rows.medium;
  other.key = "name";
  CHECK(code_of([&] { move_to_table(rows.db.sql, rows.shop.files, rows.column, other); }) ==
        Errc::invalid_argument);
  rows.db.sql.begin();
  CHECK(code_of([&] { move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium); }) ==
        Errc::invalid_state);
  rows.db.sql.rollback();
}

TEST_CASE("triggers that follow a column leave alone what moves to the table") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    rows.add(1);
    const TriggerOptions triggers{.fields = {rows.column}};
    install_triggers(rows.db.sql, rows.shop.files, triggers);
    const Attachment one = rows.put(rows.column, 1, "one");
    CHECK(move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium).rows == 1);
    CHECK(rows.has_just({one}));
    CHECK(move_to_column(rows.db.sql, rows.shop.files, rows.medium, rows.column).rows == 1);
    CHECK(rows.has_just({one}));
    remove_triggers(rows.db.sql, rows.shop.files, triggers);
  }
}

TEST_CASE("a move that is killed leaves every row readable in exactly one of the two models") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    if (target.name == "firebird-embedded") continue;  // An engine that does not outlive a fork.
    Fielded rows(target);
    constexpr int count = 24;
    std::vector<Attachment> all;
    for (int id = 1; id <= count; ++id) {
      rows.add(id);
      all.push_back(rows.put(rows.column, id, std::to_string(id)));
    }
    std::mt19937 random(7);  // NOLINT: the same moments in every run
    int kills = 0;
    bool to_table = true;
    for (int round = 0; round < rounds(6, 100);
         ++round, to_table = kills % 3 == 0 ? !to_table : to_table) {
      int told[2];
      REQUIRE(::pipe(told) == 0);
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        try {
          soci::session sql;
          rows.db.connect(sql);
          const MoveOptions options{.batch = 3, .after_batch = [&](const MoveReport&) {
                                      static_cast<void>(::write(told[1], "b", 1));
                                    }};
          to_table ? move_to_table(sql, rows.shop.files, rows.column, rows.medium, options)
                   : move_to_column(sql, rows.shop.files, rows.medium, rows.column, options);
        } catch (...) {
        }
        ::_exit(0);
      }
      ::close(told[1]);
      char batch = 0;
      static_cast<void>(::read(told[0], &batch, 1));  // Until it is at work, or through.
      ::usleep(static_cast<useconds_t>(random() % 5'000));
      ::kill(child, SIGKILL);
      int status = 0;
      ::waitpid(child, &status, 0);
      ::close(told[0]);
      kills += WIFSIGNALED(status) ? 1 : 0;
      for (int id = 1; id <= count; ++id) {
        const auto in_column = rows.column.load(rows.db.sql, id);
        const auto in_table = rows.medium.load(rows.db.sql, id);
        CAPTURE(id);
        REQUIRE(in_column.has_value() != in_table.has_value());
        REQUIRE((in_column ? *in_column : *in_table) == all[static_cast<std::size_t>(id - 1)]);
      }
    }
    CHECK(kills > 0);
    move_to_table(rows.db.sql, rows.shop.files, rows.column, rows.medium);
    CHECK(rows.has_just(all));
  }
}

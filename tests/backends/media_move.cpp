#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <map>
#include <memory>

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

enum class Direction { to_table, to_column };

std::ostream& operator<<(std::ostream& stream, Direction direction) {
  return stream << (direction == Direction::to_table ? "to the table" : "to the column");
}

MoveReport move(soci::session& sql, Fielded& rows, Direction direction,
                const MoveOptions& options) {
  if (direction == Direction::to_table) {
    return move_to_table(sql, rows.shop.files, rows.column, rows.medium, options);
  }
  return move_to_column(sql, rows.shop.files, rows.medium, rows.column, options);
}

void move_all(Fielded& rows, Direction direction) {
  CHECK(move(rows.db.sql, rows, direction, {}).failures.empty());
}

void tell(int pipe, const std::string& line) {
  static_cast<void>(::write(pipe, line.data(), line.size()));
}

/// Kills the process before the statement at which the counter comes to 0.
class Killer final : public soci::logger_impl {
 public:
  Killer(std::shared_ptr<int> left, int pipe) : left_(std::move(left)), pipe_(pipe) {}

  void start_query(const std::string& query) override {
    if (*left_ == 0 || --*left_ > 0) return;
    tell(pipe_, query.substr(0, query.find(' ')));
    ::raise(SIGKILL);
  }

 private:
  soci::logger_impl* do_clone() const override { return new Killer(left_, pipe_); }

  std::shared_ptr<int> left_;
  int pipe_;
};

/// In the child: moves the first batch, and dies before the n-th statement from there on, or when
/// the second batch has moved.
[[noreturn]] void move_and_die(Fielded& rows, Direction direction, int batch, int n, int pipe) {
  try {
    soci::session sql;
    rows.db.connect(sql);
    const bool has_number = rows.db.dialect().engine() != Engine::sqlite;
    tell(pipe, (has_number ? session_number(sql) : "") + " ");
    rows.db.done(sql);
    const auto left = std::make_shared<int>(0);
    sql.set_logger(soci::logger(new Killer(left, pipe)));
    move(sql, rows, direction,
         {.batch = static_cast<std::size_t>(batch), .after_batch = [&](const MoveReport& report) {
            if (report.rows == 2 * batch) ::_exit(0);
            *left = n;
          }});
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
  }
  ::_exit(1);
}

/// The first word of the statement at which a move was killed; empty if it came to the third batch.
std::string killed_in_the_middle(Fielded& rows, Direction direction, int batch, int n) {
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) move_and_die(rows, direction, batch, n, told[1]);
  ::close(told[1]);
  std::string text;
  char one = 0;
  while (::read(told[0], &one, 1) == 1) text += one;
  ::close(told[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)));
  await_end(rows.db.sql, {text.substr(0, text.find(' '))});
  return text.substr(text.find(' ') + 1);
}

/// The first batch has moved, the row behind the second has not, and the second may have, all of
/// it.
void check_one_of_two(Fielded& rows, Direction direction, int batch,
                      const std::vector<Attachment>& all, bool has_second_moved) {
  for (int id = 1; id <= static_cast<int>(all.size()); ++id) {
    CAPTURE(id);
    const auto in_column = rows.column.load(rows.db.sql, id);
    const auto in_table = rows.medium.load(rows.db.sql, id);
    REQUIRE(in_column.has_value() != in_table.has_value());
    CHECK((in_column ? *in_column : *in_table) == all[static_cast<std::size_t>(id - 1)]);
    const bool has_moved = in_table.has_value() == (direction == Direction::to_table);
    CHECK(has_moved == (id <= batch || (id <= 2 * batch && has_second_moved)));
  }
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
  const Direction direction = GENERATE(Direction::to_table, Direction::to_column);
  const int batch = GENERATE(1, 2);
  for (const Target& target : targets()) {
    CAPTURE(target, direction, batch);
    if (target.name == "firebird-embedded") continue;  // An engine that does not outlive a fork.
    if (target.is_odbc() && !is_long()) continue;      // The same databases by another way.
    Fielded rows(target);
    std::vector<Attachment> all;
    for (int id = 1; id <= 2 * batch + 1; ++id) {
      rows.add(id);
      all.push_back(rows.put(rows.column, id, std::to_string(id)));
    }
    std::map<std::string, int> kills;  // In the middle, by the statement that was not run.
    for (int n = 1;; ++n) {
      move_all(rows, direction == Direction::to_table ? Direction::to_column : Direction::to_table);
      const std::string killed_at = killed_in_the_middle(rows, direction, batch, n);
      check_one_of_two(rows, direction, batch, all, killed_at.empty());
      if (killed_at.empty()) break;
      ++kills[killed_at];
    }
    for (const auto& [statement, count] : kills) {
      std::cout << target << ", " << batch << " at once: killed at " << statement << ": " << count
                << std::endl;
    }
    CHECK(kills["select"] > 0);
    CHECK(kills["update"] > 0);
    CHECK(kills[direction == Direction::to_table ? "insert" : "delete"] > 0);
    move_all(rows, Direction::to_table);
    CHECK(rows.has_just(all));
  }
}

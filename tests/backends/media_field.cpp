#include "affix/media/media_field.hpp"

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "catch.hpp"
#include "fielded.hpp"
#include "support/errors.hpp"

// A field of the media table does what one of a column does: each scenario runs with both.

using namespace affix;
using namespace affix::tests;

namespace {

/// Calls `scenario` with a new database and each of the two fields, on every target.
template <class Column, class Medium, class Scenario>
void with_both(Column column, Medium medium, Scenario scenario) {
  for (const Target& target : targets()) {
    CAPTURE(target);
    {
      INFO("a column");
      Fielded rows(target);
      scenario(rows, rows.*column);
    }
    INFO("the media table");
    Fielded rows(target);
    scenario(rows, rows.*medium);
  }
}

template <class Scenario>
void with_both_fields(Scenario scenario) {
  with_both(&Fielded::column, &Fielded::medium, scenario);
}

template <class Scenario>
void with_both_lists(Scenario scenario) {
  with_both(&Fielded::column_list, &Fielded::media_list, scenario);
}

}  // namespace

TEST_CASE("a field is put, loaded, put anew and cleared with its files, in both models") {
  static_assert(AttachmentField<ColumnField> && AttachmentField<MediaField>);
  with_both_fields([](Fielded& rows, const auto& field) {
    rows.add(1);
    CHECK(field.load(rows.db.sql, 1) == std::nullopt);
    const Attachment first = rows.put(field, 1, "first");
    CHECK(first.variants.contains("thumb"));
    CHECK(field.load(rows.db.sql, 1) == first);
    CHECK(rows.has_just({first}));

    Transaction tx(rows.db.sql, rows.shop.files);
    const Attachment second =
        tx.replace(field, 1, rows.shop.files.create(Fielded::text("second"), {}));
    CHECK(rows.shop.real->exists(Key::parse(first.path)));
    tx.commit();
    CHECK(field.load(rows.db.sql, 1) == second);
    CHECK(rows.has_just({second}));

    field.put(tx, 1, Fielded::text("third"));
    tx.rollback();
    CHECK(field.load(rows.db.sql, 1) == second);
    CHECK(rows.has_just({second}));

    tx.clear(field, 1);
    tx.commit();
    field.clear(tx, 1);  // Nothing is there to clear.
    tx.commit();
    CHECK(field.load(rows.db.sql, 1) == std::nullopt);
    CHECK(rows.has_just({}));
    CHECK_FALSE(in_transaction(rows.db.sql));
  });
}

TEST_CASE("a row that is not there has no field, in both models") {
  with_both_fields([](Fielded& rows, const auto& field) {
    CHECK(code_of([&] { field.load(rows.db.sql, 7); }) == Errc::record_not_found);
    Transaction tx(rows.db.sql, rows.shop.files);
    const auto error = error_of([&] { tx.replace(field, 7, Fielded::text("lost")); });
    REQUIRE(error);
    CHECK(error->code() == Errc::record_not_found);
    CHECK(error->where().table == rows.table);
    CHECK(error->where().row == "7");
    CHECK(code_of([&] { tx.clear(field, 7); }) == Errc::record_not_found);
    tx.rollback();
    CHECK(rows.has_just({}));
  });
}

TEST_CASE("what does not fit a field is not stored, in both models") {
  with_both_fields([](Fielded& rows, auto field) {
    rows.add(1);
    field.accepts = {"image/png"};
    Transaction tx(rows.db.sql, rows.shop.files);
    CHECK(code_of([&] { tx.replace(field, 1, Fielded::text("text")); }) == Errc::type_not_allowed);
    CHECK(code_of([&] {
            tx.replace(field, 1, rows.shop.files.create(Fielded::text("text"), {}));
          }) == Errc::type_not_allowed);
    field.accepts = {};
    field.max_size = 3;
    CHECK(code_of([&] { tx.replace(field, 1, Fielded::text("text")); }) == Errc::too_large);
    CHECK(rows.has_just({}));
  });
}

TEST_CASE("of two puts that have read the same the second is a conflict, in both models") {
  with_both_fields([](Fielded& rows, const auto& field) {
    rows.add(1);
    for (const bool empty : {true, false}) {
      CAPTURE(empty);
      soci::session other;
      rows.db.connect(other);
      Transaction second(other, rows.shop.files);
      std::optional<Attachment> winner;
      const auto race = [&](const Progress& progress) {
        if (winner || progress.stage != Progress::Stage::converting) return;
        winner.emplace();
        winner = rows.put(field, 1, empty ? "one" : "two");
      };
      const auto error =
          error_of([&] { second.replace(field, 1, Fielded::text("loser"), {.progress = race}); });
      REQUIRE(error);
      CHECK(error->code() == Errc::conflict);
      CHECK(error->where().row == "1");
      second.rollback();
      CHECK(field.load(rows.db.sql, 1) == winner);
      CHECK(rows.has_just({*winner}));
    }
  });
}

TEST_CASE("missing variants are made later, in both models") {
  with_both_fields([](Fielded& rows, auto field) {
    rows.add(1);
    CHECK(code_of([&] {
            Transaction tx(rows.db.sql, rows.shop.files);
            tx.ensure_variants(field, 1);
          }) == Errc::file_not_found);
    field.variants = {};
    rows.put(field, 1, "content");
    field.variants = {"thumb"};
    Transaction tx(rows.db.sql, rows.shop.files);
    const Attachment with_thumb = tx.ensure_variants(field, 1);
    tx.ensure_variants(field, 1, {"card"});
    tx.commit();
    CHECK(with_thumb.variants.contains("thumb"));
    const auto stored = field.load(rows.db.sql, 1);
    REQUIRE(stored);
    CHECK(stored->variants.size() == 2);
    CHECK(rows.has_just({*stored}));
  });
}

TEST_CASE("every row with a file is visited with its key, in both models") {
  with_both_fields([](Fielded& rows, const auto& field) {
    for (const int id : {1, 2, 3}) rows.add(id);
    const Attachment one = rows.put(field, 1, "one");
    const Attachment three = rows.put(field, 3, "three");
    std::vector<std::pair<std::string, Attachment>> seen;
    field.each(rows.db.sql, [&](const RowKey& row, const Attachment& attachment) {
      CHECK(std::holds_alternative<long long>(row.value()));
      seen.emplace_back(row.text(), field.load(rows.db.sql, row).value());
      CHECK(seen.back().second == attachment);
    });
    CHECK(seen == std::vector<std::pair<std::string, Attachment>>{{"1", one}, {"3", three}});
  });
}

TEST_CASE("a list is appended to, taken out of and cleared with its files, in both models") {
  static_assert(AttachmentListField<ColumnListField> && AttachmentListField<MediaListField>);
  with_both_lists([](Fielded& rows, const auto& field) {
    rows.add(1);
    CHECK(field.load(rows.db.sql, 1).empty());
    const Attachment first = rows.append(field, 1, "first");
    const Attachment second = rows.append(field, 1, "second");
    Transaction tx(rows.db.sql, rows.shop.files);
    const Attachment third =
        tx.append(field, 1, rows.shop.files.create(Fielded::text("third"), {}));
    tx.commit();
    CHECK(field.load(rows.db.sql, 1) == AttachmentList{{first, second, third}});

    tx.remove(field, 1, second.id);
    tx.commit();
    CHECK(field.load(rows.db.sql, 1) == AttachmentList{{first, third}});
    CHECK(rows.has_just({first, third}));
    const auto error = error_of([&] { tx.remove(field, 1, second.id); });
    REQUIRE(error);
    CHECK(error->code() == Errc::conflict);
    tx.commit();  // Nothing was begun that could not be committed.

    const Attachment later = tx.ensure_variants(field, 1, third.id);
    tx.commit();
    CHECK(later.variants.contains("thumb"));
    CHECK(field.load(rows.db.sql, 1) == AttachmentList{{first, later}});
    int visited = 0;
    field.each(rows.db.sql, [&](const RowKey& row, const AttachmentList& list) {
      ++visited;
      CHECK(row.text() == "1");
      CHECK(list.size() == 2);
    });
    CHECK(visited == 1);

    tx.clear(field, 1);
    tx.commit();
    CHECK(field.load(rows.db.sql, 1).empty());
    CHECK(rows.has_just({}));
    CHECK(code_of([&] { tx.append(field, 7, Fielded::text("lost")); }) == Errc::record_not_found);
  });
}

TEST_CASE("a shared record stays with the others when the field gets another file") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    rows.add(1);
    const Attachment shared = rows.put(rows.medium, 1, "shared");
    const auto store = make_soci_media_store(rows.db.sql, {.tables = rows.tables});
    const MediaLibrary library({.store = store, .files = rows.shop.files});
    Transaction tx(rows.db.sql, rows.shop.files);
    const auto page = library.for_owner("Page", 1).collection("figures");
    page.attach(tx, std::vector<std::string>{shared.id});
    tx.commit();
    const Attachment next = tx.replace(rows.medium, 1, Fielded::text("next"));
    tx.commit();
    CHECK(rows.medium.load(rows.db.sql, 1) == next);
    CHECK(page.list().size() == 1);
    CHECK(rows.has_just({shared, next}));
  }
}

TEST_CASE("a key that the media table has no room for is refused before anything is stored") {
  const Target target = targets().front();
  if (target.engine != Engine::sqlite) return;  // Only there a column takes more than its width.
  Fielded rows(target);
  rows.add(1);
  MediaField by_name = rows.medium;
  by_name.key = "name";
  const std::string name(101, 'n');
  rows.db.sql << "update " + rows.table + " set name = :name", soci::use(name);
  rows.db.done();
  CHECK(by_name.load(rows.db.sql, name) == std::nullopt);
  Transaction tx(rows.db.sql, rows.shop.files);
  const auto error = error_of([&] { tx.replace(by_name, name, Fielded::text("lost")); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
  CHECK(error->where().table == rows.table);
  CHECK(rows.shop.is_empty());
}

TEST_CASE("a row is found however its key is spelled, in both models") {
  with_both_fields([](Fielded& rows, const auto& field) {
    rows.add(42);
    const Attachment first = rows.put(field, 42, "first");
    CHECK(first.name == "first.txt");
    if (rows.db.dialect().engine() == Engine::postgresql) return;  // It wants the key's own type.
    const RowKey spelled("042");
    CHECK(field.load(rows.db.sql, spelled) == first);
    Transaction tx(rows.db.sql, rows.shop.files);
    const Attachment second = tx.replace(field, spelled, Fielded::text("second"));
    tx.commit();
    CHECK(field.load(rows.db.sql, 42) == second);
    if constexpr (std::same_as<std::decay_t<decltype(field)>, MediaField>) {
      CHECK(rows.has_just({second}));
    } else {  // The old file belongs to the key as it was spelled before, and stays for `verify`.
      CHECK(rows.has_just({first, second}));
    }
  });
}

TEST_CASE("owners that differ in case or accents are different, on every database") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    const auto store = make_soci_media_store(rows.db.sql, {.tables = rows.tables});
    const MediaLibrary library({.store = store, .files = rows.shop.files});
    Transaction tx(rows.db.sql, rows.shop.files);
    for (const char* owner : {"a", "A", "\u00e1"}) {
      library.for_owner("Page", owner).collection("c").attach(tx, Fielded::text("file"));
    }
    library.for_owner("page", "a").collection("c").attach(tx, Fielded::text("file"));
    library.for_owner("Page", "a").collection("C").attach(tx, Fielded::text("file"));
    tx.commit();
    for (const char* owner : {"a", "A", "\u00e1"}) {
      CHECK(library.for_owner("Page", owner).collection("c").list().size() == 1);
    }
    CHECK(library.for_owner("Page", "a").list().size() == 2);
  }
}

TEST_CASE("what is in the media table is not removed as if it were in a column") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    rows.add(1);
    const Attachment stored = rows.put(rows.medium, 1, "stored");
    Transaction tx(rows.db.sql, rows.shop.files);
    CHECK(code_of([&] { tx.remove(stored); }) == Errc::invalid_argument);
    tx.rollback();
    CHECK(rows.medium.load(rows.db.sql, 1) == stored);
    tx.clear(rows.medium, 1);
    rows.db.sql << "delete from " + rows.table + " where id = 1";
    tx.commit();
    CHECK(code_of([&] { rows.medium.load(rows.db.sql, 1); }) == Errc::record_not_found);
    CHECK(rows.has_just({}));
  }
}

TEST_CASE("a row that was deleted by hand has no field any more, though its record is there") {
  Fielded rows(targets().front());
  rows.add(1);
  rows.put(rows.medium, 1, "left");
  rows.db.run("delete from " + rows.table);
  CHECK(code_of([&] { rows.medium.load(rows.db.sql, 1); }) == Errc::record_not_found);
  int visited = 0;
  rows.medium.each(rows.db.sql, [&](const RowKey&, const Attachment&) { ++visited; });
  CHECK(visited == 0);
}

TEST_CASE("a field of the media table is checked at the start") {
  for (const Target& target : targets()) {
    CAPTURE(target);
    Fielded rows(target);
    CHECK_NOTHROW(rows.medium.check(rows.db.sql));
    MediaField wrong = rows.medium;
    wrong.key = "uid";
    CHECK(error_of([&] { wrong.check(rows.db.sql); })->where().column == "uid");
    wrong = rows.medium;
    wrong.collection = "";
    CHECK(code_of([&] { wrong.check(rows.db.sql); }) == Errc::invalid_argument);
    const std::string long_name(101, 'c');
    wrong.collection = long_name;
    CHECK(code_of([&] { wrong.check(rows.db.sql); }) == Errc::invalid_argument);
    const MediaTables missing{.media = "affix_nowhere"};
    wrong = rows.medium;
    wrong.tables = &missing;
    CHECK(error_of([&] { wrong.check(rows.db.sql); })->where().table == "affix_nowhere");
    CHECK_FALSE(in_transaction(rows.db.sql));
  }
}

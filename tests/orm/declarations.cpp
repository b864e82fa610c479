#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "affix/media/media_schema.hpp"
#include "affix/orm/repository.hpp"
#include "affix/persistence/ledger.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

// What the parts of a model do: those that the catalogue of tests/backends has not.

namespace {

enum class Kind { essay = 1, novel = 2 };

struct Money {
  long long cents = 0;
  friend bool operator==(const Money&, const Money&) = default;
};

struct Book;

struct Blurb {
  long long id = 0;
  std::string isbn{};
  std::string text{};
  std::shared_ptr<Book> book{};
};

struct Book {
  std::string isbn{};
  std::string title{};
  Kind kind = Kind::essay;
  std::optional<Money> price{};
  bool published = false;
  std::string created_by{};
  std::optional<std::string> series{};
  std::optional<Blurb> blurb{};
};

struct Album {
  long long id = 0;
  std::string title{};
  AttachmentList pages{};
  AttachmentList samples{};
  AttachmentList drafts{};
};

/// Belongs to a blurb, and does not say so.
struct Secretive {
  long long id = 0;
  long long blurb_id = -1;
  std::optional<Blurb> blurb{};
};

/// Belongs to a blurb by a text, where a blurb has a number.
struct Mistyped {
  long long id = 0;
  std::string blurb_id{};
  std::optional<Blurb> blurb{};
};

/// Its files are not in its mapping.
struct Forgetful {
  long long id = 0;
  std::optional<Attachment> cover{};
  AttachmentList images{};
};

/// Two columns for one purpose.
struct Confused {
  long long id = 0;
  TimePoint one{};
  TimePoint two{};
};

/// Its pages are found by what their model does not know.
struct Sheet {
  long long id = 0;
  long long volume_id = 0;
};
struct Volume {
  long long id = 0;
  std::vector<Sheet> pages{};
};

}  // namespace

template <>
struct affix::ColumnTraits<Money> {
  static constexpr ColumnType type = ColumnType::integer;
  static ColumnValue to_value(Money money) { return money.cents; }
  static Money from_value(ColumnValue&& value) { return {std::get<long long>(value)}; }
};

template <>
struct affix::Model<Blurb> {
  static constexpr auto mapping = affix::table(
      "blurbs", affix::key("id", &Blurb::id), affix::column("isbn", &Blurb::isbn),
      affix::column("text", &Blurb::text), affix::belongs_to("book", &Blurb::book, &Blurb::isbn));
};

template <>
struct affix::Model<Book> {
  static constexpr auto mapping = affix::table(
      "books", affix::key("isbn", &Book::isbn, {.origin = affix::KeyOrigin::caller}),
      affix::column("title", &Book::title, {.unique = true}), affix::column("kind", &Book::kind),
      affix::column("price", &Book::price), affix::column("published", &Book::published),
      affix::created_by("created_by", &Book::created_by), affix::column("series", &Book::series),
      affix::has_one("blurb", &Book::blurb, &Blurb::isbn));
  static std::vector<affix::DefaultFilter<Book>> default_filters() {
    return {{"published", affix::where(&Book::published) == true}};
  }
};

template <>
struct affix::Model<Album> {
  static constexpr auto mapping = affix::table(
      "albums", affix::key("id", &Album::id), affix::column("title", &Album::title),
      affix::media("pages", &Album::pages, {.min_items = 1, .max_items = 2}),
      affix::media("samples", &Album::samples, {.on_owner_removed = affix::OwnerRemoval::restrict}),
      affix::media("drafts", &Album::drafts,
                   {.unreferenced = affix::Unreferenced::keep,
                    .on_owner_removed = affix::OwnerRemoval::detach}));
};

template <>
struct affix::Model<Secretive> {
  static constexpr auto mapping =
      affix::table("secretive", affix::key("id", &Secretive::id),
                   affix::column("blurb_id", &Secretive::blurb_id, {.hidden = true}),
                   affix::belongs_to("blurb", &Secretive::blurb, &Secretive::blurb_id));
};

template <>
struct affix::Model<Mistyped> {
  static constexpr auto mapping = affix::table(
      "mistyped", affix::key("id", &Mistyped::id), affix::column("blurb_id", &Mistyped::blurb_id),
      affix::belongs_to("blurb", &Mistyped::blurb, &Mistyped::blurb_id));
};

template <>
struct affix::Model<Forgetful> {
  static constexpr auto mapping = affix::table("forgetful", affix::key("id", &Forgetful::id));
};

template <>
struct affix::Model<Confused> {
  static constexpr auto mapping = affix::table("confused", affix::key("id", &Confused::id),
                                               affix::created_at("one", &Confused::one),
                                               affix::created_at("two", &Confused::two));
};

template <>
struct affix::Model<Sheet> {
  static constexpr auto mapping = affix::table("pages", affix::key("id", &Sheet::id));
};

template <>
struct affix::Model<Volume> {
  static constexpr auto mapping =
      affix::table("volumes", affix::key("id", &Volume::id),
                   affix::has_many("pages", &Volume::pages, &Sheet::volume_id));
};

namespace {

class Books : public Repository<Book> {
 public:
  using Repository::Repository;

  std::optional<Book> find_by_title(const std::string& title) const {
    return find_one(where(&Book::title) == title);
  }
};

Source text(const std::string& words) { return Source::from_memory(words, "a.txt"); }

class Library {
 public:
  Library() {
    source.add<Blurb>().add<Book>().add<Album>();
    source.ensure_schema();
    ensure_schema(sql, shop.files);
    ensure_media_schema(sql);
  }

  soci::session sql{"sqlite3", ":memory:"};
  Workshop shop{Backing::memory, nullptr, std::make_shared<TextConverter>()};
  DataSource source{"library", sql};
  Books books{source, {.user = [] { return "ada"; }}};
  Repository<Album> albums{source, shop.files};
};

}  // namespace

TEST_CASE("a data source makes the tables of its models, once for each name [D3]") {
  Library library;
  CHECK(library.source.tables() == std::vector<std::string>{"blurbs", "books", "albums"});
  CHECK(code_of([&] { library.source.add<Book>(); }) == Errc::exists);
  const auto refused = [&](auto add, const std::string& table, const std::string& column) {
    const auto error = error_of(add);
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().table == table);
    CHECK(error->where().column == column);
  };
  refused([&] { library.source.add<Confused>(); }, "confused", "one");
  refused([&] { library.source.add<Volume>(); }, "pages", "pages");
  refused([&] { library.source.add<Mistyped>(); }, "mistyped", "blurb");
  int indexes = 0;
  library.sql << "select count(*) from sqlite_master where type = 'index' and tbl_name = 'blurbs'",
      soci::into(indexes);
  CHECK(indexes == 1);  // Of the column that belongs to a book.
  soci::session other("sqlite3", ":memory:");
  for (const std::string& statement : model_schema_sql<Book>(library.source.dialect())) {
    other << statement;
  }
  DataSource migrated("migrated", other);
  Repository<Book>(migrated).create({.isbn = "1", .title = "Emma"});
  CHECK(code_of([&] { Repository<Book>(migrated).create({.isbn = "2", .title = "Emma"}); }) ==
        Errc::exists);
}

TEST_CASE("a key of the caller's, enums and types of one's own are written and read") {
  const Library library;
  const Book emma{
      .isbn = "978", .title = "Emma", .kind = Kind::novel, .price = Money{950}, .published = true};
  CHECK(library.books.create(emma).isbn == "978");
  const auto found = library.books.find_by_title("Emma");
  REQUIRE(found);
  CHECK(found->kind == Kind::novel);
  CHECK(found->price == Money{950});
  CHECK(found->created_by == "ada");
  CHECK(library.books.count(where(&Book::price) > Money{949}) == 1);
  CHECK(library.books.count(where(&Book::price) > Money{950}) == 0);
  CHECK(library.books.create({.title = "No key", .published = true}).isbn.empty());
}

TEST_CASE("a default filter is joined to every condition until it is passed over") {
  const Library library;
  library.books.create_all(
      {{.isbn = "1", .title = "Emma", .published = true}, {.isbn = "2", .title = "Sanditon"}});
  CHECK(library.books.count() == 1);
  CHECK_FALSE(library.books.find_by_title("Sanditon"));
  CHECK(library.books.count(where(&Book::published) == false) == 0);
  CHECK_FALSE(library.books.update_by_id("2", set(&Book::series, "late")));
  CHECK_FALSE(library.books.remove_by_id("2"));
  CHECK(library.books.count(Filter<Book>().skip_default_filter("published")) == 2);
  CHECK(library.books.remove_by_id("2", {.skipped_default_filters = {"published"}}));
}

TEST_CASE("a row has one other, if it is asked for and there is one") {
  Library library;
  library.books.create_all({{.isbn = "1", .title = "Emma", .published = true},
                            {.isbn = "2", .title = "Persuasion", .published = true}});
  Repository<Blurb>(library.source).create({.isbn = "1", .text = "Handsome, clever, and rich"});
  const auto found = library.books.find(Filter<Book>().order_by(&Book::isbn).with(&Book::blurb));
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].blurb);
  CHECK(found[0].blurb->text == "Handsome, clever, and rich");
  CHECK_FALSE(found[1].blurb);
  CHECK_FALSE(library.books.find_by_id("1")->blurb);
  const auto same = library.books.find(Filter<Book>::from_json(nlohmann::json::parse(
      R"({"order": ["isbn"], "include": [{"relation": "blurb", "scope": {"fields": ["text"]}}]})")));
  REQUIRE(same.front().blurb);
  CHECK(same.front().blurb->text == "Handsome, clever, and rich");
  const auto back =
      ReadRepository<Blurb>(library.source).find_one(Filter<Blurb>().with(&Blurb::book));
  REQUIRE(back);
  REQUIRE(back->book);
  CHECK(back->book->title == "Emma");
}

TEST_CASE("a hidden column finds what a row belongs to, and stays hidden") {
  Library library;
  library.source.add<Secretive>();
  library.source.ensure_schema();
  const Blurb blurb = Repository<Blurb>(library.source).create({.isbn = "1", .text = "Clever"});
  const Repository<Secretive> rows(library.source);
  CHECK(rows.create({.blurb_id = blurb.id}).blurb_id == -1);
  const auto found = rows.find_one(Filter<Secretive>().with(&Secretive::blurb));
  REQUIRE(found->blurb);
  CHECK(found->blurb->text == "Clever");
  CHECK(found->blurb_id == -1);
}

TEST_CASE("one call makes what a data source and its files need") {
  soci::session sql("sqlite3", ":memory:");
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  DataSource source("library", sql);
  source.add<Album>();
  source.ensure_schema(shop.files);
  source.ensure_schema(shop.files);
  const Repository<Album> albums(source, shop.files);
  const Album made = albums.create({}, {{&Album::pages, text("1")}});
  CHECK(albums.find_by_id(made.id, Filter<Album>().with(&Album::pages))->pages.items.size() == 1);
}

TEST_CASE("a list that would have too few or too many attachments is refused, all of it") {
  const Library library;
  const auto& albums = library.albums;
  CHECK(code_of([&] { albums.create({.title = "none"}); }) == Errc::invalid_argument);
  CHECK(code_of([&] {
          albums.create({}, {{&Album::pages, {text("1"), text("2"), text("3")}}});
        }) == Errc::invalid_argument);
  CHECK(albums.count() == 0);
  const Album made = albums.create({}, {{&Album::pages, {text("1"), text("2")}}});
  const std::string first = made.pages.items.front().id;
  // Two, after the whole change.
  CHECK(albums.update_by_id(
      made.id, {}, {{&Album::pages, MediaChange{.create = {text("3")}, .detach = {first}}}}));
  CHECK(code_of([&] {
          albums.update_by_id(made.id, {}, {{&Album::pages, no_file}});
        }) == Errc::invalid_argument);
  CHECK(albums.find_by_id(made.id, Filter<Album>().with(&Album::pages))->pages.items.size() == 2);
}

TEST_CASE("a file that is not mapped is told where to be declared [D18]") {
  const auto refused = [](auto ask, const std::string& text) {
    const auto error = error_of(ask);
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->message() == text);
    CHECK(error->where().table == "forgetful");
  };
  const std::string text =
      "The model's mapping does not have this member: declare it there, a file as medium, media, "
      "attachment or attachments";
  refused([] { static_cast<void>(Filter<Forgetful>().with(&Forgetful::cover)); }, text);
  refused([] { static_cast<void>(Filter<Forgetful>().with(&Forgetful::images)); }, text);
  refused([] { FileChange<Forgetful>(&Forgetful::cover, no_file); }, text);
  refused([] { FileChange<Forgetful>(&Forgetful::images, MediaChange{.attach = {"a"}}); }, text);
  refused([] { Filter<Forgetful>::from_json(nlohmann::json::parse(R"({"include": ["cover"]})")); },
          "The model's mapping has no such relation, and no such file: declare it there");
}

TEST_CASE("a row whose records are to stay is not removed") {
  const Library library;
  const auto& albums = library.albums;
  const Album made =
      albums.create({}, {{&Album::pages, text("1")}, {&Album::samples, text("a sample")}});
  CHECK(code_of([&] { albums.remove_by_id(made.id); }) == Errc::invalid_state);
  CHECK(albums.count() == 1);
  albums.update_by_id(made.id, {}, {{&Album::samples, no_file}});
  CHECK(albums.remove_by_id(made.id));
}

TEST_CASE("records that are to be kept stay when they are taken out, and when their row goes") {
  const Library library;
  const auto& albums = library.albums;
  const Album made = albums.create(
      {}, {{&Album::pages, text("1")}, {&Album::drafts, {text("a draft"), text("another")}}});
  const std::string first = made.drafts.items[0].id;
  const std::string second = made.drafts.items[1].id;
  CHECK(albums.update_by_id(made.id, {}, {{&Album::drafts, MediaChange{.detach = {first}}}}));
  CHECK(albums.remove_by_id(made.id));
  const Album next = albums.create(
      {}, {{&Album::pages, text("2")}, {&Album::drafts, MediaChange{.attach = {first, second}}}});
  const auto found = albums.find_by_id(next.id, Filter<Album>().with(&Album::drafts));
  REQUIRE(found->drafts.items.size() == 2);
  CHECK(read_all(*library.shop.files.open(found->drafts.items[0])) == "a draft");
  const auto gone = made.pages.items.front().id;
  CHECK(code_of([&] {
          albums.update_by_id(next.id, {}, {{&Album::drafts, MediaChange{.attach = {gone}}}});
        }) == Errc::record_not_found);
}

TEST_CASE("a file that was stored before is given to a row, and what fails leaves neither") {
  Library library;
  const Album made =
      library.albums.create({}, {{&Album::pages, library.shop.files.create(text("stored"))}});
  CHECK(made.pages.items.size() == 1);
  CHECK(code_of([&] {
          library.source.run(library.shop.files, [&](Transaction& tx) {
            library.albums.create(tx, {.title = "x"}, {{&Album::pages, text("new")}});
            tx.session() << "update albums set title = 'changed'";
            throw Error(Errc::too_large, "Something else went wrong");
          });
        }) == Errc::too_large);
  CHECK(library.albums.count() == 1);
  CHECK(library.albums.count(where(&Album::title) == "changed") == 0);
  const Repository<Album> without_files(library.source);
  CHECK(code_of([&] { without_files.create({}); }) == Errc::invalid_argument);
}

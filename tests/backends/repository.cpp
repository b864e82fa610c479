#include "catalogue.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

Product kettle() {
  return {.name = "Kettle 🫖 'x' \"y\" \\ :z",
          .note = "boils",
          .stock = 3,
          .price = 19.5,
          .active = true,
          .tags = {"steel", "red", 7},
          .secret = "s3cret"};
}

Source broken() { return Source::from_memory("\xff\xd8\xff, no more", "broken.jpg"); }

/// A row that is found by a text.
struct Poster {
  std::string code{};
  AttachmentList images{};
  std::optional<Attachment> scan{};
};

}  // namespace

template <>
struct affix::Model<Poster> {
  static constexpr auto mapping =
      affix::table("cat_posters", affix::key("code", &Poster::code),
                   affix::media("images", &Poster::images, {.tables = &catalogue_media}),
                   affix::attachment("scan", &Poster::scan));
};

TEST_CASE("a row is created, found, changed and removed, on every database [E7][E11]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const Product made = products.create(kettle());
    CHECK(made.id > 0);
    CHECK(made.modified_by == "ada");
    CHECK(made.secret.empty());
    CHECK(made.created_at == catalogue.shop.clock->now());

    const auto found = products.find_by_id(made.id);
    REQUIRE(found);
    CHECK(found->name == kettle().name);
    CHECK(found->note == "boils");
    CHECK(found->stock == 3);
    CHECK(found->price == 19.5);
    CHECK_FALSE(found->weight);
    CHECK(found->active);
    CHECK(found->tags == kettle().tags);
    CHECK(found->created_at == made.created_at);
    CHECK(found->secret.empty());
    CHECK_FALSE(products.find_by_id(made.id + 1));

    catalogue.shop.clock->advance(std::chrono::seconds(5));
    const auto changed = products.update_by_id(
        made.id,
        set(&Product::note, std::nullopt).set(&Product::weight, 0.25).set(&Product::stock, 4));
    REQUIRE(changed);
    CHECK_FALSE(changed->note);
    CHECK(changed->weight == 0.25);
    CHECK(changed->stock == 4);
    CHECK(changed->created_at == made.created_at);
    CHECK(changed->modified_at > made.created_at);
    CHECK(products.count() == 1);
    CHECK(products.count(where(&Product::secret) == "s3cret") == 1);
    CHECK_FALSE(products.update_by_id(made.id + 1, set(&Product::stock, 4)));

    CHECK(products.remove_by_id(made.id, {.removal = Removal::permanent}));
    CHECK_FALSE(products.remove_by_id(made.id));
    CHECK(products.count() == 0);
  }
}

TEST_CASE("keys are made by the database, or by affix, or given, on every database [E3]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    const auto made =
        catalogue.products.create_all({kettle(), kettle(), {.id = 1000, .name = "x"}});
    CHECK(made[0].id > 0);
    CHECK(made[1].id > made[0].id);
    CHECK(made[2].id == 1000);
    CHECK(catalogue.products.find_by_id(made[1].id)->stock == 3);

    std::vector<Maker> many(700, Maker{.name = "A maker"});
    many.push_back({.id = "mine", .name = "Mine"});
    many = catalogue.makers.create_all(std::move(many));
    CHECK(many[0].id.size() == 36);
    CHECK(many[0].id != many[1].id);
    CHECK(catalogue.makers.count() == 701);
    CHECK(catalogue.makers.find_by_id("mine")->name == "Mine");
    CHECK(code_of([&] { catalogue.makers.create({.id = "mine"}); }) == Errc::exists);
  }
}

TEST_CASE("files follow a row through create, update and removal, on every database", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const Product made = products.create(
        kettle(), {{&Product::thumbnail, picture("coffee.png")},
                   {&Product::manuals, {picture("coffee.png"), picture("coffee.png")}},
                   {&Product::cover, picture("coffee.png")},
                   {&Product::gallery, picture("coffee.png")}});
    REQUIRE(made.thumbnail);
    CHECK(made.thumbnail->variants.contains("thumb"));
    CHECK(made.manuals.items.size() == 2);
    REQUIRE(made.cover);
    CHECK(made.cover->variants.contains("thumb"));
    CHECK(made.gallery.items.size() == 1);

    auto found = products.find_one(Filter<Product>().with(&Product::cover).with(&Product::gallery));
    REQUIRE(found);
    CHECK(found->thumbnail == made.thumbnail);
    CHECK(found->manuals == made.manuals);
    CHECK(found->cover->id == made.cover->id);
    CHECK(found->gallery.items.front().id == made.gallery.items.front().id);
    CHECK_FALSE(products.find_by_id(made.id)->cover);

    const auto changed = products.update_by_id(
        made.id, {},
        {{&Product::thumbnail, picture("coffee.png")},
         {&Product::manuals,
          MediaChange{.create = {picture("coffee.png")}, .detach = {made.manuals.items[0].id}}},
         {&Product::cover, no_file},
         {&Product::gallery, picture("coffee.png")}});
    REQUIRE(changed);
    CHECK(changed->thumbnail->id != made.thumbnail->id);
    CHECK(changed->manuals.items.size() == 2);
    CHECK(changed->stock == 3);
    found = products.find_one(Filter<Product>().with(&Product::cover).with(&Product::gallery));
    CHECK_FALSE(found->cover);
    REQUIRE(found->gallery.items.size() == 2);
    CHECK(catalogue.has_just({*changed->thumbnail, changed->manuals.items[0],
                              changed->manuals.items[1], found->gallery.items[0],
                              found->gallery.items[1]}));

    CHECK(products.remove_by_id(made.id));
    CHECK(products.count() == 0);
    CHECK(products.count(Filter<Product>().skip_default_filter("deleted_at")) == 1);
    CHECK(catalogue.has_just({*changed->thumbnail, changed->manuals.items[0],
                              changed->manuals.items[1], found->gallery.items[0],
                              found->gallery.items[1]}));
    const RemoveOptions permanent{.removal = Removal::permanent};
    CHECK(products.remove_by_id(made.id, permanent));
    CHECK(catalogue.has_just({}));
  }
}

TEST_CASE("many rows are created with the files of each, or none at all, on every database",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const auto made =
        products.create_all({kettle(), kettle(), kettle()},
                            {{{&Product::manuals, {picture("coffee.png"), picture("coffee.png")}}},
                             {},
                             {{&Product::thumbnail, picture("coffee.png")},
                              {&Product::gallery, picture("coffee.png")}}});
    REQUIRE(made.size() == 3);
    REQUIRE(made[0].manuals.items.size() == 2);
    REQUIRE(made[2].thumbnail);
    REQUIRE(made[2].gallery.items.size() == 1);
    CHECK(products.find_by_id(made[0].id)->manuals == made[0].manuals);
    CHECK_FALSE(products.find_by_id(made[1].id)->thumbnail);
    CHECK(products.find_by_id(made[2].id)->thumbnail == made[2].thumbnail);
    const std::vector<Attachment> files{made[0].manuals.items[0], made[0].manuals.items[1],
                                        *made[2].thumbnail, made[2].gallery.items[0]};
    CHECK(catalogue.has_just(files));

    CHECK(code_of([&] {
            products.create_all({kettle(), kettle()},
                                {{{&Product::thumbnail, picture("coffee.png")}},
                                 {{&Product::thumbnail, broken()}}});
          }) == Errc::invalid_content);
    CHECK(code_of([&] {
            products.create_all({kettle(), {.id = made[0].id}},
                                {{{&Product::thumbnail, picture("coffee.png")}}, {}});
          }) == Errc::exists);
    CHECK(code_of([&] {
            products.create_all({kettle(), kettle()}, {{}});
          }) == Errc::invalid_argument);
    CHECK(code_of([&] { products.create(made[2]); }) == Errc::invalid_argument);
    CHECK(code_of([&] {
            products.update_by_id(made[0].id, set(&Product::created_at, TimePoint()));
          }) == Errc::invalid_argument);
    CHECK(products.count() == 3);
    CHECK(catalogue.has_just(files));

    const auto some = Filter<Product>().fields(&Product::name);
    const auto found = products.find_by_id(made[2].id, some.with(&Product::thumbnail));
    CHECK(found->thumbnail == made[2].thumbnail);
    CHECK_FALSE(products.find_by_id(made[2].id, some)->thumbnail);
    CHECK(code_of([&] { products.find(some.with(&Product::manuals, where(&Medium::size) > 1)); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] {
            products.find(some.with(&Product::gallery, Filter<Medium>().fields(&Medium::name)));
          }) == Errc::invalid_argument);
  }
}

TEST_CASE("files follow a row also if its key is spelled otherwise than in the database", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& sql = catalogue.db.sql;
    if (catalogue.db.dialect().has_table(sql, "cat_posters")) {
      catalogue.db.run("drop table cat_posters");
    }
    catalogue.db.done();
    ensure_model_schema<Poster>(sql);
    const Repository<Poster> posters(catalogue.source, catalogue.shop.files);
    posters.create({.code = "ada"}, {{&Poster::scan, picture("coffee.png")}});
    // MariaDB and Firebird take no notice of the blank.
    const auto changed = posters.update_by_id(
        "ada ", {},
        {{&Poster::images, picture("coffee.png")}, {&Poster::scan, picture("coffee.png")}});
    if (changed) {
      const auto found = posters.find_one(Filter<Poster>().with(&Poster::images));
      REQUIRE(found->images.items.size() == 1);
      CHECK(catalogue.has_just({found->images.items.front(), *found->scan}));
    }
    CHECK(posters.remove_by_id(changed ? "ada  " : "ada"));
    CHECK(catalogue.has_just({}));
    catalogue.db.run("drop table cat_posters");
  }
}

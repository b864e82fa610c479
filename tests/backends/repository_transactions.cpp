#include "catalogue.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

// Repositories in transactions that others have begun, and in parts of them.

using namespace affix;
using namespace affix::tests;

namespace {

bool can_be_a_part(const Dialect& dialect) {
  return dialect.traits().autocommits && dialect.traits().savepoints;
}

}  // namespace

TEST_CASE("a repository without a manager is a part of the transaction that its session is in",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    const auto& makers = catalogue.makers;
    soci::session& sql = catalogue.db.sql;
    const Dialect& dialect = catalogue.db.dialect();
    makers.create({.id = "there"});
    dialect.begin_for_write(sql);
    if (can_be_a_part(dialect)) {
      makers.create({.id = "new"});
      CHECK(code_of([&] {
              makers.create_all({{.id = "newer"}, {.id = "there"}});
            }) == Errc::exists);
      CHECK(makers.remove_by(where(&Maker::id) == "there").count == 1);
      makers.create({.id = "newest"});
    } else {
      const auto code = code_of([&] { makers.create({.id = "new"}); });
      CHECK((code == Errc::invalid_state || code == Errc::unsupported));
    }
    CHECK(in_transaction(sql));
    sql.rollback();
    CHECK(makers.count() == 1);
    CHECK(makers.find_by_id("there"));
    if (!can_be_a_part(dialect)) continue;
    dialect.begin_for_write(sql);
    makers.create({.id = "new"});
    CHECK(code_of([&] { makers.create_all({{.id = "newer"}, {.id = "there"}}); }) == Errc::exists);
    sql.commit();
    CHECK(makers.count() == 2);
  }
}

TEST_CASE("a part of a transaction that is rolled back takes its rows and their files [E9]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    if (!catalogue.db.dialect().traits().savepoints) continue;
    const auto& products = catalogue.products;
    const Product before =
        products.create({.name = "before"}, {{&Product::thumbnail, picture("coffee.png")}});
    Transaction tx(catalogue.db.sql, catalogue.shop.files);
    const Product outer =
        products.create(tx, {.name = "outer"}, {{&Product::cover, picture("coffee.png")}});
    {
      Transaction part(tx);
      products.create(part, {.name = "inner"},
                      {{&Product::thumbnail, picture("coffee.png")},
                       {&Product::gallery, picture("coffee.png")}});
      products.update_by_id(part, before.id, {}, {{&Product::thumbnail, no_file}});
      products.remove_by_id(part, outer.id, {.removal = Removal::permanent});
      part.rollback();
    }
    tx.commit();
    CHECK(products.count() == 2);
    CHECK(products.find_by_id(before.id)->thumbnail == before.thumbnail);
    CHECK(catalogue.has_just({*before.thumbnail, *outer.cover}));
  }
}

TEST_CASE("a condition or a change of more rows than a statement takes is of all of them",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    const auto& makers = catalogue.makers;
    const bool few = target.engine == Engine::firebird || target.name == "odbc-sqlite";
    const std::size_t many = few ? 1'100 : 5'100;
    std::vector<Maker> all(many, Maker{.name = "one of many"});
    all = makers.create_all(std::move(all));
    const auto changed =
        makers.update_by(where(&Maker::name) == "one of many", set(&Maker::name, "changed"),
                         {.returning = Returning::rows});
    CHECK(changed.count == static_cast<long long>(many));
    REQUIRE(changed.rows.size() == many);
    CHECK(changed.rows.back().name == "changed");
    const auto removed = makers.remove_all({.force = Force::yes, .returning = Returning::rows});
    CHECK(removed.count == static_cast<long long>(many));
    CHECK(removed.rows.size() == many);
    CHECK(makers.count() == 0);
    std::vector<std::string> ids(7'498, "x");
    CHECK(makers.find(where(&Maker::id).in(ids)).empty());
    ids.resize(70'000, "x");
    CHECK(code_of([&] { makers.find(where(&Maker::id).in(ids)); }) == Errc::invalid_argument);
  }
}

TEST_CASE("rows that the database numbers get the numbers of their rows, also many at once",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    std::vector<Product> all;
    // The driver of SQLite fills 100 MiB for each text that it reads.
    const int many = target.name == "odbc-sqlite" ? 50 : 1'200;
    for (int i = 0; i < many; ++i) all.push_back({.name = "p", .stock = i});
    all[7].id = 1'000'000;
    all = catalogue.products.create_all(std::move(all));
    const auto found = catalogue.products.find(Filter<Product>().order_by(&Product::stock));
    REQUIRE(found.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      REQUIRE(found[i].stock == static_cast<int>(i));
      REQUIRE(found[i].id == all[i].id);
    }
    CHECK(found[7].id == 1'000'000);
  }
}

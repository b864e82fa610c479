#include <cmath>

#include "catch.hpp"
#include "filled_catalogue.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("every operator finds what it says, on every database [D13] [E14]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    const auto is = [&](const Condition<Product>& condition, const Names& names) {
      CHECK(found(catalogue, condition) == names);
    };
    const auto name = where(&Product::name);
    const auto note = where(&Product::note);
    const auto stock = where(&Product::stock);
    is({}, {"Ape", "ape", "50%_!", "[a*?]"});
    is(name == "ape", {"ape"});
    is(name != "ape", {"Ape", "50%_!", "[a*?]"});
    is(note == "", {"50%_!"});
    is(note != "big", {"50%_!", "[a*?]"});
    is(note.is_null(), {"ape"});
    is(note.is_not_null(), {"Ape", "50%_!", "[a*?]"});
    is(!(note == "big"), {"50%_!", "[a*?]"});
    is(stock > 2, {"50%_!", "[a*?]"});
    is(stock >= 2 && stock < 4, {"ape", "50%_!"});
    is(stock <= 1 || stock == 4, {"Ape", "[a*?]"});
    is(where(&Product::price).between(0, 1.5), {"Ape", "ape"});
    is(where(&Product::price).not_between(0, 1.5), {"50%_!", "[a*?]"});
    is(stock.in({1, 3, 99}), {"Ape", "50%_!"});
    is(stock.not_in({1, 3}), {"ape", "[a*?]"});
    is(stock.in({}), {});
    is(stock.not_in({}), {"Ape", "ape", "50%_!", "[a*?]"});
    is(where(&Product::active) == true, {"Ape", "[a*?]"});
    is(where(&Product::weight) == 1, {"50%_!"});
    is(name.like("_pe"), {"Ape", "ape"});
    is(name.like("a%"), {"ape"});
    is(name.not_like("%pe"), {"50%_!", "[a*?]"});
    is(name.like("50!%!_!!"), {"50%_!"});
    is(name.ilike("A%"), {"Ape", "ape"});
    is(name.not_ilike("a%"), {"50%_!", "[a*?]"});
    is(name.starts_with("a"), {"ape"});
    is(name.starts_with("50%_!"), {"50%_!"});
    is(name.starts_with("[a*"), {"[a*?]"});
    is(name.ends_with("?]"), {"[a*?]"});
    is(name.has_text("%_"), {"50%_!"});
    is(name.has_text("*"), {"[a*?]"});
    is(note.has_text("ig"), {"Ape", "[a*?]"});
    is(name == std::string(8000, 'x') && name != "y", {});
    is(where(&Product::created_at) == catalogue.shop.clock->now(),
       {"Ape", "ape", "50%_!", "[a*?]"});
    CHECK(code_of([&] { found(catalogue, name.like("50!x")); }) == Errc::invalid_argument);
  }
}

TEST_CASE("what a database cannot do is refused, never answered wrongly [E14]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    const auto tags = where(&Product::tags);
    const auto with_tags = [&](const Condition<Product>& condition, const Names& names) {
      if (target.engine == Engine::postgresql) {
        CHECK(found(catalogue, condition) == names);
      } else {
        CHECK(code_of([&] { found(catalogue, condition); }) == Errc::unsupported);
      }
    };
    with_tags(tags.contains({"b"}), {"ape", "50%_!"});
    with_tags(tags.contains({"b", 3}), {"50%_!"});
    with_tags(tags.contained_by({"a", "b", "c"}), {"Ape", "ape", "[a*?]"});
    with_tags(tags.overlaps({"a", 3}), {"ape", "50%_!"});
    const auto name = where(&Product::name);
    const bool has_regexp = target.engine == Engine::postgresql || target.engine == Engine::mariadb;
    if (has_regexp) {
      CHECK(found(catalogue, name.regexp("^a")) == Names{"ape"});
      CHECK(found(catalogue, name.iregexp("^a")) == Names{"Ape", "ape"});
    } else {
      CHECK(code_of([&] { found(catalogue, name.regexp("^a")); }) == Errc::unsupported);
    }
  }
}

TEST_CASE("attachments are found by what they are, in a column and in the media table [E15]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    products.create({.name = "both"}, {{&Product::thumbnail, picture("coffee.png")},
                                       {&Product::cover, picture("coffee.png")}});
    products.create({.name = "none"});
    const auto both = [&](const std::function<Condition<Product>(bool)>& make, const Names& names) {
      CHECK(found(catalogue, make(true)) == names);
      if (target.engine == Engine::firebird) {
        CHECK(code_of([&] { found(catalogue, make(false)); }) == Errc::unsupported);
      } else {
        CHECK(found(catalogue, make(false)) == names);
      }
    };
    const auto field = [](bool media, std::string_view path) {
      return media ? where(&Product::cover, path) : where(&Product::thumbnail, path);
    };
    both([&](bool media) { return field(media, "mimeType").starts_with("image/"); }, {"both"});
    both([&](bool media) { return field(media, "mimeType") == "text/plain"; }, {});
    both([&](bool media) { return !(field(media, "mimeType") == "text/plain"); }, {"both"});
    both([&](bool media) { return field(media, "size") > 1000; }, {"both"});
    both([&](bool media) { return field(media, "size") > 1'000'000'000; }, {});
    both([&](bool media) { return field(media, "size").in({1, 2}); }, {});
    both([&](bool media) { return field(media, "mimeType").is_null(); }, {"none"});
    CHECK(found(catalogue, where(&Product::cover).is_null()) == Names{"none"});
    CHECK(found(catalogue, where(&Product::thumbnail).is_not_null()) == Names{"both"});
    if (target.engine != Engine::firebird) {
      CHECK(found(catalogue, where(&Product::thumbnail, "variants.thumb.width") == 200) ==
            Names{"both"});
    }
  }
}

TEST_CASE("texts that attack are texts, in every operator, on every database [E14]", "[orm]") {
  const std::vector<std::string> attacks{"' or 1=1 --",
                                         "\" or \"\"=\"",
                                         "1]) OR TRUE --",
                                         "\\' or 1=1 #",
                                         "%' or '%'='",
                                         ":name",
                                         "::text",
                                         "$1",
                                         "?",
                                         "#",
                                         "`",
                                         "/*",
                                         "x'; drop table cat_products; --",
                                         "!"};
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    for (const std::string& attack : attacks) {
      INFO(attack);
      const auto name = where(&Product::name);
      CHECK(found(catalogue, name == attack).empty());
      CHECK(found(catalogue, name.in({attack, attack})).empty());
      CHECK(found(catalogue, name.not_in({attack})).size() == 4);
      CHECK(found(catalogue, name.between(attack, attack)).empty());
      CHECK(found(catalogue, name.starts_with(attack)).empty());
      CHECK(found(catalogue, name.has_text(attack)).size() ==
            (attack == "?" || attack == "!" ? 1 : 0));
      CHECK(found(catalogue, name.ends_with(attack)).size() == (attack == "!" ? 1 : 0));
      CHECK(found(catalogue, name != attack).size() == 4);
      CHECK(found(catalogue, name.not_between(attack, attack)).size() == 4);
      CHECK(found(catalogue, name < attack || name > attack).size() == 4);
      CHECK(found(catalogue, name <= attack && name >= attack).empty());
      if (attack != "!") {
        CHECK(found(catalogue, name.like(attack)).empty());
        CHECK(found(catalogue, name.ilike(attack)).empty());
        CHECK(found(catalogue, name.not_like(attack)).size() == 4);
        CHECK(found(catalogue, name.not_ilike(attack)).size() == 4);
      }
      if (target.engine == Engine::postgresql) {
        const auto tags = where(&Product::tags);
        CHECK(found(catalogue, tags.contains({attack})).empty());
        CHECK(found(catalogue, tags.overlaps({attack})).empty());
        CHECK(found(catalogue, tags.contained_by({attack})).size() == 2);  // Empty arrays.
      }
      catalogue.products.create({.name = attack, .note = attack, .tags = {attack}});
      CHECK(found(catalogue, name == attack) == Names{attack});
      CHECK(catalogue.products.find_one(name == attack)->tags[0] == attack);
      catalogue.products.remove_by(name == attack, {.removal = Removal::permanent});
    }
    if (target.engine == Engine::postgresql || target.engine == Engine::mariadb) {
      // An expression, not SQL.
      const auto name = where(&Product::name);
      CHECK(found(catalogue, name.regexp("' or 1=1 --|x' or ''='")).empty());
      CHECK(found(catalogue, name.iregexp("^a'; delete from cat_products; --")).empty());
    }
    CHECK(catalogue.products.count() == 4);
  }
}

TEST_CASE("a page follows the last row of the one before, and says how many there are [E12]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    std::vector<Product> all;
    for (int i = 1; i <= 25; ++i) all.push_back({.id = i, .name = "p", .stock = i % 4});
    catalogue.products.create_all(all);
    const auto order = Filter<Product>().order_by_descending(&Product::stock);
    std::vector<long long> seen;
    auto page = catalogue.products.find(order.limit(7));
    while (!page.empty()) {
      for (const Product& one : page) seen.push_back(one.id);
      page = catalogue.products.find(order.limit(7).after(page.back()));
    }
    std::vector<long long> whole;
    for (const Product& one : catalogue.products.find(order.order_by(&Product::id))) {
      whole.push_back(one.id);
    }
    CHECK(seen == whole);
    const Page<Product> second = catalogue.products.find_page(order.limit(10).offset(20));
    CHECK(second.rows.size() == 5);
    CHECK(second.start == 20);
    CHECK(second.end == 25);
    CHECK(second.total == 25);
    CHECK(code_of([&] {
            catalogue.products.find(
                Filter<Product>().order_by(&Product::note).after(second.rows[0]));
          }) == Errc::unsupported);
  }
}

TEST_CASE("a change of all rows has to be meant, and default filters hold for changes [E5][E17]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    auto& products = catalogue.products;
    const auto changes = set(&Product::price, 7.0);
    CHECK(code_of([&] { products.update_all(changes); }) == Errc::invalid_argument);
    CHECK(code_of([&] { products.update_by({}, changes); }) == Errc::invalid_argument);
    CHECK(code_of([&] { products.update_by(where(&Product::stock).not_in({}), changes); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] { products.remove_all(); }) == Errc::invalid_argument);
    CHECK(code_of([&] { products.remove_by(!where(&Product::stock).in({})); }) ==
          Errc::invalid_argument);
    const auto or_none = Condition<Product>({.kind = Operator::any_of});
    CHECK(products.update_by(or_none, changes).count == 0);
    CHECK(products.count(where(&Product::price) == 7.0) == 0);

    CHECK(products.remove_by(where(&Product::name) == "ape").count == 1);
    CHECK(products.update_all(changes, {.force = Force::yes}).count == 3);
    CHECK(products.update_all(changes, {.force = Force::yes}).count == 3);
    const auto two = products.update_by(where(&Product::stock) >= 3, set(&Product::stock, 9),
                                        {.returning = Returning::rows});
    CHECK(two.count == 2);
    REQUIRE(two.rows.size() == 2);
    CHECK(two.rows[0].stock == 9);
    // A condition of the caller's on the same column does not undo the default one.
    CHECK(products.count(where(&Product::deleted_at).is_not_null()) == 0);
    CHECK(products.count(Filter<Product>(where(&Product::deleted_at).is_not_null())
                             .skip_default_filter("deleted_at")) == 1);
    CHECK(code_of([&] { products.find(Filter<Product>().skip_default_filter("tenant")); }) ==
          Errc::invalid_argument);
    const auto gone = products.remove_all({.force = Force::yes,
                                           .returning = Returning::rows,
                                           .removal = Removal::permanent,
                                           .skipped_default_filters = {"deleted_at"}});
    CHECK(gone.count == 4);
    CHECK(gone.rows.size() == 4);
  }
}

TEST_CASE("a text that a database would cut, and a document that it could not give back, stay out",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    const auto& products = catalogue.products;
    const std::string cut("admin\0x", 7);
    const auto name = where(&Product::name);
    CHECK(code_of([&] { products.create({.name = cut}); }) == Errc::invalid_argument);
    CHECK(code_of([&] {
            products.create_all({{.name = "a"}, {.name = cut}});
          }) == Errc::invalid_argument);
    CHECK(code_of([&] { products.find(name.has_text(std::string("\0", 1))); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] { products.remove_by(name == cut); }) == Errc::invalid_argument);
    const auto nested = [](int levels) {
      nlohmann::json document = 1;
      for (int i = 0; i < levels; ++i) document = {{"a", document}};
      return document;
    };
    const Product deep = products.create({.name = "deep", .tags = nested(16)});
    CHECK(products.find_by_id(deep.id)->tags == nested(16));
    CHECK(code_of([&] { products.create({.name = "deeper", .tags = nested(17)}); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] { products.update_by_id(deep.id, set(&Product::tags, {cut})); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] { products.update_by_id(deep.id, set(&Product::price, std::nan(""))); }) ==
          Errc::invalid_argument);
    CHECK(products.count() == 5);
    if (target.engine == Engine::firebird) continue;  // No paths into JSON.
    CHECK(found(catalogue, nlohmann::json::parse(R"({"tags.n": {"in": [0, null]}})")).size() == 5);
  }
}

TEST_CASE("a page starts behind what was read, in an order that does not change", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    const auto& products = catalogue.products;
    const auto order = Filter<Product>().order_by(&Product::price);
    const Product first = products.find(order.limit(1)).front();
    CHECK(products.find(order.offset(1).after(first)).size() == 3);
    CHECK(products.find(order.fields(&Product::price).after(first)).size() == 3);
    CHECK(code_of([&] { products.find(order.fields(&Product::name).after(first)); }) ==
          Errc::invalid_argument);
    CHECK(code_of([&] {
            products.find(Filter<Product>().order_by(&Product::secret).after(first));
          }) == Errc::invalid_argument);
    CHECK(code_of([&] { products.find(order.after(first).order_by(&Product::name)); }) ==
          Errc::invalid_argument);
  }
}

TEST_CASE("a text that is longer than its column is declared is read whole, or not at all",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    catalogue.db.run("drop table cat_makers");
    const bool has_width = target.engine == Engine::firebird;
    catalogue.db.run(std::string("create table cat_makers (id varchar(36) not null primary key, ") +
                     "name " + (has_width ? "varchar(5000)" : "text") + ")");
    const std::string text(3'000, 'x');
    catalogue.db.sql << "insert into cat_makers values('a', '" + text + "')";
    catalogue.db.done();
    std::string found;
    const auto code = code_of([&] { found = catalogue.makers.find_by_id("a")->name; });
    if (code) {
      CHECK(target.name.starts_with("odbc"));
      CHECK(code == Errc::invalid_document);
    } else {
      CHECK(found == text);
    }
  }
}

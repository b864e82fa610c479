#include "catch.hpp"
#include "filled_catalogue.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("a filter is read from JSON, in both spellings, and what is wrong in it is told [E13]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    using Json = nlohmann::json;
    CHECK(found(catalogue, Json{{"name", "ape"}}) == Names{"ape"});
    CHECK(found(catalogue, Json{{"name", {{"eq", "ape"}}}}) == Names{"ape"});
    CHECK(found(catalogue, Json{{"stock", {{"$gt", 1}, {"lte", 3}}}}) == Names{"ape", "50%_!"});
    CHECK(found(catalogue, Json{{"note", nullptr}}) == Names{"ape"});
    CHECK(found(catalogue, Json{{"note", {{"isn", nullptr}}}}).size() == 3);
    CHECK(found(catalogue, Json{{"note", {{"isNull", true}}}}) == Names{"ape"});
    CHECK(found(catalogue, Json{{"name", {{"$startsWith", "a"}}}}) == Names{"ape"});
    CHECK(found(catalogue, Json{{"name", {{"not", {{"startsWith", "a"}}}}}}).size() == 3);
    CHECK(found(catalogue, Json{{"stock", {{"notin", {1, 2, 3}}}}}) == Names{"[a*?]"});
    CHECK(found(catalogue, Json{{"note", {{"in", {"big", nullptr}}}}}) == Names{"Ape", "ape"});
    CHECK(found(catalogue, Json::parse(R"({"or": [{"stock": 1}, {"$and": [{"stock": 2},
        {"active": false}]}]})")) == Names{"Ape", "ape"});
    CHECK(found(catalogue, Json::parse(R"({"or": []})")).empty());
    CHECK(found(catalogue, Json::parse(R"({"gallery": {"notExists": {}}})")).size() == 4);
    CHECK(found(catalogue, Json::parse(R"({"maker": {"exists": {"name": "x"}}})")).empty());

    const auto page = catalogue.products.find(Filter<Product>::from_json(
        Json::parse(R"({"order": ["stock DESC"], "limit": 2, "offset": 1, "fields": ["name"]})")));
    REQUIRE(page.size() == 2);
    CHECK(page[0].name == "50%_!");
    CHECK(page[0].stock == 0);

    const auto refused = [&](const char* text) {
      return code_of(
          [&] { catalogue.products.find(Filter<Product>::from_json(Json::parse(text))); });
    };
    for (const char* text :
         {R"({"where": {"nobody": 1}})", R"({"where": {"name": {"sounds": "x"}}})",
          R"({"where": {"stock": "1; drop"}})", R"({"where": {"name": 3}})",
          R"({"where": {"created_at": "yesterday"}})", R"({"where": []})", R"({"limit": -1})",
          R"({"order": ["stock; drop table x"]})", R"({"order": ["nobody ASC"]})",
          R"({"fields": ["nobody"]})", R"({"fields": ["secret"]})", R"({"what": 1})",
          R"({"include": ["nobody"]})", R"({"where": {"thumbnail.a'b": 1}})", R"([])",
          R"({"where": {"name": {"eq": {"a": 1}}}})"}) {
      INFO(text);
      CHECK(refused(text) == Errc::invalid_argument);
    }
    Json deep = {{"stock", 1}};
    for (int i = 0; i < 1000; ++i) deep = {{"not", deep}};
    CHECK(code_of([&] {
            Filter<Product>::from_json({{"where", deep}});
          }) == Errc::invalid_argument);
  }
}

TEST_CASE("what comes from outside is bounded, and says what it may [E13]", "[orm]") {
  using Json = nlohmann::json;
  const auto refused = [](const Json& document, const FilterRules& rules = {}) {
    return code_of([&] { Filter<Product>::from_json(document, rules); }) == Errc::invalid_argument;
  };
  const auto nested = [](const std::string& before, const std::string& after) {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += before;
    text += "{}";
    for (int i = 0; i < 50'000; ++i) text += after;
    return Json::parse(text);
  };
  CHECK(refused({{"where", nested(R"({"not":)", "}")}}));
  CHECK(refused({{"where", nested(R"({"and":[)", "]}")}}));
  CHECK(refused({{"where", {{"name", nested(R"({"not":)", "}")}}}}));
  CHECK(refused({{"where", {{"maker", {{"exists", nested(R"({"products":{"exists":)", "}}")}}}}}}));
  CHECK(refused({{"where", {{"name", nested(R"({"eq":)", "}")}}}}));
  CHECK(refused({{"include", {{{"relation", "maker"}, {"scope", nested(R"({"a":)", "}")}}}}}));
  CHECK(refused({{"where", {{"or", Json::array_t(501, Json::object())}}}}));
  CHECK(refused({{"include", {"maker", "maker"}}}));

  Json include = {{"include", {"maker"}}};
  const auto inside = [](const char* relation, const Json& scope) {
    return Json{{"include", {{{"relation", relation}, {"scope", scope}}}}};
  };
  include = inside("maker", inside("products", include));
  CHECK_FALSE(refused(include));
  CHECK(refused(include, {.include_depth = 2}));
  CHECK(refused(inside("maker", inside("products", inside("maker", {{"include", {"products"}}})))));
  CHECK(refused({{"include", {"gallery"}}}, {.include_depth = 0}));
  CHECK(refused({{"include", {"gallery"}}}, {.include_depth = -1}));
  Json endless = {{"include", {"maker"}}};
  for (int i = 0; i < 40; ++i) endless = inside(i % 2 == 0 ? "products" : "maker", endless);
  CHECK(refused(endless, {.include_depth = 1'000'000}));

  const FilterRules rules{.most_rows = 10, .allows = [](std::string_view table, auto name) {
                            return name != "secret" && !(table == "cat_makers" && name == "name");
                          }};
  CHECK_FALSE(refused({{"where", {{"name", "x"}}}}, rules));
  CHECK(refused({{"where", {{"secret", "x"}}}}, rules));
  CHECK(refused({{"order", {"secret"}}}, rules));
  CHECK(refused({{"fields", {{"secret", false}}}}, rules));
  CHECK(refused({{"where", {{"maker", {{"exists", {{"name", "x"}}}}}}}}, rules));
  const auto limit = [&](const Json& document) {
    return Filter<Product>::from_json(document, rules).node().limit;
  };
  CHECK(limit(Json::object()) == 10);
  CHECK(limit({{"limit", 3}}) == 3);
  CHECK(limit({{"limit", 30}}) == 10);
  const auto filter = Filter<Product>::from_json({{"include", {"maker", "gallery"}}}, rules);
  CHECK_FALSE(filter.node().includes[0].scope->limit);
  CHECK(filter.node().includes[1].scope->limit == 10);
}

TEST_CASE("a filter from JSON chooses fields and existence as it says, on every database [E13]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue);
    using Json = nlohmann::json;
    CHECK(found(catalogue, Json::parse(R"({"maker": {"exists": false}})")).size() == 4);
    CHECK(found(catalogue, Json::parse(R"({"maker": {"notExists": false}})")).empty());
    CHECK(found(catalogue, Json::parse(R"({"gallery": {"exists": true}})")).empty());
    CHECK(code_of([&] { found(catalogue, Json::parse(R"({"maker": {"exists": null}})")); }) ==
          Errc::invalid_argument);
    const auto first = [&](const char* text) {
      return catalogue.products.find(Filter<Product>::from_json(Json::parse(text))).front();
    };
    CHECK(first(R"({"order": "stock", "fields": {"note": false}})").name == "Ape");
    CHECK_FALSE(first(R"({"order": "stock", "fields": {"note": false}})").note);
    CHECK(first(R"({"order": "stock", "fields": {"note": true}})").name.empty());
    CHECK(code_of([&] { first(R"({"fields": {"nobody": false}})"); }) == Errc::invalid_argument);
    const auto asked = Condition<Product>::from_json(Json::parse(R"({"stock": {"gt": 2}})"));
    CHECK(catalogue.products.update_by(asked, set(&Product::active, true)).count == 2);
    CHECK(code_of([&] {
            catalogue.products.update_by(Condition<Product>::from_json(Json::object()),
                                         set(&Product::active, true));
          }) == Errc::invalid_argument);
  }
}

#include "affix/media/collection_json.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using nlohmann::json;

TEST_CASE("the rules of a collection are the same when they were written as JSON [D19]") {
  const MediaCollection rules{.name = "gallery",
                              .keep_latest = 12,
                              .disk = "public",
                              .accepts = {"image/png", "image/jpeg"},
                              .max_size = 5'000'000'000,
                              .presets = {"thumb"},
                              .variants = MediaCollection::Variants::queued,
                              .unreferenced = Unreferenced::keep,
                              .on_owner_removed = OwnerRemoval::restrict};
  const json document = rules;
  const auto again = json::parse(document.dump()).get<MediaCollection>();
  CHECK(json(again) == document);
  CHECK(again.name == "gallery");
  CHECK(again.keep_latest == 12);
  CHECK(again.max_size == 5'000'000'000);
  CHECK(again.accepts == rules.accepts);
  CHECK(again.variants == MediaCollection::Variants::queued);
  CHECK(again.unreferenced == Unreferenced::keep);
  CHECK(again.on_owner_removed == OwnerRemoval::restrict);
  const auto defaults = json::parse(R"({"name": "cover", "single": true})").get<MediaCollection>();
  CHECK(defaults.single);
  CHECK(defaults.variants == MediaCollection::Variants::eager);
}

TEST_CASE("rules of a collection that make no sense are refused, and named [D19]") {
  for (const auto& [text, member] :
       {std::pair{R"({"nme": "x"})", "nme"}, std::pair{R"({"name": 3})", "name"},
        std::pair{R"({"keepLatest": -1})", "keepLatest"},
        std::pair{R"({"maxSize": 18446744073709551615})", "maxSize"},
        std::pair{R"({"accepts": "image/png"})", "accepts"},
        std::pair{R"({"single": 1})", "single"},
        std::pair{R"({"variants": "soon"})", "variants"}}) {
    INFO(text);
    const auto error = error_of([&] { json::parse(text).get<MediaCollection>(); });
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().member == member);
  }
  CHECK(code_of([] { json::parse("[]").get<MediaCollection>(); }) == Errc::invalid_argument);
  const MediaCollection with_naming{.name = "x",
                                    .naming = [](const std::string& name) { return name; }};
  CHECK(code_of([&] { static_cast<void>(json(with_naming)); }) == Errc::invalid_argument);
}

#include "media/media_documents.hpp"

#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using detail::parse_object;
using detail::parse_variants;
using detail::print_object;
using detail::print_variants;

TEST_CASE("[A14] variants are printed as in an attachment's document, and read back") {
  detail::VariantMap variants;
  CHECK(print_variants(variants) == "{}");
  variants["thumb"] = {.disk = "local",
                       .path = "a/thumb.webp",
                       .size = 5,
                       .mime_type = "image/webp",
                       .width = 3,
                       .extra = {{"blurhash", "x"}}};
  variants["og"] = {.disk = "local", .path = "a/og.png", .mime_type = "image/png"};
  CHECK(print_variants(variants) ==
        R"({"og":{"disk":"local","path":"a/og.png","size":0,"mimeType":"image/png"},)"
        R"("thumb":{"disk":"local","path":"a/thumb.webp","size":5,"mimeType":"image/webp",)"
        R"("width":3,"blurhash":"x"}})");
  CHECK(parse_variants(print_variants(variants)) == variants);
}

TEST_CASE("[A14] the conversions of nestjs-media are read") {
  const auto variants = parse_variants(
      R"({"thumb": {"path": "a/thumb.webp", "disk": "local"}, "b": {"path": "x.d/b", "disk": "s"}})");
  REQUIRE(variants.size() == 2);
  const Variant thumb{.disk = "local", .path = "a/thumb.webp", .mime_type = "image/webp"};
  const Variant other{.disk = "s", .path = "x.d/b", .mime_type = "application/octet-stream"};
  CHECK(variants.at("thumb") == thumb);
  CHECK(variants.at("b") == other);
}

TEST_CASE("[A14] documents that hold nothing are read") {
  for (const char* text : {"", "{}", "null", "[]"}) {
    CAPTURE(text);
    CHECK(parse_variants(text).empty());
    CHECK(parse_object(text) == nlohmann::json::object());
  }
}

TEST_CASE("documents that are none are refused") {
  for (const char* text : {"{", "1", "[1]", R"({"a":1}})", R"({},"x":{)", R"({"a":{"path":""}})"}) {
    CAPTURE(text);
    CHECK(code_of([&] { parse_variants(text); }) == Errc::invalid_document);
  }
  for (const char* text : {"{", "1", "[1]", R"({"a":1}})", "{},"}) {
    CAPTURE(text);
    CHECK(code_of([&] { parse_object(text); }) == Errc::invalid_document);
  }
}

TEST_CASE("an object that could not be read back is not printed") {
  CHECK(print_object({{"a", {1, nullptr}}}) == R"({"a":[1,null]})");
  CHECK(code_of([] { print_object({1}); }) == Errc::invalid_argument);
  CHECK(code_of([] { print_object({{"a", "\xff"}}); }) == Errc::invalid_argument);
  const nlohmann::json large{{"a", std::string(json_max_bytes, 'x')}};
  CHECK(code_of([&] { print_object(large); }) == Errc::invalid_argument);
  nlohmann::json deep = 1;
  for (int depth = 0; depth < json_max_depth; ++depth) deep = {{"a", deep}};
  CHECK_NOTHROW(print_object(deep));
  CHECK(code_of([&] { print_object({{"a", deep}}); }) == Errc::invalid_argument);
}

TEST_CASE("a column whose text is nested without end is refused, and ends nobody") {
  std::string deep, list;
  for (int i = 0; i < 300'000; ++i) deep += R"({"a":)";
  for (int i = 0; i < 300'000; ++i) list += '[';
  CHECK(code_of([&] { parse_variants(deep); }) == Errc::invalid_document);
  CHECK(code_of([&] { parse_object(deep); }) == Errc::invalid_document);
  CHECK(code_of([&] { parse_variants(R"({"thumb":)" + list); }) == Errc::invalid_document);
  const std::string closed = deep + "1" + std::string(300'000, '}');
  CHECK(code_of([&] { parse_variants(closed); }) == Errc::invalid_document);
  CHECK(code_of([&] { parse_object(closed); }) == Errc::invalid_document);
}

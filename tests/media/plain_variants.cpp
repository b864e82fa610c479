#include "media/plain_variants.hpp"

#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "media/media_documents.hpp"

using namespace affix;
using detail::parse_plain_variants;

namespace {

const std::string whole =
    R"({"og":{"disk":"local","path":"a/og.png","size":0,"mimeType":"image/png"},)"
    R"("thumb":{"disk":"local","path":"a/t.webp","size":5,"mimeType":"image/webp","width":3,)"
    R"("height":2147483647,"checksum":"sha256:00","preset":"x"}})";

/// What the strict reader says; nothing if it refuses.
std::optional<detail::VariantMap> strictly(const std::string& text) {
  try {
    return parse_attachment(
               R"({"v":1,"id":"x","name":"","disk":"x","path":"x","size":0,"mimeType":"x",)"
               R"("meta":{},"variants":)" +
               text + "}")
        .variants;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

TEST_CASE("variants are read fast as affix and PostgreSQL print them") {
  const auto plain = parse_plain_variants(whole);
  REQUIRE(plain);
  CHECK(*plain == strictly(whole));
  CHECK(plain->at("thumb").height == 2147483647);
  const std::string spaced =
      R"({"og": {"disk": "local", "path": "a/og.png", "size": 0, "width": 7, "mimeType": "x/y"}})";
  REQUIRE(parse_plain_variants(spaced));
  CHECK(*parse_plain_variants(spaced) == strictly(spaced));
}

TEST_CASE("what is read fast is read the same by the strict reader, whatever is changed in it") {
  std::size_t read = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char c : std::string("\"{}:,0 9-\\a.\x01\xff")) {
      std::string changed = whole;
      changed[i] = c;
      for (const std::string& text :
           {changed, whole.substr(0, i), std::string(whole).insert(i, 1, c),
            std::string(whole).erase(i, 1)}) {
        const auto plain = parse_plain_variants(text);
        if (!plain) continue;
        ++read;
        CAPTURE(text);
        REQUIRE(strictly(text) == plain);
      }
    }
  }
  CHECK(read > 1'000);
}

TEST_CASE("what is not plain is left to the strict reader") {
  for (const char* text :
       {"", "{}", "[]", "null", R"({"a":{}})", R"({"a":1})",
        R"({"a":{"disk":"l","path":"p","size":1}})",
        R"({"a":{"disk":"l","path":"p","size":1,"mimeType":"x/y","blurhash":"x"}})",
        R"({"a":{"disk":"l","path":"p","size":1,"size":1,"mimeType":"x/y"}})",
        R"({"a":{"disk":"l","path":"p","size":01,"mimeType":"x/y"}})",
        R"({"a":{"disk":"l","path":"ä","size":1,"mimeType":"x/y"}})",
        R"({"a":{"disk":"l","path":"\"","size":1,"mimeType":"x/y"}})"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_plain_variants(text));
  }
}

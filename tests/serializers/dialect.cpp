#include "affix/soci/sqlite_dialect.hpp"

#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("names are quoted part by part, so that words of SQL are names too") {
  const SqliteDialect dialect;
  CHECK(dialect.identifier("users") == "`users`");
  CHECK(dialect.identifier("main.order") == "`main`.`order`");
  CHECK(dialect.identifier("größe in cm") == "`größe in cm`");
}

TEST_CASE("a name that could be more than a name is refused") {
  const SqliteDialect dialect;
  for (const std::string_view name : {"", ".", "a.", ".a", "a`b", "a\"b", "a'b", "a;b", "a:b",
                                      "a?b", "a#b", "a\\b", "a[b", "a\nb"}) {
    CAPTURE(name);
    CHECK(code_of([&] { static_cast<void>(dialect.identifier(name)); }) == Errc::invalid_argument);
  }
  CHECK(code_of([&] { static_cast<void>(dialect.identifier(std::string_view("a\0b", 3))); }) ==
        Errc::invalid_argument);
}

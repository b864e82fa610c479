#include "affix/soci/dialect.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

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

TEST_CASE("a column that is missing is an error and not a text") {
  soci::session sql(soci::sqlite3, ":memory:");
  sql << "create table users(id integer)";
  sql << "insert into users values(1)";
  const Dialect& dialect = dialect_of(sql);
  std::string value;
  CHECK_THROWS_AS(
      (sql << "select " + dialect.identifier("avatar") + " from users", soci::into(value)),
      soci::soci_error);
}

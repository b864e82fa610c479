#include "affix/storage/key.hpp"

#include <string>

#include "affix/value/error.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

using affix::Errc;
using affix::Key;
using affix::tests::code_of;
using affix::tests::error_of;
using namespace std::string_literals;

TEST_CASE("a key is a relative path of plain segments") {
  for (const char* text : {"a", "a/b", "A-Z_0.9%25/x", "...", ".affix/main", "a/.b", "-", "%"}) {
    CHECK(Key::is_valid(text));
    CHECK(Key::parse(text).text() == text);
  }
}

TEST_CASE("[2.3] a text that could leave the disk or its folder is no key") {
  for (const std::string& text :
       {""s,     "/"s,        "/a"s,   "a/"s,     "a//b"s,  "."s,    ".."s,           "./a"s,
        "a/."s,  "a/.."s,     "../a"s, "a/../b"s, "..\\a"s, "a\\b"s, "a b"s,          "a\0b"s,
        "a\n"s,  "\xC3\xA9"s, "a:b"s,  "~"s,      "a*"s,    "a?"s,   "\xE2\x80\xAE"s, "a/\x7F"s,
        "\xFF"s, "C:/a"s}) {
    INFO(text);
    CHECK_FALSE(Key::is_valid(text));
    CHECK(code_of([&] { Key::parse(text); }) == Errc::invalid_key);
  }
}

TEST_CASE("an invalid key is named by its error") {
  CHECK(error_of([] { Key::parse("../secret"); })->where().key == "../secret");
}

TEST_CASE("a key has at most 512 bytes") {
  CHECK(Key::is_valid(std::string(512, 'x')));
  CHECK_FALSE(Key::is_valid(std::string(513, 'x')));
  CHECK(code_of([] { Key::parse(std::string(500, 'x')) / std::string(12, 'y'); }) ==
        Errc::invalid_key);
}

TEST_CASE("a key has a file name and a parent") {
  CHECK(Key::parse("a/b/c.jpg").file_name() == "c.jpg");
  CHECK(Key::parse("a/b/c.jpg").parent() == "a/b");
  CHECK(Key::parse("c.jpg").file_name() == "c.jpg");
  CHECK(Key::parse("c.jpg").parent().empty());
}

TEST_CASE("a key lies below a prefix only by whole segments") {
  const Key prefix = Key::parse("a/id1");
  CHECK(Key::parse("a/id1/x").is_below(prefix));
  CHECK(Key::parse("a/id1/x/y").is_below(prefix));
  CHECK_FALSE(Key::parse("a/id1").is_below(prefix));
  CHECK_FALSE(Key::parse("a/id10/x").is_below(prefix));
  CHECK_FALSE(Key::parse("a/id1-/x").is_below(prefix));
  CHECK_FALSE(Key::parse("a").is_below(prefix));
  CHECK_FALSE(Key::parse("b/a/id1/x").is_below(prefix));
}

TEST_CASE("a key is reserved by its whole first segment") {
  CHECK(Key::parse(".affix").is_reserved());
  CHECK(Key::parse(".affix/main").is_reserved());
  CHECK_FALSE(Key::parse(".affixed").is_reserved());
  CHECK_FALSE(Key::parse("a/.affix").is_reserved());
}

TEST_CASE("keys are joined, compared and refused when the result is none") {
  CHECK(Key::parse("a") / "b/c" == Key::parse("a/b/c"));
  CHECK(Key::parse("a") < Key::parse("b"));
  for (const char* more : {"", "..", "/b", "b/", "b/../c"}) {
    CHECK(code_of([&] { Key::parse("a") / more; }) == Errc::invalid_key);
  }
}

TEST_CASE("a key of another system may have any text but what leads elsewhere") {
  for (const std::string& text : {"a"s, "a b/\xC3\xA9.jpg"s, "a:b"s, "~/x"s, "a*?<>|\"'"s, "..."s,
                                  "a/.affix"s, ".affixed/x"s, std::string(512, 'x')}) {
    INFO(text);
    CHECK(Key::is_valid_foreign(text));
    CHECK(Key::parse_foreign(text).text() == text);
  }
  for (const std::string& text : {""s,
                                  "/"s,
                                  "/a"s,
                                  "a/"s,
                                  "a//b"s,
                                  "."s,
                                  ".."s,
                                  "a/../b"s,
                                  "a/."s,
                                  "a\\b"s,
                                  "..\\a"s,
                                  "a\0b"s,
                                  "a\n"s,
                                  "a/\x7F"s,
                                  "\xC2\x80"s,
                                  "\xFF"s,
                                  "\xC0\xAE\xC0\xAE/a"s,
                                  "\xED\xA0\x80"s,
                                  ".affix"s,
                                  ".affix/main"s,
                                  std::string(513, 'x')}) {
    INFO(text);
    CHECK_FALSE(Key::is_valid_foreign(text));
    CHECK(code_of([&] { Key::parse_foreign(text); }) == Errc::invalid_key);
  }
}

TEST_CASE("keys are joined whole, also those of other systems") {
  const Key folder = Key::parse("a/b");
  CHECK(folder / Key::parse_foreign("c d") == Key::parse_foreign("a/b/c d"));
  CHECK(code_of([&] { folder / Key::parse(std::string(509, 'x')); }) == Errc::invalid_key);
  CHECK(code_of([&] { folder / "c d"; }) == Errc::invalid_key);
}

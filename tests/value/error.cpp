#include "affix/value/error.hpp"

#include <array>
#include <set>
#include <type_traits>

#include "catch.hpp"

using namespace affix;

static_assert(std::is_nothrow_copy_constructible_v<Error>);
static_assert(std::is_nothrow_copy_assignable_v<Error>);
static_assert(std::is_nothrow_move_constructible_v<Error>);

namespace {

std::string what_of(const Where& where, std::string_view cause = {}) {
  return Error(Errc::storage, "It failed", where, cause).what();
}

}  // namespace

TEST_CASE("codes that nestjs-media has too carry the names that it uses [C5]", "[C5]") {
  CHECK(name(Errc::file_not_found) == "MEDIA_FILE_NOT_FOUND");
  CHECK(name(Errc::unknown_disk) == "MEDIA_UNKNOWN_DISK");
  CHECK(name(Errc::unsupported) == "MEDIA_UNSUPPORTED_OP");
  CHECK(name(Errc::type_not_allowed) == "MEDIA_MIME_NOT_ALLOWED");
  CHECK(name(Errc::record_not_found) == "MEDIA_RECORD_NOT_FOUND");
  CHECK(name(Errc::unknown_variant) == "MEDIA_CONVERSION_NOT_DEFINED");
  CHECK(name(Errc::converter_missing) == "MEDIA_IMAGE_PROCESSOR_MISSING");
}

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  const int last = static_cast<int>(Errc::database);
  for (int code = 0; code <= last; ++code) names.insert(name(static_cast<Errc>(code)));
  CHECK(names.size() == static_cast<std::size_t>(last) + 1);
  CHECK(names.count("MEDIA_UNKNOWN") == 0);
  CHECK(name(Errc::range_not_satisfiable) == "MEDIA_RANGE_NOT_SATISFIABLE");
}

TEST_CASE("what() has the name, the sentence, the known places and the cause") {
  const Error error(Errc::file_not_found, "There is no such file", {.disk = "local", .key = "a/b"},
                    "No such file or directory");
  CHECK(std::string(error.what()) ==
        "MEDIA_FILE_NOT_FOUND: There is no such file (disk=local, key=a/b): No such file or "
        "directory");
  CHECK(error.code() == Errc::file_not_found);
  CHECK(error.message() == "There is no such file");
  CHECK(error.cause() == "No such file or directory");
  CHECK(error.where() == Where{.disk = "local", .key = "a/b"});
}

TEST_CASE("what() of an error without place and cause is the name and the sentence") {
  CHECK(what_of({}) == "MEDIA_STORAGE: It failed");
  CHECK(what_of({}, "why") == "MEDIA_STORAGE: It failed: why");
}

TEST_CASE("every place is named in what()") {
  CHECK(what_of({"1", "2", "3", "4", "5", "6", "7", "8"}) ==
        "MEDIA_STORAGE: It failed (disk=1, key=2, attachment=3, variant=4, member=5, table=6, "
        "column=7, row=8)");
}

TEST_CASE("foreign text is escaped in what() and kept as it is elsewhere") {
  CHECK(what_of({.key = "a\nb\x1b[31m"}) == "MEDIA_STORAGE: It failed (key=a\\x0Ab\\x1B[31m)");
  CHECK(what_of({.key = std::string("a\0b", 3)}) == "MEDIA_STORAGE: It failed (key=a\\x00b)");
  CHECK(what_of({}, "caf\xe9!") == "MEDIA_STORAGE: It failed: caf\\xE9!");
  CHECK(what_of({}, "café 世界 \\ 😀") == "MEDIA_STORAGE: It failed: café 世界 \\ 😀");
  CHECK(Error(Errc::storage, "It failed", {.key = "a\nb"}, "c\n").where().key == "a\nb");
  CHECK(Error(Errc::storage, "It failed", {.key = "a\nb"}, "c\n").cause() == "c\n");
}

TEST_CASE("characters that hide or turn text are escaped") {
  CHECK(what_of({.key = "a\u202Egpj.exe"}) ==
        "MEDIA_STORAGE: It failed (key=a\\xE2\\x80\\xAEgpj.exe)");
  CHECK(what_of({.key = "a\u200Bb"}) == "MEDIA_STORAGE: It failed (key=a\\xE2\\x80\\x8Bb)");
  CHECK(what_of({.key = "a\u2066b"}) == "MEDIA_STORAGE: It failed (key=a\\xE2\\x81\\xA6b)");
  CHECK(what_of({.key = "\uFEFFb"}) == "MEDIA_STORAGE: It failed (key=\\xEF\\xBB\\xBFb)");
  CHECK(what_of({.key = "a\u0085"}) == "MEDIA_STORAGE: It failed (key=a\\xC2\\x85)");
  CHECK(what_of({.key = "a\u2028"}) == "MEDIA_STORAGE: It failed (key=a\\xE2\\x80\\xA8)");
}

TEST_CASE("each foreign text is cut at 200 bytes, at the end of a character") {
  const std::string start = "MEDIA_STORAGE: It failed: ";
  std::string text(199, 'x');
  CHECK(what_of({}, text + "é") == start + text + "…");
  text += 'x';
  CHECK(what_of({}, text) == start + text);
  CHECK(what_of({}, text + "x") == start + text + "…");
  CHECK(what_of({}, std::string(500, '\n')).size() == start.size() + 200 + 3);
}

TEST_CASE("with() fills what is unknown and changes nothing else") {
  const Error inner(Errc::conflict, "Changed meanwhile", {.key = "k"}, "why");
  const Error outer = inner.with({.disk = "local", .key = "other", .row = "7"});
  CHECK(outer.where() == Where{.disk = "local", .key = "k", .row = "7"});
  CHECK(outer.code() == Errc::conflict);
  CHECK(outer.message() == "Changed meanwhile");
  CHECK(outer.cause() == "why");
  CHECK(std::string(outer.what()) ==
        "MEDIA_CONFLICT: Changed meanwhile (disk=local, key=k, row=7): why");
  CHECK(inner.where() == Where{.key = "k"});
}

TEST_CASE("a moved-from error is still whole") {
  Error first(Errc::gone, "Too late", {.row = "1"});
  const Error second = std::move(first);
  CHECK(second.code() == Errc::gone);
  CHECK(first.code() == Errc::gone);
}

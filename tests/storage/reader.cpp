#include "affix/storage/reader.hpp"

#include <array>

#include "affix/storage/checksum.hpp"
#include "affix/value/error.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using affix::tests::code_of;

TEST_CASE("a reader gives its bytes in pieces and then nothing") {
  const auto reader = make_memory_reader("12345");
  CHECK(reader->size() == 5);
  std::array<std::byte, 3> buffer{};
  CHECK(reader->read(buffer) == 3);
  CHECK(buffer[2] == std::byte{'3'});
  CHECK(reader->read({}) == 0);
  CHECK(reader->read(buffer) == 2);
  CHECK(buffer[0] == std::byte{'4'});
  CHECK(reader->read(buffer) == 0);
}

TEST_CASE("a reader over a view reads bytes that stay where they are") {
  std::string text = "abc";
  const auto reader = make_view_reader(as_bytes(text));
  text[0] = 'X';
  CHECK(read_all(*reader) == "Xbc");
}

TEST_CASE("read_all stops at its limit") {
  CHECK(read_all(*make_memory_reader("12345"), 5) == "12345");
  CHECK(read_all(*make_memory_reader(""), 0).empty());
  CHECK(code_of([] { read_all(*make_memory_reader("12345"), 4); }) == Errc::too_large);
}

TEST_CASE("SHA-256 gives the values of FIPS 180-4") {
  CHECK(checksum(as_bytes("abc")) ==
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(checksum({}) == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("SHA-256 does not depend on the pieces") {
  Sha256 sha256;
  sha256.update(as_bytes("a"));
  sha256.update({});
  Sha256 moved = std::move(sha256);
  moved.update(as_bytes("bc"));
  CHECK("sha256:" + moved.hex() == checksum(as_bytes("abc")));
}

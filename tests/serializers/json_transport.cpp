#include "affix/soci/json_transport.hpp"

#include "catch.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

using namespace affix;
using namespace affix::tests;
using detail::Cell;
using detail::Transport;

namespace {

template <class Text>
bool binds(Transport transport) {
  Cell cell;
  cell.choose(transport);
  const auto use = cell.bind_use("doc");
  const auto into = cell.bind_into();
  return dynamic_cast<soci::details::use_type<Text>*>(use.get()) != nullptr &&
         dynamic_cast<soci::details::into_type<Text>*>(into.get()) != nullptr;
}

}  // namespace

TEST_CASE("a backend gets documents in the type of text that it carries whole") {
  for (const char* name : {"sqlite3", "postgresql", "mysql", "odbc", "DB2"}) {
    CAPTURE(name);
    CHECK(detail::transport_of(name) == Transport::text);
  }
  for (const char* name : {"firebird", "oracle"}) {
    CAPTURE(name);
    CHECK(detail::transport_of(name) == Transport::long_text);
  }
  CHECK(binds<std::string>(Transport::text));
  CHECK(binds<soci::long_string>(Transport::long_text));
}

TEST_CASE("a cell carries a value, and NULL, in either type of text") {
  for (const Transport transport : {Transport::text, Transport::long_text}) {
    Cell cell;
    cell.choose(transport);
    cell.write(sample_attachment());
    CHECK(cell.text() == print(sample_attachment()));
    CHECK(cell.read<Attachment>() == sample_attachment());
    cell.write(std::optional<Attachment>());
    CHECK(cell.indicator == soci::i_null);
    CHECK(cell.text().empty());
    CHECK(cell.read<std::optional<Attachment>>() == std::nullopt);
    CHECK(code_of([&] { cell.read<Attachment>(); }) == Errc::invalid_document);
  }
}

TEST_CASE("a cell that the driver says it has cut is an error, whatever is in it") {
  Cell cell;
  cell.write(sample_attachment());
  cell.indicator = soci::i_truncated;
  CHECK(code_of([&] { cell.read<Attachment>(); }) == Errc::database);
  CHECK(code_of([&] { cell.read<std::optional<Attachment>>(); }) == Errc::database);
  CHECK(code_of([&] { cell.read<AttachmentList>(); }) == Errc::database);
}

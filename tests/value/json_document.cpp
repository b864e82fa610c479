#include <limits>

#include "catch.hpp"
#include "value/documents.hpp"

using namespace affix;
using namespace affix::tests;
using Json = nlohmann::json;

TEST_CASE("an attachment becomes a document of nlohmann::json and comes back") {
  const Attachment attachment = valid_attachment();
  const Json document = attachment;
  CHECK(document == valid_document());
  CHECK(document.get<Attachment>() == attachment);
}

TEST_CASE("a list becomes an array of nlohmann::json and comes back") {
  const AttachmentList list{.items = {valid_attachment(), valid_attachment()}};
  const Json document = list;
  CHECK(document == Json::array({valid_document(), valid_document()}));
  CHECK(document.get<AttachmentList>() == list);
  CHECK(Json(AttachmentList{}) == Json::array());
  CHECK(Json().get<AttachmentList>().empty());
}

TEST_CASE("a value that cannot be printed becomes no document") {
  CHECK(code_of([] { Json document = Attachment{}; }) == Errc::invalid_argument);
}

TEST_CASE("a document that is no attachment is refused as its text would be") {
  CHECK(code_of([] { Json::object().get<Attachment>(); }) == Errc::invalid_document);
  Json document = valid_document();
  document["size"] = "x";
  const auto error = error_of([&] { document.get<Attachment>(); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_document);
  CHECK(error->where().member == "size");
}

TEST_CASE("a document that has no text is refused") {
  Json document = valid_document();
  document["meta"]["x"] = std::numeric_limits<double>::quiet_NaN();
  CHECK(code_of([&] { document.get<Attachment>(); }) == Errc::invalid_document);
  document["meta"]["x"] = "\xff";
  CHECK(code_of([&] { document.get<Attachment>(); }) == Errc::invalid_document);
  document["meta"]["x"] = Json::binary({1});
  CHECK(code_of([&] { document.get<Attachment>(); }) == Errc::invalid_document);
}

TEST_CASE("a document of hostile depth does not overflow the stack") {
  const Json document = Json::parse(repeat("[", 1'000'000) + repeat("]", 1'000'000));
  CHECK(code_of([&] { document.get<Attachment>(); }) == Errc::invalid_document);
  CHECK(code_of([&] { document.get<AttachmentList>(); }) == Errc::invalid_document);
}

TEST_CASE("an item of a list may be as deep as an attachment alone") {
  Json document = valid_document();
  document["x"] = Json::parse(repeat("[", 15) + repeat("]", 15));
  CHECK(Json::array({document}).get<AttachmentList>().items.front() == document.get<Attachment>());
}

#include <random>

#include "catch.hpp"
#include "support/campaign.hpp"
#include "value/documents.hpp"

// Bounds, and texts that somebody damaged on purpose or by accident.

using namespace affix;
using namespace affix::tests;

namespace {

using Json = nlohmann::json;

const std::string too_much = "MEDIA_INVALID_DOCUMENT ";

/// `valid_document` with `text` as the value of a new member `x` at its end.
std::string with_member(const std::string& text) {
  std::string document = valid_document().dump();
  document.pop_back();
  return document + ",\"x\":" + text + "}";
}

std::string arrays(std::size_t depth) { return repeat("[", depth) + repeat("]", depth); }
std::string objects(std::size_t depth) {
  return repeat("{\"a\":", depth) + "1" + repeat("}", depth);
}

Json nested(std::size_t depth) {
  Json value = Json::array();
  for (std::size_t i = 1; i < depth; ++i) value = Json::array({std::move(value)});
  return value;
}

/// A text that cannot be parsed, or a value that prints and parses back as itself.
bool is_refused_or_stable(const std::string& text) {
  std::optional<Attachment> attachment;
  try {
    attachment = parse_attachment(text);
  } catch (const Error&) {
    return true;
  }
  return parse_attachment(print(*attachment)) == *attachment;
}

Json many_variants(std::size_t count) {
  Json variants = Json::object();
  for (std::size_t i = 0; i < count; ++i) {
    variants["v" + std::to_string(i)] = {
        {"disk", "d"}, {"path", "p"}, {"size", 1}, {"mimeType", "m"}};
  }
  return variants;
}

}  // namespace

TEST_CASE("a document may be 16 deep, the outermost object included") {
  CHECK(parse_failure(with_member(arrays(15))).empty());
  CHECK(parse_failure(with_member(objects(15))).empty());
  CHECK(parse_failure(with_member(arrays(16))) == too_much + "x" + repeat(".0", 15));
  CHECK(parse_failure(with_member(objects(16))) == too_much + "x" + repeat(".a", 15));
}

TEST_CASE("meta and the unknown members of a variant have the same bound on depth") {
  CHECK(parse_failure(document_with("/meta/x", nested(14))).empty());
  CHECK(parse_failure(document_with("/meta/x", nested(15))).starts_with(too_much + "meta.x.0"));
  CHECK(parse_failure(document_with("/variants/thumb/x", nested(13))).empty());
  CHECK(parse_failure(document_with("/variants/thumb/x", nested(14)))
            .starts_with(too_much + "variants.thumb.x.0"));
}

TEST_CASE("what is too deep to be read is not printed, and what is not is") {
  Attachment attachment = valid_attachment();
  attachment.meta["x"] = nested(14);
  attachment.extra["x"] = nested(15);
  attachment.variants["thumb"].extra["x"] = nested(13);
  CHECK(parse_attachment(print(attachment)) == attachment);
  Attachment deeper = attachment;
  deeper.meta["x"] = nested(15);
  CHECK(print_failure(deeper).starts_with("MEDIA_INVALID_ARGUMENT meta.x.0"));
  deeper = attachment;
  deeper.extra["x"] = nested(16);
  CHECK(print_failure(deeper).starts_with("MEDIA_INVALID_ARGUMENT x.0"));
  deeper = attachment;
  deeper.variants["thumb"].extra["x"] = nested(14);
  CHECK(print_failure(deeper).starts_with("MEDIA_INVALID_ARGUMENT variants.thumb.x.0"));
}

TEST_CASE("a hostile depth does not overflow the stack") {
  for (const std::size_t depth : {100'000U, 1'000'000U}) {
    CHECK_FALSE(parse_failure(repeat("[", depth)).empty());
    CHECK_FALSE(parse_failure(repeat("{\"meta\":", depth)).empty());
    CHECK_FALSE(parse_failure("{\"x\":" + repeat("[", depth)).empty());
    CHECK_FALSE(parse_failure(R"({"v":1,"meta":{"x":)" + repeat("[", depth)).empty());
    CHECK(code_of([&] { parse_attachment_list(repeat("[", depth)); }) == Errc::invalid_document);
    CHECK(code_of([&] { parse_attachment_list("[{\"x\":" + arrays(depth)); }) ==
          Errc::invalid_document);
  }
}

TEST_CASE("a document may have 1 MiB") {
  const auto document_of = [](std::size_t bytes) {
    const std::size_t others = document_with("/name", "").size();
    return document_with("/name", std::string(bytes - others, 'x'));
  };
  CHECK(document_of(json_max_bytes).size() == json_max_bytes);
  CHECK(parse_failure(document_of(json_max_bytes)).empty());
  CHECK(parse_failure(document_of(json_max_bytes + 1)) == too_much);
  CHECK(parse_failure(std::string(json_max_bytes + 1, ' ')) == too_much);
}

TEST_CASE("what is printed still fits when a database puts spaces into it") {
  Attachment attachment = valid_attachment();
  attachment.created_at.reset();
  attachment.meta = {{"x", Json::array()}};
  for (int i = 0; i < 349'000; ++i) attachment.meta["x"].push_back(1);
  const std::string text = print(attachment);
  std::string spaced;
  for (const char character : text) {
    spaced += character;
    if (character == ',' || character == ':') spaced += ' ';
  }
  CHECK(spaced.size() > json_max_bytes - 5000);
  CHECK(parse_failure(spaced).empty());
  for (int i = 0; i < 2'000; ++i) attachment.meta["x"].push_back(1);
  CHECK(print_failure(attachment) == "MEDIA_INVALID_ARGUMENT ");
}

TEST_CASE("a value of more than 1 MiB is not printed") {
  Attachment attachment = valid_attachment();
  attachment.name = std::string(json_max_bytes, 'x');
  CHECK(print_failure(attachment) == "MEDIA_INVALID_ARGUMENT ");
}

TEST_CASE("each item of a list may have 1 MiB") {
  Attachment attachment = valid_attachment();
  attachment.name = std::string(json_max_bytes - 2000, 'x');
  const AttachmentList list{.items = {attachment, attachment, attachment}};
  CHECK(parse_attachment_list(print(list)) == list);
  const std::string large = document_with("/name", std::string(json_max_bytes, 'x'));
  CHECK(code_of([&] { parse_attachment_list("[" + large + "]"); }) == Errc::invalid_document);
}

TEST_CASE("a document may have 256 variants") {
  const std::string most = document_with("/variants", many_variants(256));
  CHECK(parse_attachment(most).variants.size() == 256);
  CHECK(parse_failure(document_with("/variants", many_variants(257)))
            .starts_with(too_much + "variants"));
  Attachment attachment = parse_attachment(most);
  CHECK(parse_attachment(print(attachment)) == attachment);
  attachment.variants["one more"] = attachment.variants["v0"];
  CHECK(print_failure(attachment) == "MEDIA_INVALID_ARGUMENT variants");
}

TEST_CASE("a list may have 65,536 items") {
  const std::string item =
      R"({"name":"","disk":"d","path":"i/f","size":0,"mimeType":"m","variants":{},"meta":{}})";
  const std::string most = "[" + repeat(item + ",", 65'535) + item;
  AttachmentList list = parse_attachment_list(most + "]");
  CHECK(list.size() == 65'536);
  CHECK(code_of([&] { parse_attachment_list(most + "," + item + "]"); }) == Errc::invalid_document);
  list.items.push_back(list.items.front());
  CHECK(code_of([&] { print(list); }) == Errc::invalid_argument);
}

TEST_CASE("a document that is cut off at any byte is refused") {
  const std::string text = print(valid_attachment());
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(text.substr(0, length));
    REQUIRE(code_of([&] { parse_attachment(text.substr(0, length)); }) == Errc::invalid_document);
  }
}

TEST_CASE("a document with a damaged byte is refused or is another sound one") {
  const std::string text = print(valid_attachment());
  std::mt19937 random(20260102);
  int refused = 0;
  for (int i = 0; i < tests::rounds(2'000, 200'000); ++i) {
    std::string damaged = text;
    const std::size_t place = random() % damaged.size();
    damaged[place] = static_cast<char>(random());
    INFO("byte " << place << " is " << int(damaged[place]));
    REQUIRE(is_refused_or_stable(damaged));
    if (!parse_failure(damaged).empty()) ++refused;
  }
  CHECK(refused > tests::rounds(500, 50'000));
}

TEST_CASE("a document with bytes inserted, removed or doubled is refused or another sound one") {
  const std::string text = print(valid_attachment());
  std::mt19937 random(7);
  for (int i = 0; i < tests::rounds(2'000, 200'000); ++i) {
    std::string damaged = text;
    const std::size_t place = random() % damaged.size();
    const std::size_t length = random() % 8;
    switch (random() % 3) {
      case 0:
        damaged.erase(place, length);
        break;
      case 1:
        damaged.insert(place, text.substr(place, length));
        break;
      default:
        damaged.insert(place, text.substr(random() % text.size(), length));
        break;
    }
    INFO(damaged);
    REQUIRE(is_refused_or_stable(damaged));
  }
}

#include "catch.hpp"
#include "value/documents.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

using Json = nlohmann::json;

const std::string invalid = "MEDIA_INVALID_DOCUMENT ";

/// Every value that a member may be given in place of the right one.
const std::vector<Json> wrong_values{
    nullptr,        true,      -1,    1.5, "text",           Json::array(),
    Json::object(), {1, 2, 3}, 1e300, "",  Json::array({1}), 18446744073709551615U,
    {{"a", 1}}};

/// The text with the first occurrence of `from` replaced.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}

const std::string foreign =
    R"({"name":"photo","disk":"local","path":"attachments/user_7/photo.png","size":123,)"
    R"("mimeType":"image/png","variants":{},"meta":{}})";

}  // namespace

TEST_CASE("every member of a document reaches its place in the value [B3]", "[B3]") {
  const Attachment a = valid_attachment();
  CHECK(a.id == "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b");
  CHECK(a.name == "ada");
  CHECK(a.file_name == "ada.jpg");
  CHECK(a.disk == "local");
  CHECK(a.path == "attachments/0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b/ada.jpg");
  CHECK(a.size == 123456);
  CHECK(a.mime_type == "image/jpeg");
  CHECK(a.checksum == "sha256:9f86");
  CHECK(a.width == 4000);
  CHECK(a.height == 3000);
  CHECK(a.placeholder == "thumbhash:1QcSHQ");
  CHECK(a.created_at == parse_time("2026-01-02T03:04:05.678Z"));
  CHECK(a.meta == Json::parse(R"({"alt": "Ada", "tags": ["a", {"b": null}], "ratio": 1.5})"));
  CHECK(a.extra == Json::object());
  REQUIRE(a.variants.size() == 1);
  const Variant& thumb = a.variants.at("thumb");
  CHECK(thumb.disk == "local");
  CHECK(thumb.path == "attachments/0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b/variants/thumb-5d.webp");
  CHECK(thumb.size == 4567);
  CHECK(thumb.mime_type == "image/webp");
  CHECK(thumb.width == 200);
  CHECK(thumb.height == 150);
  CHECK(thumb.checksum == "sha256:2c26");
  CHECK(thumb.preset == "5d41402a");
  CHECK(thumb.extra == Json::object());
}

TEST_CASE("a value reads back as it was printed, from any order and spacing of the members") {
  const Attachment attachment = valid_attachment();
  CHECK(parse_attachment(print(attachment)) == attachment);
  CHECK(parse_attachment(valid_document().dump(4)) == attachment);
  CHECK(parse_attachment(" \t\r\n" + print(attachment) + "\n ") == attachment);
}

TEST_CASE("unknown members survive a round trip, whatever they are") {
  for (const Json& value : wrong_values) {
    Json document = valid_document();
    document["unknown"] = value;
    document["variants"]["thumb"]["unknown"] = value;
    INFO(document);
    const Attachment attachment = parse_attachment(document.dump());
    CHECK(attachment.extra == Json{{"unknown", value}});
    CHECK(attachment.variants.at("thumb").extra == Json{{"unknown", value}});
    CHECK(parse_attachment(print(attachment)) == attachment);
    CHECK(Json::parse(print(attachment)) == document);
  }
}

TEST_CASE("a member of format 1 that is missing is named") {
  for (const char* member :
       {"v", "id", "name", "disk", "path", "size", "mimeType", "variants", "meta"}) {
    CHECK(parse_failure(document_without("/" + std::string(member))) == invalid + member);
  }
  for (const char* member : {"disk", "path", "size", "mimeType"}) {
    CHECK(parse_failure(document_without("/variants/thumb/" + std::string(member))) ==
          invalid + "variants.thumb." + member);
  }
}

TEST_CASE("an optional member may be missing and is empty then") {
  for (const char* member : {"fileName", "checksum", "width", "height", "placeholder", "createdAt",
                             "variants/thumb/width", "variants/thumb/height",
                             "variants/thumb/checksum", "variants/thumb/preset"}) {
    CHECK(parse_failure(document_without("/" + std::string(member))).empty());
  }
  CHECK(parse_attachment(document_without("/fileName")).file_name.empty());
  CHECK_FALSE(parse_attachment(document_without("/createdAt")).created_at);
}

TEST_CASE("a member of the wrong type is named") {
  const auto check = [](const std::string& pointer, const std::string& member, auto is_right) {
    for (const Json& value : wrong_values) {
      if (is_right(value)) continue;
      INFO(pointer << " " << value);
      CHECK(parse_failure(document_with(pointer, value)) == invalid + member);
    }
  };
  const auto is_text = [](const Json& value) { return value.is_string(); };
  const auto is_filled_text = [](const Json& value) { return value == "text"; };
  const auto is_object = [](const Json& value) { return value.is_object(); };
  const auto nothing = [](const Json&) { return false; };
  for (const std::string name : {"name", "fileName", "checksum", "placeholder"}) {
    check("/" + name, name, is_text);
  }
  for (const std::string name : {"disk", "path", "mimeType"}) {
    check("/" + name, name, is_filled_text);
    check("/variants/thumb/" + name, "variants.thumb." + name, is_filled_text);
  }
  for (const std::string name : {"size", "width", "height"}) {
    check("/" + name, name, nothing);
    check("/variants/thumb/" + name, "variants.thumb." + name, nothing);
  }
  for (const std::string name : {"checksum", "preset"}) {
    check("/variants/thumb/" + name, "variants.thumb." + name, is_text);
  }
  check("/v", "v", nothing);
  check("/createdAt", "createdAt", nothing);
  check("/meta", "meta", is_object);
  check("/variants/thumb", "variants.thumb", is_object);
}

TEST_CASE("variants that are no object of objects are refused") {
  CHECK(parse_failure(document_with("/variants", Json::array())) == invalid + "variants");
  CHECK(parse_failure(document_with("/variants", nullptr)) == invalid + "variants");
  CHECK(parse_failure(document_with("/variants", {{"a", Json::array()}})) ==
        invalid + "variants.a");
  CHECK(parse_failure(document_with("/variants", {{"a", Json::object()}})) ==
        invalid + "variants.a.disk");
}

TEST_CASE("the id must be a valid one") {
  for (const char* id : {"", "a/b", "..", "0190b6f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b0"}) {
    CHECK(parse_failure(document_with("/id", id)) == invalid + "id");
  }
  CHECK(parse_attachment(document_with("/id", "User_7")).id == "User_7");
}

TEST_CASE("a size may be written in any way that is a whole number") {
  const auto size = [](std::string_view number) {
    return parse_attachment(replaced(valid_document().dump(), "123456", number)).size;
  };
  CHECK(size("0") == 0);
  CHECK(size("-0") == 0);
  CHECK(size("-0.0") == 0);
  CHECK(size("1e3") == 1000);
  CHECK(size("1000.0") == 1000);
  CHECK(size("9007199254740992.0") == 9007199254740992);
  CHECK(size("9223372036854775807") == 9223372036854775807);
}

TEST_CASE("a size that is no whole number, or cannot be kept exactly, is refused") {
  for (const char* number : {"-1", "1.5", "1e300", "9223372036854775808", "18446744073709551616",
                             "9007199254740994.0", "1e-1", "-1.0"}) {
    INFO(number);
    CHECK(parse_failure(replaced(valid_document().dump(), "123456", number)) == invalid + "size");
  }
}

TEST_CASE("a width is at least one pixel") {
  CHECK(parse_failure(document_with("/width", 0)) == invalid + "width");
  CHECK(parse_failure(document_with("/width", 2147483648)) == invalid + "width");
  CHECK(parse_attachment(document_with("/width", 2147483647)).width == 2147483647);
  CHECK(parse_attachment(document_with("/width", 1.0)).width == 1);
}

TEST_CASE("a document of a newer format says that affix is too old") {
  CHECK(parse_failure(document_with("/v", 2)) == "MEDIA_NEWER_FORMAT v");
  CHECK(parse_failure(document_with("/v", 9223372036854775807)) == "MEDIA_NEWER_FORMAT v");
  CHECK(parse_failure(R"({"v":2,"everything":"else"})") == "MEDIA_NEWER_FORMAT v");
  CHECK(parse_failure(document_with("/v", 0)) == invalid + "v");
  CHECK(parse_failure(document_with("/v", "1")) == invalid + "v");
  const auto error = error_of([] { parse_attachment(R"({"v":2})"); });
  REQUIRE(error);
  CHECK(error->message() == "The document was written by a newer version of affix");
}

TEST_CASE("a document of nestjs-media has its id and file name in the path [B3]", "[B3]") {
  const Attachment attachment = parse_attachment(foreign);
  CHECK(attachment.id == "user_7");
  CHECK(attachment.file_name == "photo.png");
  CHECK(attachment.name == "photo");
  CHECK_FALSE(attachment.created_at);
  CHECK(parse_attachment(replaced(foreign, "attachments/user_7", "user_7")).id == "user_7");
  CHECK(parse_attachment(replaced(foreign, "attachments/", "a/b/c/")).id == "user_7");
}

TEST_CASE("a document of nestjs-media whose path holds no id is refused") {
  for (const char* path : {"photo.png", "/photo.png", "a b/photo.png", "user_7/", "x/../photo.png",
                           "0123456789012345678901234567890123456/photo.png"}) {
    INFO(path);
    CHECK(parse_failure(replaced(foreign, "attachments/user_7/photo.png", path)) ==
          invalid + "path");
  }
}

TEST_CASE("a document of nestjs-media that lacks a member is refused") {
  for (const char* member : {"name", "disk", "path", "size", "mimeType", "variants", "meta"}) {
    Json document = Json::parse(foreign);
    document.erase(member);
    CHECK(parse_failure(document.dump()) == invalid + member);
  }
}

TEST_CASE("an object that is no attachment is refused [B3]", "[B3]") {
  CHECK(parse_failure("{}") == invalid + "name");
  CHECK(parse_failure("[]") == invalid);
  CHECK(parse_failure("null") == invalid);
  CHECK(parse_failure("1") == invalid);
  CHECK(parse_failure("\"text\"") == invalid);
  CHECK(parse_failure("") == invalid);
  CHECK(parse_failure("  ") == invalid);
  CHECK(parse_failure("[" + print(valid_attachment()) + "]") == invalid);
}

TEST_CASE("a duplicate member is refused at every level") {
  const std::string text = valid_document().dump();
  CHECK(parse_failure(replaced(text, R"("disk")", R"("name":"x","disk")")) == invalid + "name");
  CHECK(parse_failure(replaced(text, R"("alt")", R"("alt":1,"alt")")) == invalid + "meta.alt");
  CHECK(parse_failure(replaced(text, R"({"b")", R"({"b":{},"b")")) == invalid + "meta.tags.1.b");
  CHECK(parse_failure(replaced(text, R"("thumb")", R"("thumb":{},"thumb")")) ==
        invalid + "variants.thumb.disk");
  CHECK(parse_failure(replaced(text, R"("preset")", R"("preset":"x","preset")")) ==
        invalid + "variants.thumb.preset");
  CHECK(parse_failure(replaced(text, R"("disk")", R"("new":1,"new":2,"disk")")) == invalid + "new");
  CHECK(parse_failure(replaced(text, R"("preset")", R"("new":1,"new":[],"preset")")) ==
        invalid + "variants.thumb.new");
  CHECK(parse_failure(replaced(text, R"("disk")", R"("\u006eame":"x","disk")")) ==
        invalid + "name");
}

TEST_CASE("a duplicate variant is refused") {
  const std::string variant = R"("a":{"disk":"d","path":"p","size":1,"mimeType":"m"})";
  const std::string text = document_with("/variants", Json::object());
  CHECK(
      parse_failure(replaced(text, R"("variants":{})", R"("variants":{)" + variant + "}")).empty());
  CHECK(parse_failure(replaced(text, R"("variants":{})",
                               R"("variants":{)" + variant + "," + variant + "}")) ==
        invalid + "variants.a");
}

TEST_CASE("U+0000 is refused, escaped or not, in names and in texts") {
  const std::string text = valid_document().dump();
  CHECK(parse_failure(replaced(text, R"("Ada")", R"("A\u0000da")")) == invalid + "meta.alt");
  CHECK(parse_failure(replaced(text, R"("ada")", R"("ad\u0000a")")) == invalid + "name");
  CHECK_FALSE(parse_failure(replaced(text, R"("alt")", R"("a\u0000lt")")).empty());
  CHECK_FALSE(parse_failure(replaced(text, "Ada", std::string_view("A\0a", 3))).empty());
  CHECK_FALSE(parse_failure(text + std::string(1, '\0')).empty());
  CHECK_FALSE(parse_failure(text + std::string("\0garbage", 8)).empty());
}

TEST_CASE("what is not JSON is refused") {
  const std::string text = valid_document().dump();
  const auto with_ratio = [&](std::string_view value) {
    return parse_failure(replaced(text, "1.5", value));
  };
  REQUIRE(with_ratio("2.5").empty());
  for (const char* value : {"NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "+1", ".5",
                            "0x10", "'a'", "undefined", "// comment\n1", "/**/1", "1,"}) {
    INFO(value);
    CHECK(with_ratio(value).starts_with(invalid));
  }
  for (const char* value :
       {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud83d x")", "\"\xff\"",
        "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\x01\"", "\"\n\"", R"("\x41")"}) {
    INFO(Json(value).dump(-1, ' ', true, Json::error_handler_t::replace));
    CHECK(with_ratio(value).starts_with(invalid));
  }
  for (const char* garbage : {"x", "{}", ",", "}", "]", "null", "//", "\"\"", "1"}) {
    CHECK(parse_failure(text + garbage).starts_with(invalid));
  }
}

TEST_CASE("the error of what is not JSON has the parser's words as its cause") {
  const auto error = error_of([] { parse_attachment(R"({"v":1,)"); });
  REQUIRE(error);
  CHECK(error->message() == "The text is not valid JSON");
  CHECK(error->cause().find("syntax error") != std::string_view::npos);
}

TEST_CASE("the texts null and empty are no attachment [B9]", "[B9]") {
  for (const char* text : {"", "null", " null\n", "  "}) {
    INFO(text);
    CHECK_FALSE(parse_optional_attachment(text));
    CHECK(parse_attachment_list(text).empty());
  }
  CHECK(parse_optional_attachment(valid_document().dump()) == valid_attachment());
  CHECK(code_of([] { parse_optional_attachment("{}"); }) == Errc::invalid_document);
  CHECK(code_of([] { parse_optional_attachment("nul"); }) == Errc::invalid_document);
  CHECK(code_of([] { parse_optional_attachment("nullnull"); }) == Errc::invalid_document);
}

TEST_CASE("a list keeps its order and reads every form of its items") {
  const Attachment first = valid_attachment();
  const Attachment second = parse_attachment(foreign);
  const AttachmentList list = parse_attachment_list("[" + print(first) + "," + foreign + "]");
  CHECK(list.items == std::vector{first, second});
  CHECK(parse_attachment_list(print(list)) == list);
  CHECK(parse_attachment_list("[]").empty());
}

TEST_CASE("an error in a list names the item and the member") {
  const std::string good = print(valid_attachment());
  const auto failure = [](const std::string& text) {
    const auto error = error_of([&] { parse_attachment_list(text); });
    return error ? std::string(name(error->code())) + " " + error->where().member : "";
  };
  CHECK(failure("[" + good + "," + document_with("/size", "x") + "]") == invalid + "1.size");
  CHECK(failure("[" + document_without("/meta") + "]") == invalid + "0.meta");
  CHECK(failure("[" + good + "," + document_with("/v", 2) + "]") == "MEDIA_NEWER_FORMAT 1.v");
  CHECK(failure("[" + good + "," + document_with("/variants/thumb/size", -1) + "]") ==
        invalid + "1.variants.thumb.size");
  CHECK(failure("[" + good + ",null]") == invalid + "1");
  CHECK(failure("[" + good + ",[]]") == invalid + "1");
  CHECK(failure(good) == invalid);
  CHECK(failure("[" + good) == invalid + "1");
}

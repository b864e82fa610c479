#include <limits>

#include "catch.hpp"
#include "value/documents.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

using Json = nlohmann::json;

Attachment minimal() {
  return {.id = "7",
          .name = "a",
          .disk = "local",
          .path = "attachments/7/a.bin",
          .size = 1,
          .mime_type = "application/octet-stream"};
}

/// How a value in `meta` is written.
std::string written(const Json& value) {
  Attachment attachment = minimal();
  attachment.meta = {{"x", value}};
  const std::string text = print(attachment);
  const std::string start = R"("meta":{"x":)";
  const std::size_t begin = text.find(start) + start.size();
  return text.substr(begin, text.find(R"(},"variants")") - begin);
}

template <class Change>
std::string failure_after(Change change) {
  Attachment attachment = valid_attachment();
  change(attachment);
  return print_failure(attachment);
}

}  // namespace

TEST_CASE("the members are written in a fixed order and empty ones are left out [B3]", "[B3]") {
  CHECK(print(minimal()) ==
        R"({"v":1,"id":"7","name":"a","disk":"local","path":"attachments/7/a.bin","size":1,)"
        R"("mimeType":"application/octet-stream","meta":{},"variants":{}})");
}

TEST_CASE("every known member is written when it is not empty") {
  Attachment attachment = minimal();
  attachment.file_name = "a.bin";
  attachment.checksum = "sha256:aa";
  attachment.width = 2;
  attachment.height = 3;
  attachment.placeholder = "p";
  attachment.created_at = parse_time("2026-01-02T03:04:05.678Z");
  attachment.variants["t"] = {.disk = "local",
                              .path = "p",
                              .size = 4,
                              .mime_type = "image/webp",
                              .width = 5,
                              .height = 6,
                              .checksum = "sha256:bb",
                              .preset = "cc"};
  CHECK(print(attachment) ==
        R"({"v":1,"id":"7","name":"a","fileName":"a.bin","disk":"local",)"
        R"("path":"attachments/7/a.bin","size":1,"mimeType":"application/octet-stream",)"
        R"("checksum":"sha256:aa","width":2,"height":3,"placeholder":"p",)"
        R"("createdAt":"2026-01-02T03:04:05.678Z","meta":{},"variants":{"t":{"disk":"local",)"
        R"("path":"p","size":4,"mimeType":"image/webp","width":5,"height":6,)"
        R"("checksum":"sha256:bb","preset":"cc"}}})");
}

TEST_CASE("meta, variants and unknown members are sorted by name") {
  Attachment attachment = minimal();
  attachment.meta = {{"b", 1}, {"a", 2}, {"é", 3}, {"Z", 4}};
  attachment.extra = {{"y", 1}, {"x", 2}};
  for (const char* name : {"b", "a"}) {
    attachment.variants[name] = {.disk = "d", .path = "p", .mime_type = "m"};
    attachment.variants[name].extra = {{"o", 1}, {"n", 2}};
  }
  CHECK(print(attachment).substr(print(minimal()).find(R"("meta")")) ==
        R"("meta":{"Z":4,"a":2,"b":1,"é":3},"variants":{)"
        R"("a":{"disk":"d","path":"p","size":0,"mimeType":"m","n":2,"o":1},)"
        R"("b":{"disk":"d","path":"p","size":0,"mimeType":"m","n":2,"o":1}},"x":2,"y":1})");
}

TEST_CASE("a list is an array of documents") {
  CHECK(print(AttachmentList{}) == "[]");
  const std::string one = print(minimal());
  CHECK(print(AttachmentList{.items = {minimal(), minimal()}}) == "[" + one + "," + one + "]");
}

TEST_CASE("only what JSON asks for is escaped in a text") {
  CHECK(written("\"\\\b\f\n\r\t") == R"("\"\\\b\f\n\r\t")");
  CHECK(written("\x01\x1f\x7f/") == "\"\\u0001\\u001f\x7f/\"");
  CHECK(written("é 世界 😀\u2028") == "\"é 世界 😀\u2028\"");
  for (const char* text : {"plain", "\"\\\b\f\n\r\t\x01\x1f", "é 世界 😀"}) {
    CHECK(written(text) == Json(text).dump());
  }
}

TEST_CASE("numbers keep their value and their kind") {
  CHECK(written(0) == "0");
  CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(written(0.1) == "0.1");
  CHECK(written(1000.0) == "1000.0");
  CHECK(written(-2.5) == "-2.5");
  CHECK(written(5e-324) == "5e-324");
  CHECK(written(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
}

TEST_CASE("negative zero is written as zero, since databases drop its sign") {
  CHECK(written(-0.0) == "0.0");
  CHECK(written(0.0) == "0.0");
}

TEST_CASE("a large number that is no integer stays none in a database of decimals") {
  CHECK(written(1e16) == "10000000000000000.0");
  CHECK(written(-9007199254740993e3) == "-9007199254740993024.0");
  CHECK(written(1e19) == "10000000000000000000.0");
  CHECK(written(18446744073709551616.0) == "1.8446744073709552e+19");
  // What PostgreSQL gives back for it in a jsonb column.
  const Json read_back = Json::parse("18446744073709551616");
  CHECK(written(read_back) == "1.8446744073709552e+19");
}

TEST_CASE("every number in meta reads back as itself") {
  for (const double number : {1e15, 1e16, 123456789.125, 1e19, 1e22, 1e300, 1e-7, 2.2e-308, 1.0 / 3,
                              9007199254740993.0, 18446744073709549568.0}) {
    INFO(number);
    const Json read = Json::parse(written(number));
    CHECK(read.is_number_float());
    CHECK(read.get<double>() == number);
    CHECK(written(read) == written(number));
  }
}

TEST_CASE("a value without id, disk, path or type is refused") {
  CHECK(print_failure({}) == "MEDIA_INVALID_ARGUMENT id");
  CHECK(failure_after([](auto& a) { a.id = ""; }) == "MEDIA_INVALID_ARGUMENT id");
  CHECK(failure_after([](auto& a) { a.id = "a/b"; }) == "MEDIA_INVALID_ARGUMENT id");
  CHECK(failure_after([](auto& a) { a.disk = ""; }) == "MEDIA_INVALID_ARGUMENT disk");
  CHECK(failure_after([](auto& a) { a.path = ""; }) == "MEDIA_INVALID_ARGUMENT path");
  CHECK(failure_after([](auto& a) { a.mime_type = ""; }) == "MEDIA_INVALID_ARGUMENT mimeType");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].disk = ""; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.disk");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].path = ""; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.path");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].mime_type = ""; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.mimeType");
}

TEST_CASE("numbers that are out of range are refused") {
  CHECK(failure_after([](auto& a) { a.size = -1; }) == "MEDIA_INVALID_ARGUMENT size");
  CHECK(failure_after([](auto& a) { a.width = -1; }) == "MEDIA_INVALID_ARGUMENT width");
  CHECK(failure_after([](auto& a) { a.height = -1; }) == "MEDIA_INVALID_ARGUMENT height");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].size = -1; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.size");
  CHECK(failure_after([](auto& a) { a.created_at = TimePoint::max(); }) ==
        "MEDIA_INVALID_ARGUMENT createdAt");
  CHECK(failure_after([](auto& a) { a.meta["x"] = std::numeric_limits<double>::quiet_NaN(); }) ==
        "MEDIA_INVALID_ARGUMENT meta.x");
  CHECK(failure_after([](auto& a) { a.meta["x"] = std::numeric_limits<double>::infinity(); }) ==
        "MEDIA_INVALID_ARGUMENT meta.x");
}

TEST_CASE("text that is not UTF-8 is refused wherever it is") {
  for (const char* text : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xe0\x80\x80", "\xf0\x8f\xbf\xbf", "a\xc3(", "\xe2\x82"}) {
    INFO(Json(std::string(text)).dump(-1, ' ', true, Json::error_handler_t::replace));
    CHECK(failure_after([&](auto& a) { a.name = text; }) == "MEDIA_INVALID_ARGUMENT name");
    CHECK(failure_after([&](auto& a) {
            a.meta = {{"x", {1, text}}};
          }) == "MEDIA_INVALID_ARGUMENT meta.x.1");
    CHECK(failure_after([&](auto& a) { a.meta[text] = 1; }) ==
          std::string("MEDIA_INVALID_ARGUMENT meta.") + text);
    CHECK(failure_after([&](auto& a) { a.extra[text] = 1; }) ==
          std::string("MEDIA_INVALID_ARGUMENT ") + text);
    CHECK(failure_after([&](auto& a) { a.variants[text] = a.variants["thumb"]; }) ==
          std::string("MEDIA_INVALID_ARGUMENT variants.") + text);
  }
}

TEST_CASE("U+0000 is refused, since a database may not hold it") {
  const std::string zero("a\0b", 3);
  CHECK(failure_after([&](auto& a) { a.name = zero; }) == "MEDIA_INVALID_ARGUMENT name");
  CHECK(failure_after([&](auto& a) { a.meta["x"] = zero; }) == "MEDIA_INVALID_ARGUMENT meta.x");
  CHECK(failure_after([&](auto& a) { a.meta[zero] = 1; }) == "MEDIA_INVALID_ARGUMENT meta." + zero);
  CHECK(failure_after([&](auto& a) { a.variants["thumb"].preset = zero; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.preset");
}

TEST_CASE("meta and extra must be objects of JSON") {
  CHECK(failure_after([](auto& a) { a.meta = nullptr; }) == "MEDIA_INVALID_ARGUMENT meta");
  CHECK(failure_after([](auto& a) { a.meta = Json::array(); }) == "MEDIA_INVALID_ARGUMENT meta");
  CHECK(failure_after([](auto& a) { a.extra = "x"; }) == "MEDIA_INVALID_ARGUMENT extra");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].extra = nullptr; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.extra");
  CHECK(failure_after([](auto& a) {
          a.meta["x"] = Json::binary({1, 2});
        }) == "MEDIA_INVALID_ARGUMENT meta.x");
}

TEST_CASE("an unknown member with the name of a known one is refused") {
  CHECK(failure_after([](auto& a) { a.extra["size"] = 1; }) == "MEDIA_INVALID_ARGUMENT size");
  CHECK(failure_after([](auto& a) { a.extra["v"] = 2; }) == "MEDIA_INVALID_ARGUMENT v");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].extra["preset"] = "x"; }) ==
        "MEDIA_INVALID_ARGUMENT variants.thumb.preset");
  CHECK(failure_after([](auto& a) { a.variants["thumb"].extra["id"] = "fine"; }).empty());
}

TEST_CASE("the error of a list names the item") {
  const auto error = error_of([] { print(AttachmentList{.items = {minimal(), {}}}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
  CHECK(error->where().member == "1.id");
}

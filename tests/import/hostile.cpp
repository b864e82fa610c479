#include <functional>

#include "affix/import/active_storage.hpp"
#include "affix/import/adonis.hpp"
#include "affix/import/bknd.hpp"
#include "affix/import/carrierwave.hpp"
#include "affix/import/ignis.hpp"
#include "affix/import/nestjs_media.hpp"
#include "affix/import/shrine.hpp"
#include "affix/import/spatie.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using namespace std::string_literals;

namespace {

const ImportPlace local{.disk = "local", .folder = "theirs"};

/// Everything that reads a text of another system.
const std::vector<std::pair<std::string, std::function<void(const std::string&)>>> readers{
    {"adonis", [](const auto& text) { import_adonis(text, {.place = local}); }},
    {"adonis list", [](const auto& text) { import_adonis_list(text, {.place = local}); }},
    {"nestjs-media", [](const auto& text) { import_nestjs_media(text); }},
    {"nestjs-media conversions",
     [](const auto& text) {
       import_nestjs_media_row({.id = "a", .disk = "local", .path = "a/b", .conversions = text});
     }},
    {"nestjs-media properties",
     [](const auto& text) {
       import_nestjs_media_row(
           {.id = "a", .disk = "local", .path = "a/b", .custom_properties = text});
     }},
    {"shrine",
     [](const auto& text) {
       import_shrine(text, {.storages = {{"store", local}}});
     }},
    {"active storage",
     [](const auto& text) {
       import_active_storage({.key = "abcdef", .metadata = text}, {},
                             {.services = {{"local", {.place = local}}}});
     }},
    {"spatie",
     [](const auto& text) {
       import_spatie({.id = "1", .file_name = "a.jpg", .disk = "public", .responsive_images = text},
                     {.disks = {{"public", local}}});
     }},
    {"bknd",
     [](const auto& text) { import_bknd({.path = "a", .metadata = text}, {.place = local}); }},
    {"ignis",
     [](const auto& text) {
       import_ignis({.bucket_name = "b", .object_name = "a", .metadata = text},
                    {.buckets = {{"b", local}}});
     }},
    {"carrierwave list", [](const auto& text) { import_carrierwave_list(text, {.place = local}); }},
};

std::string nested(char open, char close, std::size_t depth) {
  return std::string(depth, open) + std::string(depth, close);
}

std::string nested_objects(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
  return text + "1" + std::string(depth, '}');
}

}  // namespace

TEST_CASE("a hostile text of another system is an error, never a crash") {
  const std::vector<std::string> texts{
      "{",
      "{]",
      "nul",
      "{}x",
      "[1,]",
      "{\"a\":NaN}",
      "{\"a\":1e999}",
      "{\"a\":1,\"a\":2}",
      "{\"a\":{\"b\":1,\"b\":2}}",
      "{\"a\":\"\\u0000\"}",
      "{\"a\\u0000\":1}",
      "{\"a\":\"\\ud800\"}",
      "{\"a\":\"\xFF\"}",
      "{\"a\":1}\0"s,
      nested('[', ']', 1'000'000),
      std::string(1'000'000, '['),
      nested_objects(200'000),
      nested_objects(17),
      "{\"a\":\"" + std::string(json_max_bytes, 'x') + "\"}",
      "// comment\n{}",
  };
  for (const auto& [name, read] : readers) {
    for (const std::string& text : texts) {
      CAPTURE(name, text.substr(0, 40));
      const auto error = error_of([&, &act = read] { act(text); });
      REQUIRE(error);
      CHECK(error->code() == Errc::invalid_document);
    }
  }
}

TEST_CASE("a text of another system that fits and its attachment does not is refused") {
  // What is kept of it lies deeper than it did, and a space behind each comma has to fit, too.
  const std::string deep = nested_objects(15);
  CHECK(code_of([&] { import_bknd({.path = "a", .metadata = deep}, {.place = local}); }) ==
        Errc::invalid_document);
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 520'000; ++i) many += ",0";
  many += "]}";
  REQUIRE(many.size() < json_max_bytes);
  CHECK(code_of([&] { import_bknd({.path = "a", .metadata = many}, {.place = local}); }) ==
        Errc::invalid_document);
  std::string variants;
  for (std::size_t i = 0; i <= json_max_variants; ++i) {
    variants += (i == 0 ? "" : ",") + ("\"c" + std::to_string(i)) + "\":true";
  }
  CHECK(code_of([&] {
          import_spatie({.id = "1",
                         .file_name = "a.jpg",
                         .disk = "public",
                         .generated_conversions = "{" + variants + "}"},
                        {.disks = {{"public", local}}});
        }) == Errc::invalid_document);
  CHECK(code_of([] { import_bknd({.id = "\xFF", .path = "a"}, {.place = local}); }) ==
        Errc::invalid_document);
}

TEST_CASE("a path of another system does not leave its folder") {
  for (const std::string& path :
       {""s, "../x"s, "a/../../x"s, ".."s, "."s, "/etc/passwd"s, "a//b"s, "a/"s, "./a"s, "..\\x"s,
        "C:\\x"s, "a\nb"s, "a\x7F"s, "\xC2\x85"s, "\xFF"s, "a\0b"s, std::string(512, 'x')}) {
    CAPTURE(path);
    CHECK(code_of([&] { import_bknd({.path = path}, {.place = local}); }) == Errc::invalid_key);
    CHECK(code_of([&] {
            import_ignis({.bucket_name = "b", .object_name = path}, {.buckets = {{"b", local}}});
          }) == Errc::invalid_key);
    const auto code = code_of([&] {
      import_nestjs_media_row({.id = "a", .disk = "local", .path = path},
                              {.disks = {{"local", local}}});
    });
    CHECK(code == Errc::invalid_key);
  }
  const auto refused = [](std::string_view text) {
    return code_of([&] { import_adonis(text, {.place = local}); });
  };
  CHECK(refused(R"({"name":"../x"})") == Errc::invalid_key);
  CHECK(refused(R"({"name":"x","path":"../x"})") == Errc::invalid_key);
  CHECK(refused(R"({"name":"x","variants":[{"key":"k","path":"../x"}]})") == Errc::invalid_key);
  CHECK(refused(R"({"name":"x","variants":[{"key":"k","folder":"..","name":"x"}]})") ==
        Errc::invalid_key);
  CHECK(code_of([] {
          import_shrine(R"({"id":"../x","storage":"store"})", {.storages = {{"store", local}}});
        }) == Errc::invalid_key);
  CHECK(code_of([] {
          import_active_storage({.key = "../../x"}, {}, {.services = {{"local", {local}}}});
        }) == Errc::invalid_key);
  CHECK(code_of([] {
          import_spatie({.id = "..", .file_name = "x", .disk = "d"}, {.disks = {{"d", local}}});
        }) == Errc::invalid_key);
  CHECK(code_of([] {
          import_spatie({.id = "1",
                         .file_name = "x",
                         .disk = "d",
                         .generated_conversions = R"({"/../../x":true})"},
                        {.disks = {{"d", local}}});
        }) == Errc::invalid_key);
}

TEST_CASE("affix's own bookkeeping is no file of another system") {
  CHECK(code_of([] { import_bknd({.path = ".affix/main/token"}, {.place = {.disk = "local"}}); }) ==
        Errc::invalid_key);
  CHECK(code_of([] {
          import_bknd({.path = "main/token"}, {.place = {.disk = "local", .folder = ".affix"}});
        }) == Errc::invalid_key);
}

#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("urls name the file and its variants") {
  Workshop shop;
  const PendingAttachment pending =
      shop.files.create(picture("coffee.png"), {.variants = {"thumb"}});
  const Attachment& attachment = pending.preview();
  CHECK(shop.files.url(attachment) == "/files/" + attachment.path);
  CHECK(shop.files.url(attachment, "thumb") == "/files/" + attachment.variants.at("thumb").path);
  CHECK(code_of([&] { static_cast<void>(shop.files.url(attachment, "poster")); }) ==
        Errc::unknown_variant);
  CHECK(code_of([&] { static_cast<void>(shop.files.temporary_url(attachment)); }) ==
        Errc::unsupported);
}

TEST_CASE("a part of a file is opened by its range [C6]") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  const PendingAttachment pending =
      shop.files.create(Source::from_memory("0123456789", "digits.txt"));
  const auto part = [&](ByteRange range) {
    return read_all(*shop.files.open(pending.preview(), "", range));
  };
  CHECK(part({2, 4}) == "234");
  CHECK(part({7, std::nullopt}) == "789");
  CHECK(part({8, 100}) == "89");
  CHECK(code_of([&] { part({10, 11}); }) == Errc::range_not_satisfiable);
}

TEST_CASE("a path from a tampered column opens nothing else") {
  Workshop shop;
  const PendingAttachment victim = shop.files.create(Source::from_memory("secret", "v.txt"));
  const PendingAttachment own = shop.files.create(picture("coffee.png"), {.variants = {"thumb"}});
  const auto refused = [&](const Attachment& attachment, std::string_view variant = {}) {
    const auto opened = code_of([&] { static_cast<void>(shop.files.open(attachment, variant)); });
    const auto named = code_of([&] { static_cast<void>(shop.files.url(attachment, variant)); });
    CHECK(opened == named);
    return opened;
  };
  for (const std::string& path :
       {victim.preview().path, std::string("../x"), std::string("/etc/passwd"), std::string(),
        std::string("attachments/" + own.id()), std::string("attachments/" + own.id() + "/"),
        std::string("attachments/" + own.id() + "/../" + victim.id() + "/v.txt"),
        std::string("attachments/" + own.id() + "/variants"),
        std::string("attachments/" + own.id() + "/a/b.txt"),
        std::string(".affix/main/" + own.id() + "/x"), std::string("x" + own.id() + "/v.txt")}) {
    CAPTURE(path);
    Attachment tampered = own.preview();
    tampered.path = path;
    CHECK(refused(tampered) == Errc::invalid_key);
    tampered = own.preview();
    tampered.variants.at("thumb").path = path;
    CHECK(refused(tampered, "thumb") == Errc::invalid_key);
  }
  Attachment elsewhere = own.preview();
  elsewhere.disk = "s3";
  CHECK(refused(elsewhere) == Errc::unknown_disk);
}

TEST_CASE("folders cannot pose as ids") {
  Workshop shop;
  const PendingAttachment pending =
      shop.files.create(picture("coffee.png"), {.variants = {"thumb"}});
  Attachment tampered = pending.preview();
  tampered.id = "variants";
  tampered.path = pending.preview().variants.at("thumb").path;
  CHECK(code_of([&] { static_cast<void>(shop.files.open(tampered)); }) == Errc::invalid_key);
}

TEST_CASE("paths that nestjs-media wrote are opened where they are [B3]") {
  Workshop shop;
  const auto reader = make_memory_reader("theirs");
  shop.real->put(Key::parse("attachments/user-7/photo.png"), *reader);
  const Attachment foreign{.id = "user-7",
                           .name = "photo",
                           .disk = "local",
                           .path = "attachments/user-7/photo.png",
                           .size = 6,
                           .mime_type = "image/png"};
  CHECK(read_all(*shop.files.open(foreign)) == "theirs");
}

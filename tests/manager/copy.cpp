#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using affix::testing::Fault;
using namespace std::chrono_literals;

namespace {

/// The bytes of all files of an attachment, in the order of their names.
std::vector<std::string> contents(Workshop& shop, const Attachment& attachment) {
  std::vector<std::string> all{read_all(*shop.files.open(attachment))};
  for (const auto& [name, variant] : attachment.variants) {
    all.push_back(read_all(*shop.files.open(attachment, name)));
  }
  return all;
}

std::set<std::string> paths(const Attachment& attachment) {
  std::set<std::string> all{attachment.path};
  for (const auto& [name, variant] : attachment.variants) all.insert(variant.path);
  return all;
}

Attachment stored(Workshop& shop, const std::string& disk = {}) {
  return shop.files
      .create(Source::from_memory("A text.", "notes.txt"),
              {.disk = disk, .variants = {"thumb", "card"}, .meta = {{"by", "Ada"}}})
      .preview();
}

}  // namespace

TEST_CASE("a copy has the same bytes and facts under an id, a path and a time of its own") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  const PendingAttachment original =
      shop.files.create(picture("coffee.png"), {.variants = {"thumb"}, .meta = {{"by", "Ada"}}});
  shop.clock->advance(1h);
  const PendingAttachment pending = shop.files.copy(original.preview());
  Attachment copied = pending.preview();
  CHECK(is_uuid_v7(copied.id));
  CHECK(copied.id != original.id());
  CHECK(copied.path == "attachments/" + copied.id + "/coffee.png");
  CHECK(copied.created_at == shop.clock->now());
  CHECK(contents(shop, copied) == contents(shop, original.preview()));
  CHECK(shop.markers() == std::set<std::string>{original.id(), copied.id});
  // Nothing else differs.
  copied.id = original.id();
  copied.path = original.preview().path;
  copied.created_at = original.preview().created_at;
  copied.variants.at("thumb").path = original.preview().variants.at("thumb").path;
  CHECK(copied == original.preview());
}

TEST_CASE("a copy lies on the disk of its original, and either goes without the other") {
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  const std::string disk = GENERATE("local", "other");
  PendingAttachment original = shop.files.create(Source::from_memory("A text.", "notes.txt"),
                                                 {.disk = disk, .variants = {"thumb", "card"}});
  PendingAttachment copied = shop.files.copy(original.preview());
  CHECK(copied.preview().disk == disk);
  CHECK(copied.preview().variants.at("card").disk == disk);
  PendingAttachment& goes = GENERATE(true, false) ? original : copied;
  const Attachment stays = (&goes == &original ? copied : original).preview();
  shop.files.discard(std::move(goes));
  Disk& place = shop.files.disks().get(disk);
  CHECK(files_on(place) == paths(stays));
  CHECK(markers_on(place) == std::set<std::string>{stays.id});
  CHECK(contents(shop, stays) ==
        std::vector<std::string>{"A text.", "card of A text.", "thumb of A text."});
}

TEST_CASE("of an attachment whose file or variant is gone there is no copy, and no part of one") {
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  const Attachment original = stored(shop);
  const bool is_variant = GENERATE(true, false);
  const std::string& gone = is_variant ? original.variants.at("thumb").path : original.path;
  shop.real->remove(Key::parse(gone));
  const auto before = everything_on(*shop.real);
  CHECK(code_of([&] { static_cast<void>(shop.files.copy(original)); }) == Errc::file_not_found);
  CHECK(everything_on(*shop.real) == before);
}

TEST_CASE("a value that was tampered with is not copied") {
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  const Attachment victim = stored(shop);
  Attachment forged = stored(shop);
  const auto before = everything_on(*shop.real);
  SECTION("a path of somebody else") {
    forged.path = victim.path;
    CHECK(code_of([&] { static_cast<void>(shop.files.copy(forged)); }) == Errc::invalid_key);
  }
  SECTION("a variant of somebody else") {
    forged.variants.at("thumb").path = victim.variants.at("thumb").path;
    CHECK(code_of([&] { static_cast<void>(shop.files.copy(forged)); }) == Errc::invalid_key);
  }
  SECTION("a disk that there is not") {
    forged.disk = "cellar";
    CHECK(code_of([&] { static_cast<void>(shop.files.copy(forged)); }) == Errc::unknown_disk);
  }
  CHECK(everything_on(*shop.real) == before);
}

TEST_CASE("whichever disk operation of copy fails, no file of it is left, and the original stays") {
  Workshop shop(GENERATE(Backing::memory, Backing::local), nullptr,
                std::make_shared<TextConverter>());
  const Fault fault = GENERATE(Fault::before, Fault::after, Fault::disk_full);
  const Attachment original = stored(shop);
  const auto bytes = contents(shop, original);
  int faults = 0;
  for (int n = 1;; ++n) {
    CAPTURE(n);
    shop.disk->fail_at(n, fault);
    std::optional<PendingAttachment> copied;
    const auto code = code_of([&] { copied.emplace(shop.files.copy(original)); });
    const bool tripped = shop.disk->tripped();
    shop.disk->fail_at(0);
    CHECK(code.has_value() == tripped);
    CHECK(contents(shop, original) == bytes);
    if (!tripped) {
      CHECK(contents(shop, copied->preview()) == bytes);
      break;
    }
    CHECK(shop.stored() == paths(original));
    ++faults;
  }
  CHECK(faults == 4);  // The marker, the file and its two variants.
}

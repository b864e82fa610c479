#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "manager/variants.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

// Variants that are made of a stored attachment.

namespace {

struct Counter : Observer {
  void variant_made(const VariantMadeEvent& event) override { made.emplace_back(event.variant); }
  std::vector<std::string> made;
};

/// A text whose variant `thumb` was made with it, and what belongs to it.
class Late {
 public:
  explicit Late(Backing backing = Backing::memory,
                std::shared_ptr<const Converter> converter = std::make_shared<TextConverter>())
      : shop(backing, counter, std::move(converter)),
        core(detail::ManagerAccess::core(shop.files)) {}

  Attachment stored(const std::string& disk = {}) {
    return shop.files
        .create(Source::from_memory("A text.", "notes.txt"), {.disk = disk, .variants = {"thumb"}})
        .preview();
  }

  detail::PublishedVariants publish(const Attachment& attachment,
                                    const std::vector<std::string>& names) {
    return detail::publish_variants(core, attachment,
                                    detail::missing_variants(core, attachment, names));
  }

  std::shared_ptr<Counter> counter = std::make_shared<Counter>();
  Workshop shop;
  detail::ManagerCore& core;
};

/// Makes `thumb` and nothing else.
class OnlyThumb : public TextConverter {
 public:
  Conversion convert(const ConversionJob& job) const override {
    Conversion made = TextConverter::convert(job);
    for (MadeVariant& one : made.variants) {
      if (one.name == "thumb") continue;
      one.file.reset();
      one.error = Error(Errc::conversion_failed, "The variant could not be made");
    }
    return made;
  }
};

}  // namespace

TEST_CASE("missing is what was never made, or was made by another recipe") {
  Late late;
  Attachment attachment = late.stored();
  const auto missing = [&](const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const Preset& one : detail::missing_variants(late.core, attachment, names)) {
      found.push_back(one.name);
    }
    return found;
  };
  CHECK(missing({"thumb"}).empty());
  CHECK(missing({}).empty());
  CHECK(missing({"thumb", "card"}) == std::vector<std::string>{"card"});
  attachment.variants.at("thumb").preset = "00000000";
  CHECK(missing({"thumb", "card"}) == std::vector<std::string>{"thumb", "card"});
  CHECK(code_of([&] { missing({"none"}); }) == Errc::unknown_variant);
}

TEST_CASE("a late variant lies beside the others, on the disk of its attachment") {
  Late late(GENERATE(Backing::memory, Backing::local));
  const std::string disk = GENERATE("local", "other");
  const Attachment attachment = late.stored(disk);
  late.counter->made.clear();
  const auto published = late.publish(attachment, {"thumb", "card"});
  REQUIRE(published.variants.size() == 1);
  const Variant& card = published.variants.at("card");
  CHECK(card.disk == disk);
  CHECK(card.path == "attachments/" + attachment.id + "/variants/card-" + card.preset + ".txt");
  CHECK(card.preset == digest(late.shop.files.presets()[1]));
  const std::string bytes = read_all(*late.core.disk(disk).open(Key::parse(card.path)));
  CHECK(bytes == "card of A text.");
  CHECK(card.size == static_cast<std::int64_t>(bytes.size()));
  CHECK(card.checksum == checksum(as_bytes(bytes)));
  CHECK(published.written == std::vector<Key>{Key::parse(card.path)});
  CHECK(late.counter->made == std::vector<std::string>{"card"});
}

TEST_CASE("a variant that somebody else has published stays, and is described as it is") {
  Late late;
  const Attachment attachment = late.stored();
  const auto first = late.publish(attachment, {"card"});
  const Key key = Key::parse(first.variants.at("card").path);
  const std::string theirs = "card by another version of the converter";
  late.shop.real->remove(key);
  late.shop.real->put(key, *make_memory_reader(std::string(theirs)));
  const auto second = late.publish(attachment, {"card"});
  CHECK(second.written.empty());
  CHECK(second.variants.at("card").size == static_cast<std::int64_t>(theirs.size()));
  CHECK(second.variants.at("card").checksum == checksum(as_bytes(theirs)));
  CHECK(read_all(*late.shop.real->open(key)) == theirs);
}

TEST_CASE("if one late variant cannot be made, none is published") {
  Late late(Backing::memory, std::make_shared<OnlyThumb>());
  Attachment attachment = late.stored();
  attachment.variants.clear();
  late.shop.real->remove_prefix(Key::parse("attachments/" + attachment.id + "/variants"));
  const auto before = late.shop.stored();
  const auto error = error_of([&] { late.publish(attachment, {"thumb", "card"}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::conversion_failed);
  CHECK(error->where().variant == "card");
  CHECK(late.shop.stored() == before);
}

TEST_CASE("late variants need a converter that reads the type, and the file itself") {
  Late late;
  Attachment attachment = late.stored();
  SECTION("no converter") {
    AttachmentManager files(
        {.disks = {{"local", late.shop.real}}, .presets = late.shop.files.presets()});
    const std::vector<Preset> presets{late.shop.files.presets()[1]};
    CHECK(code_of([&] {
            detail::publish_variants(detail::ManagerAccess::core(files), attachment, presets);
          }) == Errc::converter_missing);
  }
  SECTION("another type") {
    attachment.mime_type = "application/pdf";
    CHECK(code_of([&] { late.publish(attachment, {"card"}); }) == Errc::unsupported);
  }
  SECTION("no file") {
    late.shop.real->remove(Key::parse(attachment.path));
    CHECK(code_of([&] { late.publish(attachment, {"card"}); }) == Errc::file_not_found);
  }
  SECTION("a path that is not its own") {
    attachment.path = "attachments/notes.txt";
    CHECK(code_of([&] { late.publish(attachment, {"card"}); }) == Errc::invalid_key);
  }
  CHECK(late.shop.stored().size() <= 2);
}

TEST_CASE("whichever disk operation of a late variant fails, trying again succeeds") {
  Late late(GENERATE(Backing::memory, Backing::local));
  const auto fault = GENERATE(testing::Fault::before, testing::Fault::half, testing::Fault::after);
  const Attachment attachment = late.stored();
  int faults = 0;
  for (int n = 1;; ++n) {
    CAPTURE(n);
    late.shop.disk->fail_at(n, fault);
    const auto code = code_of([&] { late.publish(attachment, {"card"}); });
    const bool tripped = late.shop.disk->tripped();
    late.shop.disk->fail_at(0);
    CHECK(code.has_value() == tripped);
    const auto published = late.publish(attachment, {"card"});
    const Variant& card = published.variants.at("card");
    CHECK(read_all(*late.shop.real->open(Key::parse(card.path))) == "card of A text.");
    CHECK(card.size == 15);
    late.shop.real->remove(Key::parse(card.path));
    if (!tripped) break;
    ++faults;
  }
  CHECK(faults >= 2);  // The original is opened, the variant is put.
}

#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

/// Makes every variant but the one called `card`: a converter whose failure is certain.
class HalfConverter : public Converter {
 public:
  bool accepts(std::string_view) const override { return true; }
  Inspection inspect(std::span<const std::byte>, std::string_view) const override {
    return {.width = 3, .height = 2};
  }
  Conversion convert(const ConversionJob& job) const override {
    Conversion made;
    for (const Preset& preset : job.presets) {
      MadeVariant one{.name = preset.name, .digest = digest(preset)};
      if (preset.name == "card") {
        one.error = Error(Errc::conversion_failed, "The variant could not be made");
      } else {
        one.file = MadeFile{"bytes", "image/webp", "webp", 1, 1};
      }
      if (job.made) job.made(one);
      made.variants.push_back(std::move(one));
    }
    return made;
  }
};

struct Counter : Observer {
  void variant_made(const VariantMadeEvent&) override { ++made; }
  void variant_failed(const VariantFailedEvent& event) override { failed = event.variant; }
  void created(const CreatedEvent& event) override {
    created_id = event.attachment.id;
    throw std::runtime_error("an observer's own trouble");
  }
  int made = 0;
  std::string failed;
  std::string created_id;
};

}  // namespace

TEST_CASE("a variant that fails ends the upload with its name, and nothing is stored") {
  Workshop shop(Backing::memory, nullptr, std::make_shared<HalfConverter>());
  const auto error = error_of([&] {
    static_cast<void>(
        shop.files.create(Source::from_memory("x", "x.txt"), {.variants = {"thumb", "card"}}));
  });
  REQUIRE(error);
  CHECK(error->code() == Errc::conversion_failed);
  CHECK(error->where().variant == "card");
  CHECK(shop.is_empty());
}

TEST_CASE("with keep, a variant that fails is listed and the others are stored") {
  const auto counter = std::make_shared<Counter>();
  Workshop shop(Backing::memory, counter, std::make_shared<HalfConverter>());
  const PendingAttachment pending = shop.files.create(
      Source::from_memory("x", "x.txt"),
      {.variants = {"thumb", "card"}, .on_variant_failure = VariantFailure::keep});
  REQUIRE(pending.failed_variants().size() == 1);
  CHECK(pending.failed_variants()[0].name == "card");
  CHECK(pending.failed_variants()[0].error.code() == Errc::conversion_failed);
  CHECK(pending.preview().variants.size() == 1);
  CHECK(counter->made == 1);
  CHECK(counter->failed == "card");
}

TEST_CASE("what an observer throws harms nobody [C9]") {
  const auto counter = std::make_shared<Counter>();
  Workshop shop(Backing::memory, counter);
  const PendingAttachment pending = shop.files.create(picture("coffee.png"));
  CHECK(counter->created_id == pending.id());
}

TEST_CASE("a picture that the converter cannot read has no variants, and says so") {
  Workshop shop;
  const std::string bitmap("BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 18);
  const auto code = code_of([&] {
    static_cast<void>(
        shop.files.create(Source::from_memory(bitmap, "scan.bmp"), {.variants = {"thumb"}}));
  });
  CHECK(code == Errc::unsupported);
  CHECK(shop.is_empty());
  const PendingAttachment pending = shop.files.create(Source::from_memory(bitmap, "scan.bmp"), {});
  CHECK(pending.preview().mime_type == "image/bmp");
}

TEST_CASE("a manager's profile is that of the presets which have none, and part of their recipe") {
  AttachmentManager fast({.disks = {{"local", make_memory_disk()}},
                          .converter = make_vips_converter(),
                          .presets = {{.name = "thumb", .width = 160, .height = 160},
                                      {.name = "own", .width = 160, .profile = Profile::compatible},
                                      {.name = "ladder", .widths = {80}}},
                          .profile = Profile::fast});
  const PendingAttachment pending =
      fast.create(picture("coffee.png"), {.variants = {"thumb", "own", "ladder"}});
  const auto& variants = pending.preview().variants;
  CHECK(variants.at("thumb").preset ==
        digest({.width = 160, .height = 160, .profile = Profile::fast}));
  CHECK(variants.at("own").preset == digest({.width = 160, .profile = Profile::compatible}));
  CHECK(variants.at("ladder-80").preset == digest({.width = 80, .profile = Profile::fast}));
}

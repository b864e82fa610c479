#include "affix/conversion/ladder.hpp"

#include "affix/conversion/vips_converter.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/storage/memory_disk.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

AttachmentManager manager_with(std::vector<Preset> presets) {
  return AttachmentManager({.disks = {{"local", make_memory_disk({.base_url = "/files"})}},
                            .converter = make_vips_converter(),
                            .presets = std::move(presets)});
}

const Preset card{.name = "card", .widths = {320, 160, 640, 1280}};

std::map<std::string, int> widths_of(const Attachment& attachment) {
  std::map<std::string, int> widths;
  for (const auto& [name, variant] : attachment.variants) widths[name] = variant.width;
  return widths;
}

using Widths = std::map<std::string, int>;

}  // namespace

TEST_CASE("asking for a ladder makes all rungs, the widest as wide as the picture") {
  AttachmentManager files = manager_with({card});
  std::int64_t converted = 0;
  const PendingAttachment pending = files.create(
      picture("chelsea.png"), {.variants = {"card"}, .progress = [&](const Progress& progress) {
                                 if (progress.stage != Progress::Stage::converting) return;
                                 CHECK(progress.total == 3);
                                 converted = progress.done;
                               }});
  const Attachment& attachment = pending.preview();
  CHECK(attachment.width == 451);
  CHECK(widths_of(attachment) == Widths{{"card-160", 160}, {"card-320", 320}, {"card-640", 451}});
  CHECK(converted == 3);
  for (const auto& [name, variant] : attachment.variants) {
    CHECK(variant.path.find("/variants/" + name + "-" + variant.preset) != std::string::npos);
  }
  const auto url = [&](std::string_view variant) { return files.url(attachment, variant); };
  CHECK(srcset(attachment, "card", url) ==
        url("card-160") + " 160w, " + url("card-320") + " 320w, " + url("card-640") + " 451w");
}

TEST_CASE("a single rung can be asked for, also together with its ladder") {
  AttachmentManager files = manager_with({card});
  CHECK(widths_of(files.create(picture("chelsea.png"), {.variants = {"card-1280"}}).preview()) ==
        Widths{{"card-1280", 451}});
  CHECK(files.create(picture("chelsea.png"), {.variants = {"card-320", "card"}})
            .preview()
            .variants.size() == 3);
  CHECK(code_of([&] {
          static_cast<void>(files.create(picture("chelsea.png"), {.variants = {"card-321"}}));
        }) == Errc::unknown_variant);
}

TEST_CASE("a name that a rung has already is refused") {
  const auto code = [](std::vector<Preset> presets) {
    return code_of([&] { manager_with(std::move(presets)); });
  };
  CHECK(code({card, {.name = "card-320"}}) == Errc::invalid_argument);
  CHECK(code({{.name = "card-320"}, card}) == Errc::invalid_argument);
  CHECK(code({card, {.name = "card-321"}}) == std::nullopt);
}

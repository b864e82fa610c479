#include "affix/conversion/placeholder.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

AttachmentManager manager_with(PreviewOptions previews) {
  return AttachmentManager({.disks = {{"local", make_memory_disk()}},
                            .converter = make_vips_converter(),
                            .previews = previews});
}

const PreviewOptions all_previews{.blurhash = BlurhashDetail{}, .color = ColorPreview::mean};

}  // namespace

TEST_CASE("every stored picture has a placeholder, and it survives its column and a copy") {
  Workshop shop;
  const PendingAttachment pending = shop.files.create(picture("chelsea.png"));
  const Attachment& attachment = pending.preview();
  const auto shown = render_thumbhash(attachment.placeholder);
  REQUIRE(shown);
  CHECK(shown->width == 32);
  CHECK(shown->height == 23);  // Of 451 x 300.
  CHECK(attachment.meta == nlohmann::json::object());
  CHECK(parse_attachment(print(attachment)) == attachment);
  CHECK(shop.files.copy(attachment).preview().placeholder == attachment.placeholder);
}

TEST_CASE("a file that is no picture has no previews") {
  AttachmentManager files = manager_with(all_previews);
  const PendingAttachment pending = files.create(Source::from_memory("a,b\n", "a.csv"));
  CHECK(pending.preview().placeholder.empty());
  CHECK(pending.preview().meta == nlohmann::json::object());
}

TEST_CASE("previews that the manager is told to make are in the meta") {
  AttachmentManager files = manager_with(all_previews);
  const PendingAttachment pending =
      files.create(picture("coffee.png"), {.meta = {{"alt", "A cup"}}});
  const nlohmann::json& meta = pending.preview().meta;
  CHECK(meta.size() == 3);
  CHECK(meta["alt"] == "A cup");
  CHECK(meta["blurhash"].get<std::string>().size() == 28);
  CHECK(meta["color"].get<std::string>().starts_with("#"));
  CHECK(parse_attachment(print(pending.preview())) == pending.preview());
}

TEST_CASE("a preview does not overwrite the caller's own meta") {
  AttachmentManager files = manager_with(all_previews);
  const PendingAttachment pending =
      files.create(picture("coffee.png"), {.meta = {{"color", "brown"}, {"blurhash", nullptr}}});
  CHECK(pending.preview().meta == nlohmann::json{{"color", "brown"}, {"blurhash", nullptr}});
}

TEST_CASE("a manager refuses a blurhash that cannot be made") {
  const auto error =
      error_of([] { manager_with({.blurhash = BlurhashDetail{.across = 4, .down = 12}}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
  CHECK(error->where().member == "previews.blurhash");
}

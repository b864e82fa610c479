#include "affix/conversion/ladder.hpp"

#include "catch.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

using namespace affix;
using affix::tests::code_of;
using affix::tests::error_of;

namespace {

using Names = std::vector<std::string>;

const Preset card{.name = "card", .widths = {1280, 320, 640, 1920}, .quality = 70};

Names names_of(const std::vector<Preset>& presets) {
  Names names;
  for (const Preset& preset : presets) names.push_back(preset.name);
  return names;
}

/// An attachment with a variant for each of these widths.
Attachment with_widths(const std::map<std::string, int>& widths) {
  Attachment attachment = tests::sample_attachment();
  for (const auto& [name, width] : widths) attachment.variants[name].width = width;
  return attachment;
}

std::string url_of(std::string_view variant) { return "/" + std::string(variant) + ".webp"; }

std::string member_refused(const Preset& preset) {
  const auto error = error_of([&] { check(preset); });
  return error ? error->where().member : "";
}

}  // namespace

TEST_CASE("a ladder has a preset for each width, the narrowest first") {
  const std::vector<Preset> all = rungs(card);
  CHECK(names_of(all) == Names{"card-320", "card-640", "card-1280", "card-1920"});
  CHECK(all[1] == Preset{.name = "card-640", .width = 640, .quality = 70});
  CHECK(digest(all[0]) == digest({.width = 320, .quality = 70}));
  CHECK(digest(all[0]) != digest(all[1]));
  CHECK(digest(card) != digest({.quality = 70}));
}

TEST_CASE("rungs above the picture are left out, but for the one that is as wide as it") {
  CHECK(names_of(rungs(card, 1000, 800)) == Names{"card-320", "card-640", "card-1280"});
  CHECK(names_of(rungs(card, 640, 800)) == Names{"card-320", "card-640"});
  CHECK(names_of(rungs(card, 641, 800)) == Names{"card-320", "card-640", "card-1280"});
  CHECK(names_of(rungs(card, 10, 800)) == Names{"card-320"});
  CHECK(rungs(card, 5000, 800).size() == 4);
}

TEST_CASE("what a ladder turns on its side is as wide as it was high") {
  Preset turned = card;
  turned.rotate = 90;
  CHECK(rungs(turned, 5000, 300).size() == 1);
  turned.rotate = 180;
  CHECK(rungs(turned, 5000, 300).size() == 4);
}

TEST_CASE("a preset that is no ladder is its own only rung") {
  const Preset thumb{.name = "thumb", .width = 200};
  CHECK(rungs(thumb, 100, 100) == std::vector<Preset>{thumb});
}

TEST_CASE("a ladder that makes no sense is refused") {
  CHECK(member_refused(card) == "");
  CHECK(member_refused({.name = "a", .width = 1, .widths = {320}}) == "widths");
  CHECK(member_refused({.name = "a", .height = 1, .widths = {320}}) == "widths");
  CHECK(member_refused({.name = "a", .widths = {320}, .enlarge = Enlarge::allowed}) == "widths");
  CHECK(member_refused({.name = "a", .widths = {320, 640, 320}}) == "widths");
  CHECK(member_refused({.name = "a", .widths = {0}}) == "widths");
  CHECK(member_refused({.name = "a", .widths = {16'385}}) == "widths");
  CHECK(member_refused({.name = std::string(60, 'a'), .widths = {1000}}) == "name");
  CHECK(member_refused({.name = std::string(60, 'a'), .widths = {999}}) == "");
  Preset high{.name = "a"};
  for (int width = 1; width <= 32; ++width) high.widths.push_back(width);
  CHECK(member_refused(high) == "");
  high.widths.push_back(33);
  CHECK(member_refused(high) == "widths");
}

TEST_CASE("srcset lists the rungs by their width") {
  const Attachment attachment = with_widths({{"card-1280", 1000},
                                             {"card-320", 320},
                                             {"card-640", 640},
                                             {"card", 50},
                                             {"card-x", 60},
                                             {"card-", 70},
                                             {"cards-90", 90},
                                             {"card-3-2", 80}});
  CHECK(srcset(attachment, "card", url_of) ==
        "/card-320.webp 320w, /card-640.webp 640w, /card-1280.webp 1000w");
  CHECK(srcset(attachment, "og", url_of).empty());
}

TEST_CASE("srcset lists any variants, each width once") {
  const Attachment attachment =
      with_widths({{"thumb", 200}, {"small", 200}, {"large", 900}, {"unknown", 0}});
  CHECK(srcset_of(attachment, {"large", "thumb", "small", "unknown", "none"}, url_of) ==
        "/thumb.webp 200w, /large.webp 900w");
  CHECK(srcset_of(attachment, {}, url_of).empty());
}

TEST_CASE("a url cannot end before its end in a srcset, nor run into the next one") {
  const Attachment attachment = with_widths({{"thumb", 200}});
  const auto listed = [&](const std::string& url) {
    return srcset_of(attachment, {"thumb"}, [&](std::string_view) { return url; });
  };
  CHECK(listed("/a b\tc\nd.webp") == "/a%20b%09c%0Ad.webp 200w");
  CHECK(listed(",/a,b.webp,,") == "%2C/a,b.webp%2C%2C 200w");
  CHECK(listed("data:image/png;base64,AAAA") == "data:image/png;base64,AAAA 200w");
  CHECK(listed(",") == "%2C 200w");
  CHECK(listed("/a%20b?x=1&y=2") == "/a%20b?x=1&y=2 200w");
}

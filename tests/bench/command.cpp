#include "variants/command.hpp"

#include "catch.hpp"
#include "variants/sets.hpp"

namespace {

using affix::bench::as_request;
using affix::bench::command_of;
using affix::bench::variant_set;
using nlohmann::json;
using Words = std::vector<std::string>;

const json variants = as_request(variant_set("S1"));
const json request{{"source", "/s/jpeg-12mp.1.jpg"}, {"directory", "/o"}, {"variants", variants}};

}  // namespace

TEST_CASE("vipsthumbnail gets the box, the settings of the encoder and the file") {
  CHECK(command_of("vipsthumbnail")(request, variants[0]) ==
        Words{"vipsthumbnail", "/s/jpeg-12mp.1.jpg", "--size", "200x200>", "--output",
              "/o/thumb.webp[Q=80,effort=4,strip]", "--smartcrop", "centre"});
  CHECK(command_of("vipsthumbnail")(request, variants[1]) ==
        Words{"vipsthumbnail", "/s/jpeg-12mp.1.jpg", "--size", "640x>", "--output",
              "/o/card.webp[Q=80,effort=4,strip]"});
}

TEST_CASE("only a source with a profile is converted by it with vipsthumbnail") {
  json with_profile = request;
  with_profile["source"] = "/s/jpeg-p3-12mp.1.jpg";
  const Words command = command_of("vipsthumbnail")(with_profile, variants[1]);
  CHECK(Words(command.end() - 2, command.end()) == Words{"--export-profile", "srgb"});
}

TEST_CASE("ImageMagick cuts what sticks out and gets no effort for a JPEG") {
  CHECK(command_of("imagemagick")(request, variants[3]) ==
        Words{"convert-im6.q16", "/s/jpeg-12mp.1.jpg", "-auto-orient", "-colorspace", "sRGB",
              "-resize", "1200x630^", "-gravity", "center", "-extent", "1200x630", "-strip",
              "-quality", "85", "/o/og.jpg"});
}

TEST_CASE("another program is refused") {
  CHECK_THROWS_AS(command_of("photoshop"), std::invalid_argument);
}

TEST_CASE("every set has the settings of the peers in every variant") {
  for (const char* name : {"S1", "S2", "S3", "S3-same", "S4"}) {
    const auto set = variant_set(name);
    const json request_of_set = as_request(set);
    REQUIRE(request_of_set.size() == set.presets.size());
    for (std::size_t i = 0; i < set.presets.size(); ++i) {
      CHECK_NOTHROW(affix::check(set.presets[i]));
      CHECK(request_of_set[i].at("quality") == set.presets[i].quality);
      CHECK(request_of_set[i].at("effort") == 4);
    }
  }
  CHECK_THROWS_AS(variant_set("S9"), std::invalid_argument);
}

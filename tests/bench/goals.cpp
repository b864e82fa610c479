#include "variants/goals.hpp"

#include "catch.hpp"

using affix::bench::goal;

TEST_CASE("a goal is found by set, source and peer, the closer one first") {
  CHECK(goal("S1", "jpeg-12mp", "sharp-serial") == 1.8);
  CHECK(goal("S1", "jpeg-48mp", "sharp-serial") == 2.2);
  CHECK(goal("S1", "jpeg-48mp", "sharp-clone") == 1.3);
  CHECK(goal("S1", "png-alpha-12mp", "sharp-serial") == 1.5);
  CHECK(goal("S1", "png-12mp", "sharp-serial") == 2);
}

TEST_CASE("there is no goal where none was set") {
  CHECK_FALSE(goal("S1", "jpeg-2mp", "sharp-serial"));
  CHECK_FALSE(goal("S1", "jpeg-12mp", "imagemagick"));
  CHECK_FALSE(goal("S3-same", "jpeg-12mp", "sharp-serial"));
}

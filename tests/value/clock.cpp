#include "affix/value/clock.hpp"

#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using std::chrono::milliseconds;

namespace {

TimePoint at(std::int64_t since_epoch) { return TimePoint(milliseconds(since_epoch)); }

/// The time, printed again; `none` if the text is no time.
std::string normal(std::string_view text) {
  const auto time = parse_time(text);
  return time ? format_time(*time) : "none";
}

}  // namespace

TEST_CASE("a time is written in RFC 3339 with milliseconds") {
  CHECK(format_time(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(at(1767323045678)) == "2026-01-02T03:04:05.678Z");
  CHECK(format_time(at(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_time(at(951782400000)) == "2000-02-29T00:00:00.000Z");
}

TEST_CASE("times of the years 0000 to 9999 are written, others refused") {
  CHECK(format_time(at(-62167219200000)) == "0000-01-01T00:00:00.000Z");
  CHECK(format_time(at(253402300799999)) == "9999-12-31T23:59:59.999Z");
  CHECK(code_of([] { format_time(at(-62167219200001)); }) == Errc::invalid_argument);
  CHECK(code_of([] { format_time(at(253402300800000)); }) == Errc::invalid_argument);
  CHECK(code_of([] { format_time(TimePoint::max()); }) == Errc::invalid_argument);
}

TEST_CASE("what is written is read back") {
  for (const std::int64_t time : {-62167219200000L, -1L, 0L, 1767323045678L, 253402300799999L}) {
    CHECK(parse_time(format_time(at(time))) == at(time));
  }
}

TEST_CASE("any number of second fractions is read and cut to milliseconds") {
  CHECK(normal("2026-01-02T03:04:05Z") == "2026-01-02T03:04:05.000Z");
  CHECK(normal("2026-01-02T03:04:05.6Z") == "2026-01-02T03:04:05.600Z");
  CHECK(normal("2026-01-02T03:04:05.67Z") == "2026-01-02T03:04:05.670Z");
  CHECK(normal("2026-01-02T03:04:05.678999999999999999999Z") == "2026-01-02T03:04:05.678Z");
  CHECK(normal("1969-12-31T23:59:59.9999Z") == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("any offset is read") {
  CHECK(normal("2026-01-02T03:04:05+02:30") == "2026-01-02T00:34:05.000Z");
  CHECK(normal("2026-01-01T23:00:00-02:00") == "2026-01-02T01:00:00.000Z");
  CHECK(normal("2026-01-02T03:04:05-00:00") == "2026-01-02T03:04:05.000Z");
  CHECK(normal("2026-01-02t03:04:05z") == "2026-01-02T03:04:05.000Z");
  CHECK(normal("2026-01-02T03:04:05+23:59") == "2026-01-01T03:05:05.000Z");
}

TEST_CASE("a leap second is the first second of the next minute") {
  CHECK(normal("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000Z");
}

TEST_CASE("days that do not exist are refused") {
  CHECK(normal("2026-02-29T00:00:00Z") == "none");
  CHECK(normal("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
  CHECK(normal("1900-02-29T00:00:00Z") == "none");
  CHECK(normal("2026-04-31T00:00:00Z") == "none");
  CHECK(normal("2026-00-01T00:00:00Z") == "none");
  CHECK(normal("2026-13-01T00:00:00Z") == "none");
  CHECK(normal("2026-01-00T00:00:00Z") == "none");
}

TEST_CASE("texts of another form are refused") {
  for (const char* text : {"",
                           "Z",
                           "2026-01-02",
                           "2026-01-02T03:04:05",
                           "2026-01-02 03:04:05Z",
                           "2026-1-2T03:04:05Z",
                           "2026-01-02T03:04Z",
                           "2026-01-02T24:00:00Z",
                           "2026-01-02T03:60:05Z",
                           "2026-01-02T03:04:61Z",
                           "2026-01-02T03:04:05.Z",
                           "2026-01-02T03:04:05,5Z",
                           "2026-01-02T03:04:05+0200",
                           "2026-01-02T03:04:05+24:00",
                           "2026-01-02T03:04:05+02:60",
                           "2026-01-02T03:04:05ZZ",
                           " 2026-01-02T03:04:05Z",
                           "2026-01-02T03:04:05Z ",
                           "+2026-01-02T03:04:05Z",
                           "12026-01-02T03:04:05Z",
                           "-026-01-02T03:04:05Z",
                           "20260102T030405Z"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("a moment that an offset moves out of the years 0000 to 9999 is refused") {
  CHECK(normal("9999-12-31T23:59:59-00:01") == "none");
  CHECK(normal("0000-01-01T00:00:00+00:01") == "none");
}

TEST_CASE("the system clock tells the time of the system") {
  const auto before = std::chrono::system_clock::now();
  const TimePoint now = system_clock()->now();
  CHECK(now >= std::chrono::floor<milliseconds>(before));
  CHECK(now <= std::chrono::system_clock::now());
}

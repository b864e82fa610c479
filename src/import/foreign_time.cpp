#include "import/foreign_time.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace affix::detail {
namespace {

constexpr std::size_t date_length = 10;  // 2026-01-02
constexpr std::string_view signs = "+-";

std::optional<TimePoint> parse_number(std::string_view text) {
  constexpr std::int64_t first_milliseconds = 100'000'000'000;
  constexpr std::int64_t end_of_years = 253'402'300'800'000;  // 10000-01-01
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return {};
  if (number < first_milliseconds) number *= 1000;
  if (number >= end_of_years) return {};
  return TimePoint(std::chrono::milliseconds(number));
}

/// Completes what a database prints to RFC 3339.
std::string completed(std::string_view text) {
  std::string time(text);
  if (time.size() <= date_length) return time;
  if (time[date_length] == ' ') time[date_length] = 'T';
  if (const std::size_t blank = time.find(' '); blank != std::string::npos) time.erase(blank, 1);
  const std::size_t zone = time.find_first_of(signs, date_length);
  if (zone == std::string::npos) return time.ends_with('Z') ? time : time + 'Z';
  const std::size_t digits = time.size() - zone - 1;
  if (digits == 2) time += ":00";
  if (digits == 4 && time.find(':', zone) == std::string::npos) time.insert(zone + 3, ":");
  return time;
}

}  // namespace

std::optional<TimePoint> parse_foreign_time(std::string_view text) {
  if (const auto time = parse_number(text)) return time;
  return parse_time(completed(text));
}

}  // namespace affix::detail

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace affix {

/// A moment in UTC, to the millisecond: the precision that is stored.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where affix takes the time from. Tests give their own and never sleep.
/// Must be safe to use from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

/// The computer's clock.
std::shared_ptr<const Clock> system_clock();

/// RFC 3339 in UTC with milliseconds, `2026-01-02T03:04:05.678Z`, for the years 0000 to 9999.
/// Throws `Errc::invalid_argument` for a moment outside of them.
std::string format_time(TimePoint time);

/// Reads RFC 3339 with any number of second fractions (cut to milliseconds) and any offset.
/// A second of 60, as in a leap second, is the first of the next minute. Returns nothing if the
/// text is not of that form, names a day that does not exist, or a moment that `format_time`
/// refuses.
std::optional<TimePoint> parse_time(std::string_view text);

}  // namespace affix

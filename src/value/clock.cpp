#include "affix/value/clock.hpp"

#include "affix/value/error.hpp"

namespace affix {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr TimePoint first_moment = sys_days(std::chrono::year(0) / 1 / 1);
constexpr TimePoint end_of_moments = sys_days(std::chrono::year(10000) / 1 / 1);

constexpr std::string_view digits = "0123456789";

bool has_four_digit_year(TimePoint time) { return time >= first_moment && time < end_of_moments; }

class SystemClock final : public Clock {
 public:
  TimePoint now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
};

void append_number(std::string& text, long long number, std::size_t length) {
  const std::string plain = std::to_string(number);
  text.append(length - plain.size(), '0').append(plain);
}

/// Reads a text from its start to its end, piece by piece.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  /// Takes the next character if it is one of `accepted`; otherwise returns 0.
  char take(std::string_view accepted) {
    if (rest_.empty() || accepted.find(rest_.front()) == std::string_view::npos) return 0;
    const char taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }

  /// Takes a number of exactly `length` digits that is at most `most`.
  std::optional<int> number(int length, int most) {
    int value = 0;
    for (int i = 0; i < length; ++i) {
      const char digit = take(digits);
      if (digit == 0) return {};
      value = value * 10 + (digit - '0');
    }
    return value <= most ? std::optional(value) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::optional<sys_days> read_day(Scanner& scanner) {
  const auto year = scanner.number(4, 9999);
  if (!year || !scanner.take("-")) return {};
  const auto month = scanner.number(2, 12);
  if (!month || !scanner.take("-")) return {};
  const auto day = scanner.number(2, 31);
  if (!day) return {};
  const year_month_day date{std::chrono::year(*year), std::chrono::month(unsigned(*month)),
                            std::chrono::day(unsigned(*day))};
  return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

std::optional<milliseconds> read_fraction(Scanner& scanner) {
  if (!scanner.take(".")) return milliseconds(0);
  constexpr int tenth = 100;
  int value = 0;
  int unit = tenth;
  for (char digit = scanner.take(digits); digit != 0; digit = scanner.take(digits)) {
    value += (digit - '0') * unit;
    unit /= 10;
  }
  return unit < tenth ? std::optional(milliseconds(value)) : std::nullopt;
}

std::optional<minutes> read_hours_and_minutes(Scanner& scanner) {
  const auto hour = scanner.number(2, 23);
  if (!hour || !scanner.take(":")) return {};
  const auto minute = scanner.number(2, 59);
  if (!minute) return {};
  return hours(*hour) + minutes(*minute);
}

std::optional<milliseconds> read_time_of_day(Scanner& scanner) {
  const auto minute = read_hours_and_minutes(scanner);
  if (!minute || !scanner.take(":")) return {};
  const auto second = scanner.number(2, 60);
  if (!second) return {};
  const auto fraction = read_fraction(scanner);
  if (!fraction) return {};
  return *minute + seconds(*second) + *fraction;
}

std::optional<minutes> read_offset(Scanner& scanner) {
  const char sign = scanner.take("Zz+-");
  if (sign == 0) return {};
  if (sign == 'Z' || sign == 'z') return minutes(0);
  const auto offset = read_hours_and_minutes(scanner);
  if (!offset) return {};
  return sign == '-' ? -*offset : *offset;
}

}  // namespace

std::shared_ptr<const Clock> system_clock() {
  static const auto clock = std::make_shared<const SystemClock>();
  return clock;
}

std::string format_time(TimePoint time) {
  if (!has_four_digit_year(time)) {
    throw Error(Errc::invalid_argument, "A time is outside of the years 0000 to 9999");
  }
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  append_number(text, int(date.year()), 4);
  append_number(text += '-', unsigned(date.month()), 2);
  append_number(text += '-', unsigned(date.day()), 2);
  append_number(text += 'T', clock.hours().count(), 2);
  append_number(text += ':', clock.minutes().count(), 2);
  append_number(text += ':', clock.seconds().count(), 2);
  append_number(text += '.', clock.subseconds().count(), 3);
  return text += 'Z';
}

std::optional<TimePoint> parse_time(std::string_view text) {
  Scanner scanner(text);
  const auto day = read_day(scanner);
  if (!day || !scanner.take("Tt")) return {};
  const auto time_of_day = read_time_of_day(scanner);
  if (!time_of_day) return {};
  const auto offset = read_offset(scanner);
  if (!offset || !scanner.at_end()) return {};
  const TimePoint time = *day + *time_of_day - *offset;
  return has_four_digit_year(time) ? std::optional(time) : std::nullopt;
}

}  // namespace affix

#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What all benchmarks share: a row compares our code with a baseline in the same run, the two
// taking turns, so that a change of the machine's speed hits both.

namespace affix::bench {

/// Something to measure. It is called many times and must do the same work each time.
using Work = std::function<void()>;

/// Keeps the compiler from leaving out the work that made `value`.
template <class Value>
void keep(const Value& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

/// How the figure of a row is called.
enum class Figure {
  overhead,  ///< ours / baseline: what affix costs on top of doing it by hand; below 1 is less.
  speedup,   ///< baseline / ours: how much faster than a peer; above 1 is faster.
  share,     ///< ours / baseline: which part of the baseline's time ours is.
};

inline const char* name_of(Figure figure) {
  switch (figure) {
    case Figure::overhead:
      return "overhead";
    case Figure::speedup:
      return "speedup";
    case Figure::share:
      return "share";
  }
  return "";
}

/// One comparison.
struct Case {
  std::string name{};             ///< What is done, e.g. `parse 1 KB`.
  std::string label = "backend";  ///< What `on` is: `backend` or `source`.
  std::string on{};               ///< Where it is done, e.g. `sqlite3`, or `none`.
  std::string compared_with{};    ///< What the baseline is, e.g. `nlohmann::json::parse`.
  Work ours{};
  Work baseline{};
  Figure figure = Figure::overhead;
  /// Called before each timed round of either, untimed; may be empty.
  Work reset{};
};

/// The medians of a case, for one call of the work.
struct Row {
  double ours = 0;      ///< Microseconds.
  double baseline = 0;  ///< Microseconds.
  double ratio = 0;     ///< By the case's figure; the median of the ratios of paired rounds.
  double added = 0;     ///< Microseconds; the median of the differences of paired rounds.
};

struct Options {
  int rounds = 11;
  std::chrono::milliseconds round_time{50};
  int most_calls = 1 << 24;     ///< In one round.
  std::filesystem::path out{};  ///< JSON lines are appended here.
};

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

inline double rounded(double value) { return std::round(value * 1000) / 1000; }

/// Microseconds of one call, measured over `calls` calls.
inline double time_of(const Case& subject, const Work& work, int calls) {
  if (subject.reset) subject.reset();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) work();
  const auto end = std::chrono::steady_clock::now();
  return std::chrono::duration<double, std::micro>(end - start).count() / calls;
}

/// How many calls last about a round; the measuring also warms up.
inline int calls_of_round(const Case& subject, const Work& work, const Options& options) {
  const std::chrono::duration<double, std::micro> wanted = options.round_time;
  int calls = 1;
  while (calls < options.most_calls) {
    const double total = time_of(subject, work, calls) * calls;
    if (total >= wanted.count() / 2) {
      const double fitting = calls * wanted.count() / total;
      return static_cast<int>(std::clamp(fitting, 1.0, double(options.most_calls)));
    }
    calls *= 2;
  }
  return options.most_calls;
}

inline Row measure(const Case& subject, const Options& options) {
  const int our_calls = calls_of_round(subject, subject.ours, options);
  const int baseline_calls = calls_of_round(subject, subject.baseline, options);
  std::vector<double> ours;
  std::vector<double> baseline;
  std::vector<double> ratios;
  std::vector<double> differences;
  for (int round = 0; round < options.rounds; ++round) {
    ours.push_back(time_of(subject, subject.ours, our_calls));
    baseline.push_back(time_of(subject, subject.baseline, baseline_calls));
    const double overhead = ours.back() / baseline.back();
    ratios.push_back(subject.figure == Figure::speedup ? 1 / overhead : overhead);
    differences.push_back(ours.back() - baseline.back());
  }
  return {median(std::move(ours)), median(std::move(baseline)), median(std::move(ratios)),
          median(std::move(differences))};
}

/// Reads `--quick` (a smoke test: tiny counts, figures mean nothing) and `--out FILE` (default:
/// `build/bench/SUITE.jsonl`). Ends the program if it is given anything else.
inline Options parse_options(int argument_count, char** arguments, std::string_view suite) {
  Options options;
  options.out = "build/bench/" + std::string(suite) + ".jsonl";
  for (int i = 1; i < argument_count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--quick") {
      options.rounds = 1;
      options.most_calls = 2;
    } else if (argument == "--out" && i + 1 < argument_count) {
      options.out = arguments[++i];
    } else {
      std::cerr << "usage: " << arguments[0] << " [--quick] [--out FILE]\n";
      std::exit(2);
    }
  }
  return options;
}

/// The rows of one program: measured one by one, printed as a table and appended to the file.
class Suite {
 public:
  Suite(std::string_view name, Options options) : options_(std::move(options)) {
    if (options_.out.has_parent_path()) {
      std::filesystem::create_directories(options_.out.parent_path());
    }
    lines_.open(options_.out, std::ios::app);
    if (!lines_) throw std::runtime_error("cannot write to " + options_.out.string());
    std::cout << name << ", medians of " << options_.rounds << " rounds, microseconds\n";
    std::printf("%-34s %-15s %-34s %12s %12s %14s\n", "case", "on", "compared with", "ours",
                "baseline", "figure");
  }

  Row run(const Case& subject) {
    const Row row = measure(subject, options_);
    const char* figure = name_of(subject.figure);
    std::printf("%-34s %-15s %-34s %12.3f %12.3f %8s %5.2f\n", subject.name.c_str(),
                subject.on.c_str(), subject.compared_with.c_str(), row.ours, row.baseline, figure,
                row.ratio);
    std::fflush(stdout);
    append(subject, figure, row);
    return row;
  }

  /// Appends a line of what was counted or seen, not timed; to be printed by the caller.
  void append(const nlohmann::ordered_json& line) { lines_ << line.dump() << '\n' << std::flush; }

 private:
  void append(const Case& subject, const char* figure, const Row& row) {
    nlohmann::ordered_json line{{"case", subject.name},
                                {subject.label, subject.on},
                                {"compared_with", subject.compared_with},
                                {"ours", rounded(row.ours)},
                                {"baseline", rounded(row.baseline)},
                                {"unit", "us"},
                                {figure, rounded(row.ratio)}};
    append(line);
  }

  Options options_;
  std::ofstream lines_;
};

}  // namespace affix::bench
